"""Who may do what to whom."""

from functions.users import schemas
from functions.users.repository import Users
from shared.auth.caller import Caller
from shared.auth.permissions import Permission, Role
from shared.errors import Detail, Forbidden
from shared.names import camel


def is_own(caller: Caller, user_id: str) -> bool:
    """Whether the caller means themselves. An operator who works in a school is no user of it."""
    return user_id == caller.user_id and caller.school_id == caller.home_school_id


def own_or(caller: Caller, user_id: str, permission: Permission) -> None:
    """Refuse who neither means themselves nor holds the permission; NotFound where the school has no such user (rule G8)."""
    if not is_own(caller, user_id) and not caller.may(permission):
        Users(caller.school_id).get(user_id)
        raise Forbidden


def check_role(caller: Caller, role: Role) -> None:
    """Refuse a role that is none of this school's, or of the platform's staff."""
    if caller.on_platform and role != Role.SUPER_ADMIN:
        raise Forbidden("The platform's staff are SUPER_ADMIN: name a school with X-School-Id for any other role")
    if not caller.on_platform and role == Role.SUPER_ADMIN:
        raise Forbidden("SUPER_ADMIN is no role of a school")


def not_oneself(caller: Caller, user_id: str, what: str) -> None:
    """Refuse what nobody does to themselves."""
    if is_own(caller, user_id):
        raise Forbidden(f"Nobody can {what} themselves: ask another admin")


def check_change(caller: Caller, user_id: str, fields: frozenset[str]) -> None:
    """Refuse fields that are not the caller's to change, by name."""
    own_or(caller, user_id, Permission.USERS_MANAGE)
    if caller.may(Permission.USERS_MANAGE):
        refused = fields & {"role", "status"} if is_own(caller, user_id) else frozenset[str]()
        why = "Nobody can change this of themselves: ask another admin"
    else:
        refused, why = fields - schemas.OWN, "Only an admin can change this"
    if refused:
        raise Forbidden(details=tuple(Detail(camel(name), why) for name in sorted(refused)))
