"""What an erasure would do, counted; and what stands in its way."""

from collections.abc import Iterable
from decimal import Decimal

from functions.privacy import schemas
from shared import clock
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.tenancy import School
from shared.fee_standing import standing_of
from shared.lists import USERS
from shared.personal import Fate, Holding, Person, Subject
from shared.personal_finders import student_fees
from shared.personal_kinds import HOLDINGS, LEFT_FOR_A_WHILE

_AUDIT = "The audit log proves what was done; what is personal in its entries is taken out, and its proof stays whole"


def holdings_of(subject: Subject) -> tuple[Holding, ...]:
    """The kinds in which something about such a person is stored."""
    return tuple(h for h in HOLDINGS if h.subject == subject)


def preview(person: Person, blockers: list[str]) -> schemas.PreviewOut:
    """What would be removed, cleared and kept."""
    counts = {h: sum(1 for _ in h.find(person)) for h in holdings_of(person.subject)}
    return schemas.PreviewOut(
        subject=person.subject.value,
        subject_id=person.id,
        removed=_held(counts, Fate.REMOVED),
        cleared=_held(counts, Fate.CLEARED),
        kept=[schemas.Kept.model_validate(k) for k in kept(counts)],
        blockers=blockers,
    )


def _held(counts: dict[Holding, int], fate: Fate) -> list[schemas.Held]:
    return [schemas.Held(what=h.title, count=n) for h, n in counts.items() if h.fate == fate and n]


def kept(counts: dict[Holding, int]) -> list[dict[str, str | int | None]]:
    """What stays after an erasure, and why: told before and after it."""
    stays: Iterable[dict[str, str | int | None]] = (
        {"what": h.title, "count": n, "why": h.why, "until": h.until} for h, n in counts.items() if h.fate != Fate.REMOVED and n
    )
    log: dict[str, str | int | None] = {"what": "Audit log", "count": None, "why": _AUDIT, "until": "as the school's retention says"}
    rest: Iterable[dict[str, str | int | None]] = ({"what": w, "count": None, "why": y, "until": u} for w, y, u in LEFT_FOR_A_WHILE)
    return [*stays, log, *rest]


def open_balance(person: Person, school: School) -> Decimal:
    """What the student still owes."""
    today = clock.today(school.timezone)
    return sum((standing_of(reader.plain(raw), today, school.currency).open for raw in student_fees(person)), Decimal(0))


def other_admins(school_id: str, user_id: str) -> list[str]:
    """The other active admins of a school."""
    rows = USERS.all(school_id).values()
    return [r["id"] for r in rows if r["role"] == Role.SCHOOL_ADMIN and r["status"] == "ACTIVE" and r["id"] != user_id]
