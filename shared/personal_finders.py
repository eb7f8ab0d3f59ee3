"""Where a person is found that no key leads to at once, and what is cleared of an item that is about others as well."""

from collections.abc import Iterator
from typing import Any

from shared import clock
from shared.attendance_codes import STATUSES, letters_of, unpack_marks
from shared.data import reader
from shared.data.reader import Raw
from shared.entities.attendance import Register
from shared.entities.fees import Payment, StudentFee, fees_prefix
from shared.entities.notices import NoticeChunk, NoticeReceipt, Notification
from shared.entities.people import StudentGuardian, UserChild
from shared.entities.tenancy import AccountAddress, SignInAttempts
from shared.names import camel
from shared.personal import ERASED_NAME, Clear, Person


def student_fees(person: Person) -> Iterator[Raw]:
    """A student's fees."""
    partition = StudentFee.partition_of(school_id=person.school_id)
    return (r for r in reader.query(partition, prefix=fees_prefix(person.id), consistent=True) if r["studentId"]["S"] == person.id)


def payments(person: Person) -> Iterator[Raw]:
    """The payments and reversals that touched a student's fees."""
    ids = {value["S"] for raw in student_fees(person) for value in raw.get("payments", {}).get("L", [])}
    found = reader.get_many([Payment.key_of(school_id=person.school_id, id=i) for i in sorted(ids)], consistent=True)
    yield from found.values()


def own_part(raw: Raw, person: Person) -> dict[str, Any] | None:
    """A payment with the allocations of this student alone."""
    plain = reader.plain(raw)
    plain["allocations"] = [a for a in plain.get("allocations") or [] if a.get("studentId") == person.id]
    return plain


def registers(person: Person) -> Iterator[Raw]:
    """The registers in which a student stands: those of its classes, for as long as it was there."""
    today = clock.stamp()[:10]
    for stay in person.record.get("stays") or []:
        partition = Register.partition_of(school_id=person.school_id, class_id=stay["classId"])
        for raw in reader.query(partition, after=stay["since"], until=stay.get("until", today), consistent=True):
            if raw["type"]["S"] == Register.__name__ and person.id in letters_of(raw["marks"]["S"]):
                yield raw


def own_mark(raw: Raw, person: Person) -> dict[str, Any] | None:
    """A student's own mark of a register."""
    plain = reader.plain(raw)
    for mark in unpack_marks(plain["marks"], plain["hands"], plain.get("remarks")):
        if mark.student_id == person.id:
            return {
                "date": plain["day"],
                "classId": plain["classId"],
                "status": STATUSES[mark.letter],
                "remarks": mark.remarks,
                "at": mark.at,
            }
    return None


def without_remarks(plain: dict[str, Any], person: Person) -> dict[str, Any]:
    """A register without what was remarked of a student; its mark stays."""
    marks = unpack_marks(plain["marks"], plain["hands"], plain.get("remarks"))
    mine = {str(slot) for slot, mark in enumerate(marks) if mark.student_id == person.id and mark.remarks}
    if not mine:
        return {}
    return {"remarks": {slot: text for slot, text in plain["remarks"].items() if slot not in mine} or None}


def guardians_of_student(person: Person) -> Iterator[Raw]:
    """The links of a student's guardians, seen from the student."""
    return reader.query(StudentGuardian.partition_of(school_id=person.school_id, student_id=person.id), prefix="GUARDIAN#", consistent=True)


def children_of_guardians(person: Person) -> Iterator[Raw]:
    """The same links, seen from the guardians' logins."""
    links = [raw["userId"]["S"] for raw in guardians_of_student(person)]
    keys = [UserChild.key_of(school_id=person.school_id, user_id=user_id, student_id=person.id) for user_id in links]
    yield from reader.get_many(keys, consistent=True).values()


def children_of_user(person: Person) -> Iterator[Raw]:
    """The links of a login to its children."""
    return reader.query(UserChild.partition_of(school_id=person.school_id, user_id=person.id), prefix="CHILD#", consistent=True)


def guardians_of_children(person: Person) -> Iterator[Raw]:
    """The same links, seen from the students."""
    students = [raw["studentId"]["S"] for raw in children_of_user(person)]
    keys = [StudentGuardian.key_of(school_id=person.school_id, student_id=i, user_id=person.id) for i in students]
    yield from reader.get_many(keys, consistent=True).values()


def addresses(person: Person) -> Iterator[Raw]:
    """The item that leads from a user's e-mail address to the account."""
    for email in person.emails:
        raw = reader.get(AccountAddress.key_of(email=email), consistent=True)
        if raw is not None and raw["userId"]["S"] == person.id:
            yield raw


def attempts(person: Person) -> Iterator[Raw]:
    """The failed sign-ins of a user's e-mail address."""
    for email in person.emails:
        raw = reader.get(SignInAttempts.key_of(email=email), consistent=True)
        if raw is not None:
            yield raw


