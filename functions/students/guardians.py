"""Guardians: logins that may see a student, written on both sides in one transaction (rule A3)."""

from collections.abc import Iterator

from functions.students import guardian_schemas as schemas
from functions.students.fields import stored_form
from functions.students.repository import Students
from shared import clock
from shared.accounts import count_users, open_account
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import visible_student
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.people import StudentGuardian, UserChild
from shared.entities.tenancy import AccountAddress, User
from shared.errors import Conflict, Detail, NotFound, ValidationFailed
from shared.http.request import unit
from shared.http.schema import Deletion
from shared.ids import new_id
from shared.limits import Limit, check_limit


def list_guardians(caller: Caller, student_id: str) -> list[schemas.GuardianOut]:
    """The guardians of a student, the primary one first, with those whose time is over."""
    visible_student(caller, student_id)
    links = list(_links(caller.school_id, student_id))
    users = {u.id: u for u in reader.load_many(User, [{"school_id": caller.school_id, "id": link.user_id} for link in links])}
    links.sort(key=lambda link: (not link.primary, link.since, link.user_id))
    return [schemas.GuardianOut.of(link, users[link.user_id]) for link in links if link.user_id in users]


def _links(school_id: str, student_id: str) -> Iterator[StudentGuardian]:
    partition = StudentGuardian.partition_of(school_id=school_id, student_id=student_id)
    return (StudentGuardian.from_item(raw) for raw in reader.query(partition, prefix="GUARDIAN#", consistent=True))


def add_guardian(caller: Caller, student_id: str, data: schemas.GuardianIn) -> schemas.GuardianOut:
    """Make an existing or a new login a guardian of the student. The student's version moves, so that it is not removed meanwhile."""
    student = Students(caller.school_id).current(student_id)
    since = data.since or caller.today()
    if data.until is not None and data.until < since:
        raise ValidationFailed.of("until", "The last day is not before the first")
    user, field = _person(caller, data)
    link = StudentGuardian(
        school_id=caller.school_id,
        id=new_id(),
        student_id=student_id,
        user_id=user.id,
        relation=str(data.relation),
        sees=data.sees.stored(),
        primary=data.primary,
        since=since.isoformat(),
        until=data.until.isoformat() if data.until else None,
    )
    _write(caller, link, field)
    unit().update(student, action="ADD_GUARDIAN")
    return schemas.GuardianOut.of(link, user)


def _person(caller: Caller, data: schemas.GuardianIn) -> tuple[User, str]:
    """The login that is named by id or by e-mail, made where there is none; and the field that named it."""
    if data.user_id is not None:
        return _known(caller, data.user_id), "userId"
    _require_name_and_email(data)
    address = reader.load(AccountAddress, consistent=True, email=str(data.email))
    if address is None:
        return _invite(caller, data), "email"
    if address.account_school != caller.school_id:
        raise Conflict.of("email", "This e-mail address cannot be used")
    user = reader.load(User, consistent=True, school_id=caller.school_id, id=address.user_id)
    if user is None or user.status != "ACTIVE":
        raise Conflict.of("email", "The login with this e-mail address is not active")
    return _kept(user), "email"


def _known(caller: Caller, user_id: str) -> User:
    user = reader.load(User, consistent=True, school_id=caller.school_id, id=user_id)
    if user is None or user.status != "ACTIVE":
        raise ValidationFailed.of("userId", "No active user of this school has this id")
    return _kept(user)


def _kept(user: User) -> User:
    """The user, who must still be there when the link is written."""
    unit().check(User(school_id=user.school_id, id=user.id), Item.pk.exists(), RetryWrite())
    return user


def _require_name_and_email(data: schemas.GuardianIn) -> None:
    lacking = [name for name, value in (("firstName", data.first_name), ("email", data.email)) if value is None]
    if lacking:
        raise ValidationFailed(details=tuple(Detail(name, "Field required where no userId is sent") for name in lacking))


def _invite(caller: Caller, data: schemas.GuardianIn) -> User:
    """A new login that is owed an invitation; its e-mail address is unique over all schools, by the database."""
    wrong: list[Detail] = []
    phone = stored_form(caller, {"phone": data.phone}, wrong)["phone"]
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    user = User(
        school_id=caller.school_id,
        id=new_id(),
        email=str(data.email),
        role=str(Role.STUDENT_PARENT),
        first_name=str(data.first_name),
        last_name=data.last_name,
        phone=phone,
        invited=True,
    )
    check_limit(unit(), caller.school, Limit.USERS, 1, lambda: count_users(caller.school_id))
    open_account(unit(), user, otherwise=RetryWrite())
    return user


def _write(caller: Caller, link: StudentGuardian, field: str) -> None:
    """Both sides of the link; one whose time is over is replaced."""
    before = reader.load(StudentGuardian, consistent=True, school_id=caller.school_id, student_id=link.student_id, user_id=link.user_id)
    twice = Conflict.of(field, "This login is linked with the student already")
    if before is not None and (before.until is None or before.until >= caller.today().isoformat()):
        raise twice
    now = clock.stamp()
    link.version, link.created_at, link.updated_at = (before.version + 1 if before else 1), now, now
    condition = StudentGuardian.version == before.version if before else Item.pk.does_not_exist()
    unit().put(link, condition, RetryWrite())
    unit().note("ADD_GUARDIAN", "StudentGuardian", link.id, {n: [None, v] for n, v in link.plain().items() if n in _TOLD})
    child = UserChild(
        school_id=caller.school_id,
        user_id=link.user_id,
        student_id=link.student_id,
        relation=link.relation,
        sees=link.sees,
        since=link.since,
        until=link.until,
    )
    unit().put(child, None if before else Item.pk.does_not_exist(), twice)


_TOLD = frozenset({"studentId", "userId", "relation", "sees", "primary", "since", "until"})


def remove_guardian(caller: Caller, student_id: str, user_id: str) -> Deletion:
    """Take the link away, on both sides; the login stays."""
    student = Students(caller.school_id).current(student_id)
    link = reader.load(StudentGuardian, consistent=True, school_id=caller.school_id, student_id=student_id, user_id=user_id)
    if link is None:
        raise NotFound
    unit().delete(link, action="REMOVE_GUARDIAN")
    unit().remove(UserChild(school_id=caller.school_id, user_id=user_id, student_id=student_id), None, Conflict())
    unit().update(student, action="REMOVE_GUARDIAN")
    return Deletion(id=user_id, outcome="removed")
