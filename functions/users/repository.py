"""The access patterns of users."""

from shared.auth.permissions import Role
from shared.data.repository import Repository
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, User
from shared.errors import Conflict
from shared.lists import USERS
from shared.names import PLATFORM_SCHOOL


class Users(Repository[User]):
    """The users of a school, or of the platform."""

    kind = User

    @property
    def admin_role(self) -> Role:
        """The role that runs this school, or the platform."""
        return Role.SUPER_ADMIN if self.school_id == PLATFORM_SCHOOL else Role.SCHOOL_ADMIN

    def keep_an_admin(self, unit: UnitOfWork, leaving: User) -> None:
        """Demand with the unit's commit that another admin is active when this one no longer is; a Conflict where there is none.

        Two admins who take each other away at once cannot both succeed: each demands of the other what it loses.
        """
        role = self.admin_role.value
        if leaving.role != role or leaving.status != "ACTIVE":
            return
        rows = USERS.all(self.school_id).values()
        others = [r["id"] for r in rows if r["role"] == role and r["status"] == "ACTIVE" and r["id"] != leaving.id]
        if not others:
            raise Conflict("This is the last active admin: make another one first")
        other = Access(school_id=self.school_id, user_id=others[0])
        unit.check(other, (Access.role == role) & (Access.status == "ACTIVE"), RetryWrite())