def _notices(person: Person) -> list[str]:
    partition = Notification.partition_of(school_id=person.school_id)
    return [raw["id"]["S"] for raw in reader.query(partition, fields=("id",))]


def notice_receipts(person: Person) -> Iterator[Raw]:
    """What became of notices with a user."""
    keys = [NoticeReceipt.key_of(school_id=person.school_id, notice_id=i, person=person.id) for i in _notices(person)]
    yield from reader.get_many(keys).values()


def notice_chunks(person: Person) -> Iterator[Raw]:
    """The plans of notices that hold an address or number of a student's family, which has no login."""
    for notice_id in _notices(person):
        for raw in reader.query(NoticeChunk.partition_of(school_id=person.school_id, notice_id=notice_id), prefix="CHUNK#"):
            if any(_is_contact_of(kept, person) for kept in reader.plain(raw)["people"]):
                yield raw


def _is_contact_of(kept: dict[str, Any], person: Person) -> bool:
    return str(kept.get("e", "")).lower() in person.emails or kept.get("m") in person.phones


def own_place(raw: Raw, person: Person) -> dict[str, Any] | None:
    """What a plan holds of a student's family alone."""
    plain = reader.plain(raw)
    mine = [{n: k[n] for n in ("n", "e", "m", "c") if n in k} for k in plain["people"] if _is_contact_of(k, person)]
    return {"noticeId": plain["noticeId"], "people": mine}


def without_contacts(plain: dict[str, Any], person: Person) -> dict[str, Any]:
    """A plan without the family's name, address and number; it is told there no more."""
    kept = [{n: v for n, v in k.items() if n in ("p", "c")} if _is_contact_of(k, person) else k for k in plain["people"]]
    return {} if kept == plain["people"] else {"people": kept}


def without_reasons(plain: dict[str, Any], _: Person) -> dict[str, Any]:
    """A fee without the reasons of its discounts, which may tell of a family's life; the amounts stay."""
    kept = [{n: v for n, v in r.items() if n != "reason"} for r in plain.get("reductions") or []]
    return {"reductions": kept} if kept != (plain.get("reductions") or []) else {}


def without_story(cleared: Clear) -> Clear:
    """An applicant cleared, the reasons that its states repeat too; when each state began stays."""

    def clear(plain: dict[str, Any], person: Person) -> dict[str, Any]:
        kept = [{n: v for n, v in state.items() if n != "reason"} for state in plain.get("states") or []]
        return cleared(plain, person) | ({"states": kept} if kept != (plain.get("states") or []) else {})

    return clear


def acted(kind: type[Any]) -> Any:
    """Finds the items of a kind that a user asked for, by the actor that is kept with them."""

    def find(person: Person) -> Iterator[Raw]:
        for raw in reader.query(kind.partition_of(school_id=person.school_id), consistent=True):
            if raw.get("actor", {}).get("M", {}).get("userId", {}).get("S") == person.id:
                yield raw

    return find


def without_origin(plain: dict[str, Any], _: Person) -> dict[str, Any]:
    """An item's actor without address and browser."""
    kept = {n: v for n, v in plain["actor"].items() if n not in _ORIGIN}
    return {} if kept == plain["actor"] else {"actor": kept}


_ORIGIN = frozenset({"ip", "agent", "ipAddress", "userAgent"})


def anonymous_student(plain: dict[str, Any], _: Person) -> dict[str, Any]:
    """A student without what tells who it is: of the birthday the year stays, of the way through the school all but the notes."""
    made: dict[str, Any] = {"first_name": ERASED_NAME, "date_of_birth": f"{plain['dateOfBirth'][:4]}-01-01"}
    made |= dict.fromkeys(STUDENT_GONE)
    for name in ("stays", "states"):
        if plain.get(name):
            made[name] = [{n: v for n, v in told.items() if n != "note"} for told in plain[name]]
    return {name: value for name, value in made.items() if plain.get(camel(name)) != value}


STUDENT_GONE = (
    "last_name", "blood_group", "email", "phone", "address_street", "address_city", "address_state", "address_zip", "parent_name",
    "parent_phone", "parent_email", "parent_relation", "emergency_contact_name", "emergency_contact_phone", "emergency_contact_relation",
)  # fmt: skip


def anonymous_user(plain: dict[str, Any], person: Person) -> dict[str, Any]:
    """A user without what tells who it is: nobody can sign in as them any more."""
    made: dict[str, Any] = {
        "email": f"{person.id}@erased.invalid",
        "first_name": ERASED_NAME,
        "status": "INACTIVE",
        "mfa_enabled": False,
        "invited": False,
        **dict.fromkeys(("last_name", "phone", "avatar", "last_login")),
    }
    return {name: value for name, value in made.items() if plain.get(camel(name)) != value}
