"""The access patterns of teachers: a profile and the account beside it."""

from dataclasses import dataclass

from shared.data import reader
from shared.data.repository import Repository
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.teaching import Teacher
from shared.entities.tenancy import User
from shared.errors import Conflict, NotFound
from shared.http.request import current

_KIND = "EMPLOYEE_ID"


@dataclass(slots=True)
class Pair:
    """A teacher's account and, where it was made, the profile."""

    user: User
    profile: Teacher | None
    drawn: bool = False  # whether the profile is new with an employee id that was made

    @property
    def version(self) -> int:
        """The profile's version; 0 where there is none yet."""
        return self.profile.version if self.profile else 0


class Teachers(Repository[Teacher]):
    """The teachers of a school."""

    kind = Teacher

    def pair(self, teacher_id: str) -> Pair:
        """Account and profile as they stand now, in one round trip; NotFound for a user who never was a teacher."""
        keys = (User.key_of(school_id=self.school_id, id=teacher_id), Teacher.key_of(school_id=self.school_id, id=teacher_id))
        found = reader.get_many(keys, consistent=True)
        user = User.from_item(found[keys[0]]) if keys[0] in found else None
        profile = Teacher.from_item(found[keys[1]]) if keys[1] in found else None
        if user is None or (profile is None and user.role != "TEACHER"):
            raise NotFound
        return Pair(user, profile)

    def pair_for_change(self, teacher_id: str) -> Pair:
        """The same; a Conflict with the current version where the request's If-Match is behind."""
        found = self.pair(teacher_id)
        wanted = current().if_match
        if wanted is not None and wanted != found.version:
            raise Conflict("This record was changed in the meantime", current_version=found.version)
        return found

    def add(self, unit: UnitOfWork, made: Teacher, *, drawn: bool) -> None:
        """Create a profile with its employee id claimed; `drawn`: one that was made, and is made again where it is taken."""
        unit.create(made, otherwise=Conflict.of("userId", "This user has a teacher's profile already"))
        unit.claim(_KIND, unique_id(made.employee_id), made.id, RetryWrite() if drawn else _taken())

    def change(self, unit: UnitOfWork, made: Teacher, *, action: str = "UPDATE") -> None:
        """Update a profile; a changed employee id moves its claim."""
        before, now = unique_id(made.stored["employeeId"]), unique_id(made.employee_id)
        unit.update(made, action=action)
        if before != now:
            unit.release(_KIND, before, made.id)
            unit.claim(_KIND, now, made.id, _taken())

    def remove(self, unit: UnitOfWork, made: Teacher) -> None:
        """Remove a profile; its employee id is free again."""
        unit.delete(made)
        unit.release(_KIND, unique_id(made.employee_id), made.id)


def unique_id(employee_id: str) -> str:
    """An employee id as it is compared: ignoring case."""
    return employee_id.casefold()


def _taken() -> Conflict:
    return Conflict.of("employeeId", "Another employee of this school has this id")
