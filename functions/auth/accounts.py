"""Finds who an e-mail address belongs to, in the same number of reads whether it belongs to anybody."""

import uuid
from dataclasses import dataclass

from shared.data import reader
from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, LegacyHash, School, User
from shared.http.request import Request
from shared.names import PLATFORM_SCHOOL

MODULE = "auth"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in, as the table has them now."""

    user: User
    access: Access
    school: School | None  # None on the platform
    legacy: bool  # whether a password hash brought along still waits

    @property
    def school_id(self) -> str:
        """The school, or the platform."""
        return str(self.access.school_id)

    @property
    def active(self) -> bool:
        """Whether they may sign in."""
        return self.access.status == "ACTIVE"

    def unit(self, request: Request) -> UnitOfWork:
        """A unit of work in their school, with them as its actor."""
        days = int(((self.school.settings if self.school else None) or {}).get("retentionDays", 365))
        actor = request.actor(self.user.id, self.access.role)
        return UnitOfWork(self.school_id, actor, MODULE, retention_days=days)


def of(school_id: str, user_id: str) -> Account | None:
    """The account of a user, or None."""
    keys = [
        User.key_of(school_id=school_id, id=user_id),
        Access.key_of(school_id=school_id, user_id=user_id),
        School.key_of(school_id=school_id),
        LegacyHash.key_of(school_id=school_id, user_id=user_id),
    ]
    found = reader.get_many(keys, consistent=True)
    user, access, school, legacy = (found.get(key) for key in keys)
    if user is None or access is None:
        return None
    return Account(User.from_item(user), Access.from_item(access), School.from_item(school) if school else None, legacy is not None)


def find(email: str) -> Account | None:
    """The account of an e-mail address, or None; None takes as many reads."""
    address = reader.load(AccountAddress, consistent=True, email=email)
    if address is None:
        return of(PLATFORM_SCHOOL, str(uuid.uuid4()))
    return of(address.account_school, address.user_id)
