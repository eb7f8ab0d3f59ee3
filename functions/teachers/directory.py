"""The list of teachers: every TEACHER user with the profile beside it, joined in memory, so that it is never behind either."""

from typing import Any

from functions.teachers import rules, schemas
from shared.auth.caller import Caller
from shared.data.list_model import Listing, Row, sort_key
from shared.http.envelope import to_json
from shared.http.schema import sort_field
from shared.lists import TEACHERS, USERS
from shared.text import fold

_OF_USER = ("firstName", "lastName", "email", "phone", "avatar")
_OF_PROFILE = ("employeeId", "department", "qualification", "experience", "specialization", "joinDate")
_PRIVATE = ("phone", "joinDate")
_SEARCHED = ("firstName", "lastName", "email", "employeeId", "department", "specialization")
_PRESENT = frozenset({rules.ACTIVE, rules.ON_LEAVE})


def list_teachers(caller: Caller, query: schemas.TeacherList) -> Listing:
    """A page of the school's teachers."""
    sort = sort_field(query.sort, schemas.SORTABLE_BY_ADMINS if caller.is_admin else schemas.SORTABLE, "firstName")
    rows = _ordered(_kept(_rows(caller), query, caller.is_admin), sort)
    start = (query.page - 1) * query.page_size
    return Listing([to_json(row) for row in rows[start : start + query.page_size]], len(rows))


def _rows(caller: Caller) -> list[Row]:
    school_id, today = caller.school_id, caller.today().isoformat()
    profiles = TEACHERS.all(school_id)
    users, teaching = USERS.select(school_id, equal={"role": "TEACHER"})
    known = set(teaching)
    ids = [*teaching, *(i for i in profiles if i not in known and i in users.known)]
    return [_row(users.known[i], profiles.get(i), today, shown=caller.is_admin or i == caller.user_id) for i in ids]


def _row(user: Row, profile: Row | None, today: str, *, shown: bool) -> Row:
    made: dict[str, Any] = {"id": user["id"], "userId": user["id"], "schoolId": user["schoolId"]}
    made |= {n: user[n] for n in _OF_USER} | {n: (profile or {}).get(n) for n in _OF_PROFILE}
    made["status"] = rules.status_of(user["role"], user["status"], (profile or {}).get("leaves") or (), today)
    made["profileComplete"], made["version"] = profile is not None, (profile or {}).get("version", 0)
    made |= {n: (profile or user)[n] for n in ("createdAt", "updatedAt")}
    return made if shown else made | dict.fromkeys(_PRIVATE)


def _kept(rows: list[Row], query: schemas.TeacherList, admin: bool) -> list[Row]:
    """The rows that the filters and the search keep; phones are searched for admins alone."""
    if query.status or not query.include_inactive:
        states = frozenset({str(query.status)}) if query.status else _PRESENT
        rows = [row for row in rows if row["status"] in states]
    if query.department is not None:
        wanted = fold(query.department)
        rows = [row for row in rows if fold(row["department"] or "") == wanted]
    words = fold(query.search).split() if query.search else []
    if words:
        names = (*_SEARCHED, "phone") if admin else _SEARCHED
        rows = [row for row in rows if _holds(row, names, words)]
    return rows


def _holds(row: Row, names: tuple[str, ...], words: list[str]) -> bool:
    text = "\n".join(fold(row[n]) for n in names if row[n])
    return all(word in text for word in words)


def _ordered(rows: list[Row], sort: str) -> list[Row]:
    """The rows in the order of a field, ties by id; absent values last, in either direction."""
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    rows = sorted(rows, key=lambda row: str(row["id"]))
    with_value = sorted((row for row in rows if row[name] is not None), key=lambda row: sort_key(row[name]), reverse=backwards)
    return with_value + [row for row in rows if row[name] is None]
