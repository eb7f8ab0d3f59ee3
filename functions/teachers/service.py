"""Decisions about teachers: a profile and the account beside it, made and changed together."""

from datetime import date
from typing import Any

from pynamodb.expressions.condition import Condition

from functions.teachers import departure, leaves, numbers, rules, schemas
from functions.teachers.repository import Pair, Teachers
from shared import accounts
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.currency_hold import hold_currency
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.teaching import Teacher
from shared.entities.tenancy import Access, User
from shared.errors import Conflict, Detail, ValidationFailed
from shared.http.request import current, unit
from shared.http.schema import changed_fields
from shared.ids import new_id
from shared.money import parse_money
from shared.names import camel
from shared.student_dates import ahead_findings
from shared.student_form import as_details, refuse, stored_form


def get_teacher(caller: Caller, teacher_id: str) -> schemas.TeacherOut:
    """A teacher of the school; what is private is left out for colleagues."""
    return shown(caller, Teachers(caller.school_id).pair(teacher_id))


def shown(caller: Caller, pair: Pair) -> schemas.TeacherOut:
    """A teacher as the caller may see it."""
    user, profile = pair.user, pair.profile
    kept = (profile.leaves if profile else None) or []
    status = rules.status_of(user.role, user.status, kept, caller.today().isoformat())
    made: dict[str, Any] = {**user.plain(), **(profile.plain() if profile else {}), "userId": user.id, "version": pair.version}
    made |= {"profileComplete": profile is not None, "accountStatus": user.status, "status": status, "leaves": kept}
    made["salary"] = profile.salary if profile else None
    if not caller.is_admin and user.id != caller.user_id:
        made |= dict.fromkeys(("phone", "joinDate", "exitDate", "accountStatus", "invited", "salary", "leaves"))
    return schemas.TeacherOut.model_validate(made)


def create_teacher(caller: Caller, data: schemas.TeacherIn) -> schemas.TeacherOut:
    """A new profile with its account, or that of an account which is there."""
    wrong = _contradictions(data)
    ready = _stored(caller, data.model_dump(exclude_none=True, exclude={"user_id"}), wrong)
    ready.setdefault("join_date", caller.today().isoformat())
    wrong += _date_details(caller, ready)
    refuse(wrong)
    person = {name: ready.pop(name) for name in schemas.PERSON & ready.keys()}
    pair = Pair(_linked(caller, data.user_id) if data.user_id else _made(caller, person), None)
    Teachers(caller.school_id).add(unit(), _complete(caller, pair, ready), drawn=pair.drawn)
    return shown(caller, pair)


def _contradictions(data: schemas.TeacherIn) -> list[Detail]:
    """A person is named by an account or by name and address, not by both."""
    if data.user_id is None:
        lacking = [name for name in ("first_name", "email") if getattr(data, name) is None]
        return [Detail(camel(name), "Field required where no userId is sent") for name in lacking]
    told = sorted(name for name in schemas.PERSON if getattr(data, name) is not None)
    return [Detail(camel(name), "The account of userId has this: change it there") for name in told]


def _made(caller: Caller, person: dict[str, Any]) -> User:
    user_id = current().kept.setdefault("user_id", new_id())  # deciding again makes no other user
    user = User(school_id=caller.school_id, id=user_id, role=str(Role.TEACHER), invited=True, **person)
    accounts.add_account(unit(), caller.school, user)
    return user


def _linked(caller: Caller, user_id: str) -> User:
    """The account, which must still be an active teacher's when the profile is written."""
    user = reader.load(User, consistent=True, school_id=caller.school_id, id=user_id)
    if user is None or user.role != Role.TEACHER or user.status != "ACTIVE":
        raise ValidationFailed.of("userId", "No active teacher of this school has this id")
    _keep(user, (Access.role == str(Role.TEACHER)) & (Access.status == "ACTIVE"))
    return user


def _keep(user: User, condition: Condition) -> None:
    """Demand of the account when the profile is written what was seen of it: otherwise decide again."""
    unit().check(Access(school_id=user.school_id, user_id=user.id), condition, RetryWrite())


def _complete(caller: Caller, pair: Pair, ready: dict[str, Any]) -> Teacher:
    """A new profile for the account; its employee id is made where none was given. The caller of this writes it."""
    pair.drawn = "employee_id" not in ready
    if pair.drawn:
        ready["employee_id"] = numbers.next_employee_id(caller.school, current().kept)
    if ready.get("salary") is not None:
        hold_currency(unit(), caller.school)
    made = pair.profile = Teacher(school_id=caller.school_id, id=pair.user.id, **ready)
    return made


