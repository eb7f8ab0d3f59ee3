"""A student's own login: it sees itself as a guardian sees a child."""

from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.data.item import Item
from shared.data.reader import load
from shared.entities.people import UserChild
from shared.entities.tenancy import User
from shared.errors import Conflict, ValidationFailed
from shared.http.request import unit

_KIND = "STUDENT_LOGIN"
SELF = "SELF"
_SEES = {"academics": True, "fees": True, "pickUp": False}


def change_login(caller: Caller, student_id: str, before: str | None, after: str | None) -> None:
    """Take the login that the student had away, and give it the new one."""
    if before == after:
        return
    if before:
        unit().remove(UserChild(school_id=caller.school_id, user_id=before, student_id=student_id), None, Conflict())
        unit().release(_KIND, before, student_id)
    if after:
        _give(caller, student_id, after)


def _give(caller: Caller, student_id: str, user_id: str) -> None:
    user = load(User, consistent=True, school_id=caller.school_id, id=user_id)
    if user is None or user.role != Role.STUDENT_PARENT or user.status != "ACTIVE":
        raise ValidationFailed.of("userId", "No active login of a student or parent of this school has this id")
    link = UserChild(
        school_id=caller.school_id,
        user_id=user_id,
        student_id=student_id,
        relation=SELF,
        sees=_SEES,
        since=caller.today().isoformat(),
    )
    unit().claim(_KIND, user_id, student_id, Conflict.of("userId", "This login is another student's"))
    unit().put(link, Item.pk.does_not_exist(), Conflict.of("userId", "This login is a guardian of the student"))
