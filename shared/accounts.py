"""Opens, moves and closes accounts: a user, what each request checks of them, and their e-mail address, which is unique over all schools."""

from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, PasswordCode, User
from shared.errors import Conflict

_CODES = ("RESET", "INVITATION")


def open_account(unit: UnitOfWork, user: User, *, field: str = "email", otherwise: Exception | None = None) -> None:
    """Create a user with the unit's commit; `otherwise` (a Conflict on `field`) where the e-mail address is somebody's already."""
    unit.create(user)
    access = Access(school_id=user.school_id, user_id=user.id, role=user.role, status=user.status)
    unit.put(access, Item.pk.does_not_exist(), RetryWrite())
    unit.put(_address(user, user.email), Item.pk.does_not_exist(), otherwise or taken(field))


def move_address(unit: UnitOfWork, user: User, before: str) -> None:
    """Hold the user's new address and free the one before. Codes and invitations that went there are no longer good."""
    unit.put(_address(user, user.email), Item.pk.does_not_exist(), taken("email"))
    _free(unit, user, before)
    _forget_codes(unit, user)


def close_account(unit: UnitOfWork, user: User) -> None:
    """Free the address of a user whom the unit removes. Sessions and access are ended apart, see shared/auth/sessions.py."""
    _free(unit, user, user.email)
    _forget_codes(unit, user)


def taken(field: str) -> Conflict:
    """What is said where the address is somebody's already, in whichever school."""
    return Conflict.of(field, "This e-mail address is already in use")


def _free(unit: UnitOfWork, user: User, email: str) -> None:
    mine = Item.pk.does_not_exist() | (AccountAddress.user_id == user.id)
    unit.remove(_address(user, email), mine, RetryWrite())


def _forget_codes(unit: UnitOfWork, user: User) -> None:
    for purpose in _CODES:
        unit.remove(PasswordCode(school_id=user.school_id, user_id=user.id, purpose=purpose), None, RetryWrite())


def _address(user: User, email: str) -> AccountAddress:
    return AccountAddress(email=email.lower(), user_id=user.id, account_school=user.school_id)
