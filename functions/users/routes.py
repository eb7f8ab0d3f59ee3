"""The routes of users."""

from functions.users import passwords, schemas, service, standing
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, Forbidden, NotFound, RateLimited
from shared.http.envelope import Accepted, Created, Ok, Page, accepted, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("Users")


@router.get("/users", allow=Permission.USERS_READ)
def list_users(query: schemas.UserList, caller: Caller) -> Page[schemas.UserOut]:
    """List the users of the school, or the platform's staff where an operator names no school."""
    return listing(service.list_users(caller, query), query)


@router.post("/users", allow=Permission.USERS_MANAGE, raises=(Conflict,))
def create_user(data: schemas.UserIn, caller: Caller) -> Created[schemas.UserOut]:
    """Create a user. The e-mail address is unique over all schools, ignoring case.

    Without a password the user is sent an invitation to choose one. A password that is set here is good for one sign-in,
    unless `mustChangePassword` is false.
    """
    return created(schemas.UserOut.model_validate(service.create_user(caller, data)))


@router.get("/users/<user_id>", allow="signed-in", raises=(Forbidden, NotFound))
def get_user(user_id: str, caller: Caller) -> Ok[schemas.UserOut]:
    """Return one user. Everybody may see themselves, admins everybody of their school."""
    return ok(schemas.UserOut.model_validate(service.get_user(caller, user_id)))


@router.put("/users/<user_id>", allow="signed-in", raises=(Forbidden, NotFound, Conflict))
def update_user(user_id: str, data: schemas.UserChange, caller: Caller) -> Ok[schemas.UserOut]:
    """Change the fields of a user that are sent.

    Everybody may change their own names, phone and avatar; the e-mail address, and the role and status of others, are an
    admin's to change. Another role or status ends the user's sessions.
    """
    return ok(schemas.UserOut.model_validate(service.update_user(caller, user_id, data)))


@router.delete("/users/<user_id>", allow=Permission.USERS_MANAGE, raises=(NotFound, Conflict))
def delete_user(user_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a user who never signed in and whom nothing refers to; deactivate any other.

    Either way their sessions end. A removed user's e-mail address is free again, a deactivated one's stays held. The last
    active admin cannot be deleted, nor can anybody delete themselves.
    """
    return ok(standing.delete_user(caller, user_id))


@router.patch("/users/<user_id>/change-password", allow="signed-in", rate="auth", raises=(Forbidden, NotFound, Conflict, RateLimited))
def change_password(user_id: str, data: schemas.PasswordChange, caller: Caller) -> Ok[schemas.UserOut]:
    """Change the own password, which needs the present one; or set somebody else's as an admin.

    All sessions of the user end, this one included. A wrong present password counts as a failed sign-in.
    """
    return ok(schemas.UserOut.model_validate(passwords.change_password(caller, user_id, data)))


@router.patch("/users/<user_id>/toggle-status", allow=Permission.USERS_MANAGE, raises=(NotFound, Conflict))
def toggle_status(user_id: str, data: schemas.StatusChange, caller: Caller) -> Ok[schemas.UserOut]:
    """Suspend an active user, or let a suspended one in again. Suspending ends all sessions at once."""
    return ok(schemas.UserOut.model_validate(standing.toggle_status(caller, user_id, data)))


@router.post("/users/<user_id>/reset-mfa", allow=Permission.USERS_MANAGE, raises=(NotFound, Conflict))
def reset_mfa(user_id: str, caller: Caller) -> Ok[schemas.UserOut]:
    """Stop asking a user who lost the authenticator app for one-time codes."""
    return ok(schemas.UserOut.model_validate(standing.reset_mfa(caller, user_id)))


@router.post("/users/<user_id>/resend-invitation", allow=Permission.USERS_MANAGE, raises=(NotFound, Conflict))
def resend_invitation(user_id: str, caller: Caller) -> Accepted[schemas.InvitationSent]:
    """Send a user who has not chosen a password yet the invitation again."""
    return accepted(standing.resend_invitation(caller, user_id))
