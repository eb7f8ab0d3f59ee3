"""Takes out of the records what is personal: whole items, or fields of items that stay. Repeating it finds less, at last nothing."""

from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any

from functions.privacy.previewing import holdings_of, kept, other_admins
from functions.privacy.repository import unit_for
from shared import clock, enrolment, stays
from shared.accounts import close_account
from shared.auth.sessions import end_all
from shared.data import reader
from shared.data.item import Item, Record
from shared.data.reader import Raw
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.people import Student
from shared.entities.privacy import PrivacyRequest
from shared.entities.tenancy import Access, LegacyHash, School, User
from shared.errors import Conflict
from shared.limits import Limit, give_back
from shared.personal import Fate, Holding, Person, Subject
from shared.personal_finders import anonymous_student, anonymous_user

_BATCH = 20  # items of a transaction
_ROUNDS = 8

type Keep = Callable[..., None]
type Late = Callable[[], bool]


def counted(person: Person) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """What there is to erase, by title, and what stays: as it was before the work began."""
    counts = {h: sum(1 for _ in h.find(person)) for h in holdings_of(person.subject)}
    return {h.title: n for h, n in counts.items() if n and h.fate != Fate.KEPT}, list(kept(counts))


def erase_records(request: PrivacyRequest, person: Person, keep: Keep, late: Late) -> bool:
    """Erase kind by kind, the person's own record last; whether it came to its end."""
    known = set((request.progress or {}).get("ids", []))
    for holding in holdings_of(person.subject):
        for some in batched(holding.find(person), _BATCH, strict=False):
            known |= {raw["id"]["S"] for raw in some if "id" in raw}
        keep(ids=sorted(known))  # by these their entries in the journal are found, also when the items are gone
    for holding in holdings_of(person.subject):
        if holding.apart or holding.fate == Fate.KEPT:
            continue
        if late():
            return False
        for some in batched(list(holding.find(person)), _BATCH, strict=False):
            _again(lambda some=some, holding=holding: _erase_some(request, holding, some, person))  # type: ignore[misc]  # bound now
    _again(lambda: _erase_own_record(request, person))
    return True


def _again(work: Callable[[], None]) -> None:
    """Do it over while others change the same records."""
    for left in range(_ROUNDS, 0, -1):
        try:
            work()
        except RetryWrite:
            if left == 1:
                raise
        else:
            return


def _erase_some(request: PrivacyRequest, holding: Holding, some: Iterable[Raw], person: Person) -> None:
    """Erase some items of a kind in one transaction, as they stand now."""
    unit = unit_for(request)
    keys = [(raw["pk"]["S"], raw["sk"]["S"]) for raw in some]
    noted = []
    for raw in reader.get_many(keys, consistent=True).values():
        item = holding.kind.from_item(raw)
        if holding.fate == Fate.REMOVED:
            unit.remove(item, None, RetryWrite())
        elif not _cleared(unit, item, (holding.clear or (lambda *_: {}))(reader.plain(raw), person)):
            continue
        noted.append(raw["id"]["S"] if "id" in raw else raw["sk"]["S"])
    unit.note_batch(f"ERASE_{holding.kind.__name__.upper()}", holding.kind.__name__, noted)
    unit.commit()


def _cleared(unit: UnitOfWork, item: Item, changes: dict[str, Any]) -> bool:
    """Put the item without what is personal over the version that was read; whether there was anything."""
    if not changes:
        return False
    for name, value in changes.items():
        setattr(item, name, value)
    version = item.attribute_values.get("version")
    if version is None:
        unit.put(item, Item.pk.exists(), RetryWrite())
        return True
    setattr(item, "version", version + 1)  # noqa: B010 - kinds that are no Record have one as well
    if isinstance(item, Record):
        item.updated_at = clock.stamp()
    unit.put(item, type(item).version == version, RetryWrite())  # type: ignore[attr-defined]  # every kind that has one has it as `version`
    return True


def _erase_own_record(request: PrivacyRequest, person: Person) -> None:
    unit = unit_for(request)
    if person.subject == Subject.STUDENT:
        _erase_student(unit, person)
    else:
        _erase_user(unit, person)
    unit.commit()


def _erase_student(unit: UnitOfWork, person: Person) -> None:
    """A student without its name; one who is still at the school leaves it, and its seat."""
    found = reader.load(Student, consistent=True, school_id=person.school_id, id=person.id)
    school = reader.load(School, consistent=True, school_id=person.school_id)
    if found is None or school is None:
        return
    before = found.status
    if before in enrolment.SEATED:
        today = clock.today(school.timezone).isoformat()
        found.status = "INACTIVE"
        found.states = [*(found.states or []), {"status": "INACTIVE", "since": today}]
        found.stays = _ended(found.stays or [], today)
        enrolment.move_seats(unit, {found.class_id: -1})
        enrolment.count_students(unit, school, -1)
    changes = anonymous_student(found.plain(), person)
    if before != found.status and not changes:
        changes = {"status": found.status}
    if _cleared(unit, found, changes):
        unit.note("ERASE_STUDENT", Student.__name__, person.id)


def _ended(history: list[stays.Stay], day: str) -> list[stays.Stay]:
    try:
        return stays.ended(history, day)
    except stays.TooEarly as error:
        return stays.ended(history, error.since)


def _erase_user(unit: UnitOfWork, person: Person) -> None:
    """A user without a name, whom nobody is any more: the address is free, every session over, the password removed by the journal's consumer."""
    found = reader.load(User, consistent=True, school_id=person.school_id, id=person.id)
    if found is None:
        return
    as_it_was = User(school_id=person.school_id, id=person.id, email=found.email)
    if found.role == "SCHOOL_ADMIN" and found.status == "ACTIVE":
        _keep_an_admin(unit, person)
    if found.status != "INACTIVE":
        give_back(unit, reader.load(School, consistent=True, school_id=person.school_id), Limit.USERS, 1)
    if not _cleared(unit, found, anonymous_user(found.plain(), person)):
        return
    end_all(unit, person.school_id, person.id, delete=True)
    close_account(unit, as_it_was)
    unit.remove(LegacyHash(school_id=person.school_id, user_id=person.id), None, RetryWrite())
    unit.note("ERASE_USER", User.__name__, person.id)


def _keep_an_admin(unit: UnitOfWork, person: Person) -> None:
    others = other_admins(person.school_id, person.id)
    if not others:
        raise Conflict("This is the last active admin: make another one first")
    other = Access(school_id=person.school_id, user_id=others[0])
    unit.check(other, (Access.role == "SCHOOL_ADMIN") & (Access.status == "ACTIVE"), RetryWrite())
