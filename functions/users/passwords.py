"""Decisions about users' passwords."""

from functions.users import rights, schemas
from functions.users.repository import Users
from shared.auth.caller import Caller
from shared.auth.passwords import check_strength, proven, set_password
from shared.auth.permissions import Permission
from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import User
from shared.errors import ValidationFailed
from shared.http.request import current, unit


def change_password(caller: Caller, user_id: str, data: schemas.PasswordChange) -> User:
    """Set the own password, which needs the present one, or as an admin somebody else's. All sessions of the user end."""
    rights.own_or(caller, user_id, Permission.USERS_MANAGE)
    own = rights.is_own(caller, user_id)
    check_strength(data.new_password, "newPassword")
    found = Users(caller.school_id).get_for_change(user_id)
    if own and "proven" not in current().kept:
        _prove(found, data)
        current().kept["proven"] = True  # deciding again, the pool knows the new password already
    set_password(unit(), found, data.new_password, action="CHANGE_PASSWORD", field="newPassword")
    must_change = not own and data.must_change_password
    if found.invited or found.must_change_password != must_change:
        found.invited, found.must_change_password = False, must_change
        unit().update(found)
    return found


def _prove(user: User, data: schemas.PasswordChange) -> None:
    if data.current_password is None:
        raise ValidationFailed.of("currentPassword", "Send the present password to set another one")
    if data.current_password == data.new_password:
        raise ValidationFailed.of("newPassword", "This is the present password")
    if not proven(user, data.current_password):
        _journal_failure(user)
        raise ValidationFailed.of("currentPassword", "This is not the present password")


def _journal_failure(user: User) -> None:
    asked = unit()
    failed = UnitOfWork(asked.school_id, asked.actor, asked.module, retention_days=asked.retention_days)
    failed.note("CHANGE_PASSWORD", "Password", user.id)
    failed.fail("The present password was wrong")
    failed.commit()
