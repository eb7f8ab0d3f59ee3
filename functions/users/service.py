"""Decisions about users: who they are."""

from typing import Any

from functions.users import rights, schemas, standing
from functions.users.repository import Users
from shared.accounts import add_account, change_address
from shared.auth.caller import Caller
from shared.auth.passwords import first_password, missing
from shared.auth.permissions import Permission
from shared.data.list_model import Listing
from shared.entities.tenancy import User
from shared.errors import Detail, ValidationFailed
from shared.http.request import current, unit
from shared.http.schema import changed_fields, sort_field
from shared.ids import new_id
from shared.lists import USERS
from shared.phones import parse_phone

SORTABLE = ("firstName", "lastName", "email", "role", "status", "phone", "lastLogin", "createdAt", "updatedAt")
_IN_LISTS = frozenset({"ACTIVE", "SUSPENDED"})


def list_users(caller: Caller, query: schemas.UserList) -> Listing:
    """A page of the users of the school, or of the platform's staff."""
    equal: dict[str, Any] = {"role": str(query.role)} if query.role else {}
    if query.status or not query.include_inactive:
        equal["status"] = str(query.status) if query.status else _IN_LISTS
    sort = sort_field(query.sort, SORTABLE, "firstName")
    return USERS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search, equal=equal)


def get_user(caller: Caller, user_id: str) -> User:
    """A user; everybody may see themselves."""
    rights.own_or(caller, user_id, Permission.USERS_READ)
    return Users(caller.school_id).get(user_id)


def create_user(caller: Caller, data: schemas.UserIn) -> User:
    """A new user, with a password or with an invitation that the journal's consumer sends."""
    rights.check_role(caller, data.role)
    wrong = [Detail("password", f"The password needs {text}") for text in missing(data.password)] if data.password else []
    phone = _phone(caller, data.phone, wrong)
    _refuse(wrong)
    made = User(
        school_id=caller.school_id,
        id=current().kept.setdefault("user_id", new_id()),  # deciding again makes no other user in the pool
        role=data.role.value,
        phone=phone,
        must_change_password=data.password is not None and data.must_change_password,
        invited=data.password is None,
        **data.model_dump(include={"email", "first_name", "last_name", "avatar"}),
    )
    add_account(unit(), caller.profile, made)
    if data.password:
        first_password(unit(), made, data.password)
    return made


def update_user(caller: Caller, user_id: str, data: schemas.UserChange) -> User:
    """Change the fields that were sent: of oneself those of the profile, of others all, as an admin."""
    sent = changed_fields(data, clearable=schemas.CLEARABLE)
    rights.check_change(caller, user_id, frozenset(sent))
    users = Users(caller.school_id)
    found = users.get_for_change(user_id)
    role, status = sent.pop("role", None), sent.pop("status", None)
    wrong: list[Detail] = []
    if "phone" in sent:
        sent["phone"] = _phone(caller, sent["phone"], wrong)
    _refuse(wrong)
    before = found.email
    for name, value in sent.items():
        setattr(found, name, value)
    change_address(unit(), found, before)
    standing.change_standing(caller, found, role=role, status=status)
    unit().update(found)
    return found


def _phone(caller: Caller, text: str | None, wrong: list[Detail]) -> str | None:
    if text is None:
        return None
    try:
        return parse_phone(text, caller.profile.country if caller.profile else None)
    except ValueError as error:
        wrong.append(Detail("phone", str(error)))
        return None


def _refuse(wrong: list[Detail]) -> None:
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