def update_teacher(caller: Caller, teacher_id: str, data: schemas.TeacherChange) -> schemas.TeacherOut:
    """Change the fields that were sent, on both sides; the profile's version moves with either."""
    pair = Teachers(caller.school_id).pair_for_change(teacher_id)
    wrong: list[Detail] = []
    sent = _stored(caller, changed_fields(data, clearable=schemas.CLEARABLE), wrong)
    status = sent.pop("status", None)
    person = {name: sent.pop(name) for name in schemas.PERSON & sent.keys()}
    if pair.profile is None and sent:
        wrong += [Detail("qualification", "Needed to complete the profile")] if "qualification" not in sent else []
        sent.setdefault("join_date", caller.today().isoformat())
    wrong += _date_details(caller, {**(pair.profile.attribute_values if pair.profile else {}), **sent})
    refuse(wrong)
    _change_account(pair.user, person)
    _change_profile(caller, pair, sent)
    if status is not None:
        _become(caller, pair, status)
    if pair.profile is not None and pair.profile.exit_date and pair.user.status != "INACTIVE":
        raise ValidationFailed.of("exitDate", "Only a teacher who has left has an exit date")
    _write(pair)
    return shown(caller, pair)


def _change_account(user: User, person: dict[str, Any]) -> None:
    before = user.email
    for name, value in person.items():
        setattr(user, name, value)
    accounts.change_address(unit(), user, before)


def _change_profile(caller: Caller, pair: Pair, sent: dict[str, Any]) -> None:
    if pair.profile is None and sent:
        _complete(caller, pair, sent)
    elif pair.profile is not None:
        if sent.get("salary") is not None:
            hold_currency(unit(), caller.school)
        for name, value in sent.items():
            setattr(pair.profile, name, value)


def _become(caller: Caller, pair: Pair, status: str) -> None:
    """Another status: leaving and coming back change the account, being away begins or ends a leave today."""
    today = caller.today().isoformat()
    kept = (pair.profile.leaves if pair.profile else None) or []
    now = rules.status_of(pair.user.role, pair.user.status, kept, today)
    if status == now:
        return
    if pair.user.role != Role.TEACHER:
        raise Conflict.of("status", f"This user is {pair.user.role} now: change the role of the user first")
    if status == rules.INACTIVE:
        departure.leave(caller, pair, force=False)
    elif now == rules.INACTIVE and status == rules.ACTIVE:
        departure.come_back(caller, pair)
    elif now == rules.INACTIVE:
        raise Conflict.of("status", "Who has left is ACTIVE again before a leave begins")
    elif status == rules.ACTIVE:
        leaves.put(pair, rules.back_on(kept, today))
    else:
        leaves.begin(pair, today)


def _write(pair: Pair) -> None:
    """Put what was changed: the account where it was, and the profile, which is new or has another version."""
    user: User = pair.user
    profile, teachers = pair.profile, Teachers(str(user.school_id))
    changed = {n: v for n, v in user.plain().items() if n not in _TIMES} != {n: v for n, v in user.stored.items() if n not in _TIMES}
    if changed:
        unit().update(user)
    if profile is not None and profile.stored:
        teachers.change(unit(), profile)
    elif profile is not None:
        if not changed:
            _keep(user, Item.pk.exists())
        teachers.add(unit(), profile, drawn=pair.drawn)


_TIMES = frozenset({"version", "createdAt", "updatedAt"})


def _stored(caller: Caller, sent: dict[str, Any], wrong: list[Detail]) -> dict[str, Any]:
    """The fields as they are stored; a phone or an amount that is none goes to `wrong`."""
    ready = stored_form(caller, sent, wrong)
    if ready.get("salary") is not None:
        try:
            ready["salary"] = parse_money(ready["salary"], caller.school.currency)
        except ValueError as error:
            wrong.append(Detail("salary", str(error)))
    return ready


def _date_details(caller: Caller, ready: dict[str, Any]) -> list[Detail]:
    """What is wrong with the first and the last day at the school."""
    joined, left = ready.get("join_date"), ready.get("exit_date")
    found = as_details(ahead_findings("joinDate", date.fromisoformat(joined), caller.today())) if joined else []
    if joined and left and left < joined:
        found.append(Detail("exitDate", "The last day is not before the first"))
    return found
