"""Who calls: made once a request from a verified token and what the table says of its user, then only read."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from shared import clock
from shared.auth.permissions import Permission, Role, may
from shared.errors import Forbidden
from shared.names import PLATFORM_SCHOOL

if TYPE_CHECKING:  # Stored classes pull in PynamoDB, which declaring routes does not need.
    from shared.entities.tenancy import School


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user. `school_id` is the school that the request works in; every repository is scoped by it."""

    user_id: str
    role: Role
    school_id: str
    home_school_id: str
    token_id: str
    token_expires: int
    by_cookie: bool
    profile: "School | None"  # None on the platform itself

    @property
    def school(self) -> "School":
        """The school that the request works in."""
        if self.profile is None:
            raise Forbidden("Name a school with X-School-Id")
        return self.profile

    @property
    def is_admin(self) -> bool:
        """Whether the caller acts as an admin of the school."""
        return self.role in (Role.SCHOOL_ADMIN, Role.SUPER_ADMIN)

    @property
    def on_platform(self) -> bool:
        """Whether the caller works on the platform itself rather than in a school."""
        return self.school_id == PLATFORM_SCHOOL

    def may(self, permission: Permission) -> bool:
        """Whether the caller's role holds the permission at all."""
        return may(self.role, permission)

    def today(self) -> date:
        """Today in the school's time zone (rule G2)."""
        return clock.today(self.school.timezone)
