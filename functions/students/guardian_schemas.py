"""The wire of guardians."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from shared.http.schema import Bool, Date, Email, Id, In, Name, Out, Phone
from shared.student_fields import ParentRelation

if TYPE_CHECKING:  # Stored classes pull in PynamoDB, which declaring routes does not need.
    from shared.entities.people import StudentGuardian
    from shared.entities.tenancy import User


class Sees(In):
    """What a guardian may see, and whether it may pick the student up."""

    academics: Annotated[Bool, Field(description="Attendance, results, assignments")] = True
    fees: Bool = True
    pick_up: Annotated[Bool, Field(description="May fetch the student from school")] = False

    def stored(self) -> dict[str, bool]:
        """As it is stored."""
        return self.model_dump(by_alias=True)


class GuardianIn(In):
    """A guardian: an existing user by `userId`, or a person by name and e-mail, who is invited where no login has that e-mail."""

    user_id: Id | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    relation: ParentRelation
    sees: Sees = Sees()
    primary: Annotated[Bool, Field(description="Whom the school asks first")] = False
    since: Annotated[Date | None, Field(description="First day; today where it is absent")] = None
    until: Annotated[Date | None, Field(description="Last day, inclusive")] = None


class SeesOut(Out):
    """What a guardian may see."""

    academics: bool
    fees: bool
    pick_up: bool


class GuardianOut(Out):
    """A guardian of a student."""

    student_id: str
    user_id: str
    first_name: str
    last_name: str | None = None
    email: str
    phone: str | None = None
    relation: str
    sees: SeesOut
    primary: bool
    since: str
    until: str | None = None
    invited: Annotated[bool, Field(description="Whether its invitation is still open")]
    status: Annotated[str, Field(description="Of the login")]

    @classmethod
    def of(cls, link: "StudentGuardian", user: "User") -> "GuardianOut":
        """From the link and the login."""
        names = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email, "phone": user.phone}
        state = {"invited": user.invited, "status": user.status}
        dates = {"relation": link.relation, "primary": link.primary, "since": link.since, "until": link.until}
        return cls.model_validate({"student_id": link.student_id, "user_id": link.user_id, "sees": link.sees, **names, **state, **dates})
