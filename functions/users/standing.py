"""Decisions about users: their role, whether they may sign in, and leaving."""

from functions.users import rights, schemas
from functions.users.repository import Users
from shared import accounts
from shared.auth import mfa
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.teaching import Teacher
from shared.entities.tenancy import User
from shared.errors import Conflict
from shared.http.request import unit
from shared.http.schema import Deletion
from shared.references import refers_to_user

_NAMED = {"ACTIVE": "ACTIVATE", "SUSPENDED": "SUSPEND", "INACTIVE": "DEACTIVATE"}


def change_standing(caller: Caller, user: User, *, role: Role | None = None, status: schemas.Status | None = None) -> None:
    """Give a user another role or status, which ends their sessions; the caller of this updates the user."""
    new_role = role.value if role and role.value != user.role else None
    new_status = status.value if status and status.value != user.status else None
    if new_role is None and new_status is None:
        return
    if new_role:
        rights.check_role(caller, Role(new_role))
    Users(caller.school_id).keep_an_admin(unit(), user)
    accounts.change_standing(unit(), caller.profile, user, role=new_role, status=new_status)


def toggle_status(caller: Caller, user_id: str, data: schemas.StatusChange) -> User:
    """Suspend an active user, or let a suspended one in again."""
    rights.not_oneself(caller, user_id, "suspend")
    found = Users(caller.school_id).get_for_change(user_id)
    if data.status is None and found.status == "INACTIVE":
        raise Conflict("This user is deactivated: send the status ACTIVE to bring them back")
    wanted = schemas.Status(data.status or ("SUSPENDED" if found.status == "ACTIVE" else "ACTIVE"))
    if wanted != found.status:
        change_standing(caller, found, status=wanted)
        unit().update(found, action=_NAMED[wanted])
    return found


def delete_user(caller: Caller, user_id: str) -> Deletion:
    """Remove a user whom nothing refers to; deactivate any other (rule G10).

    Whoever ever signed in may stand in any record as the one who did it. A deactivated user keeps the e-mail address.
    """
    rights.not_oneself(caller, user_id, "delete")
    users = Users(caller.school_id)
    found = users.get_for_change(user_id)
    if found.last_login or refers_to_user(caller.school_id, user_id):
        if found.status != "INACTIVE":
            change_standing(caller, found, status=schemas.Status.INACTIVE)
            unit().update(found, action="DEACTIVATE")
        return Deletion(id=user_id, outcome="deactivated")
    users.keep_an_admin(unit(), found)
    unit().check(Teacher(school_id=caller.school_id, id=user_id), Item.pk.does_not_exist(), RetryWrite())
    accounts.remove_account(unit(), caller.profile, found)
    return Deletion(id=user_id, outcome="removed")


def reset_mfa(caller: Caller, user_id: str) -> User:
    """Stop asking a user for one-time codes."""
    rights.not_oneself(caller, user_id, "reset the codes of")
    found = Users(caller.school_id).get_for_change(user_id)
    mfa.reset(unit(), found)
    return found


def resend_invitation(caller: Caller, user_id: str) -> schemas.InvitationSent:
    """Send the invitation again; the one before is no longer good then."""
    found = Users(caller.school_id).get(user_id, consistent=True)
    if not found.invited or found.status != "ACTIVE":
        raise Conflict("This user does not wait for an invitation")
    unit().note("INVITE_USER", "Invitation", found.id)
    return schemas.InvitationSent(id=found.id, email=found.email)
