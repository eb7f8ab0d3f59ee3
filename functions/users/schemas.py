"""The wire of users."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.auth.permissions import Role
from shared.http.schema import Bool, Email, In, ListQuery, Name, Out, Password, Phone, Url


class Status(StrEnum):
    """Whether a user may sign in: only an active one may. An inactive one is kept for what refers to it."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    SUSPENDED = "SUSPENDED"


class Toggled(StrEnum):
    """What toggling the status leads to."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class UserIn(In):
    """A new user. Without a password they get an invitation by e-mail."""

    email: Email
    role: Role
    first_name: Name
    last_name: Name | None = None
    phone: Phone | None = None
    avatar: Url | None = None
    password: Password | None = None
    must_change_password: Annotated[Bool, Field(description="Whether a password that is set here is good for one sign-in only")] = True


class UserChange(In):
    """The fields of a user to change. E-mail, role and status are an admin's to change."""

    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    avatar: Url | None = None
    email: Email | None = None
    role: Role | None = None
    status: Status | None = None


CLEARABLE = ("last_name", "phone", "avatar")
OWN = frozenset({"first_name", "last_name", "phone", "avatar"})  # what everybody may change of themselves


class PasswordChange(In):
    """A new password. Whoever changes their own proves that they know the present one."""

    current_password: Annotated[Password | None, Field(description="Needed for the own password")] = None
    new_password: Password
    must_change_password: Annotated[
        Bool, Field(description="Whether a password that is set for somebody else is good for one sign-in only")
    ] = True


class StatusChange(In):
    """What the status is to be; without it an active user is suspended, and a suspended one active again."""

    body_optional: ClassVar[bool] = True
    status: Toggled | None = None


class UserOut(Out):
    """A user."""

    id: str
    school_id: str
    email: str
    role: Role
    first_name: str
    last_name: str | None = None
    phone: str | None = None
    avatar: str | None = None
    status: Status
    mfa_enabled: bool = False
    must_change_password: bool = False
    invited: bool = False
    last_login: str | None = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class UserList(ListQuery):
    """Filters of the list of users."""

    role: Role | None = None
    status: Status | None = None


class InvitationSent(Out):
    """That the invitation is on its way."""

    id: str
    email: str
