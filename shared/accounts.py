"""Opens, moves and closes accounts: a user, what each request checks of them, and their e-mail address, which is unique over all schools."""

from shared.auth.sessions import end_all
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, LegacyHash, PasswordCode, School, User
from shared.errors import Conflict
from shared.limits import Limit, check_limit, give_back
from shared.lists import USERS

_CODES = ("RESET", "INVITATION")


def open_account(unit: UnitOfWork, user: User, *, field: str = "email", otherwise: Exception | None = None) -> None:
    """Create a user with the unit's commit; `otherwise` (a Conflict on `field`) where the e-mail address is somebody's already."""
    unit.create(user)
    access = Access(school_id=user.school_id, user_id=user.id, role=user.role, status=user.status)
    unit.put(access, Item.pk.does_not_exist(), RetryWrite())
    unit.put(_address(user, user.email), Item.pk.does_not_exist(), otherwise or taken(field))


def has_account(email: str) -> bool:
    """Whether the e-mail address is in use, in whichever school."""
    return reader.load(AccountAddress, consistent=True, email=email.lower()) is not None


def count_users(school_id: str) -> int:
    """How many users there are that a subscription counts: all but the inactive ones (rule A8)."""
    return sum(row["status"] != "INACTIVE" for row in USERS.all(school_id).values())


def add_account(unit: UnitOfWork, school: School | None, user: User) -> None:
    """Create a user within what the school's subscription allows; a Conflict on `email` where the address is somebody's."""
    if has_account(user.email):
        raise taken("email")
    check_limit(unit, school, Limit.USERS, 1, lambda: count_users(user.school_id))
    open_account(unit, user)


def change_address(unit: UnitOfWork, user: User, before: str) -> None:
    """Move to the user's new address; whoever still waits for an invitation is sent one there. The caller of this updates the user."""
    if user.email == before:
        return
    if has_account(user.email):
        raise taken("email")
    move_address(unit, user, before)
    if user.invited:
        unit.note("INVITE_USER", "Invitation", user.id)


def change_standing(unit: UnitOfWork, school: School | None, user: User, *, role: str | None = None, status: str | None = None) -> None:
    """Give a user another role or status, which ends their sessions; the caller of this updates the user."""
    role = role if role != user.role else None
    status = status if status != user.status else None
    if role is None and status is None:
        return
    if user.status == "INACTIVE" and status:
        check_limit(unit, school, Limit.USERS, 1, lambda: count_users(user.school_id))
    elif status == "INACTIVE":
        give_back(unit, school, Limit.USERS, 1)
    end_all(unit, user.school_id, user.id, role=role, status=status)
    user.role, user.status = role or user.role, status or user.status


def remove_account(unit: UnitOfWork, school: School | None, user: User) -> None:
    """Remove a user whom nothing refers to, with all that belongs to the account; the address is free again."""
    if user.status != "INACTIVE":
        give_back(unit, school, Limit.USERS, 1)
    unit.delete(user)
    end_all(unit, user.school_id, user.id, delete=True)
    close_account(unit, user)
    unit.remove(LegacyHash(school_id=user.school_id, user_id=user.id), None, RetryWrite())


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
