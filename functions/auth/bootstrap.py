"""Makes the first operator of a platform. Run by whoever deploys, with the functions' environment; running it again is safe."""

from shared.auth.passwords import check_strength
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, AccountAddress, User
from shared.errors import Conflict
from shared.gateways import pool
from shared.ids import new_id
from shared.names import PLATFORM_SCHOOL


def create_super_admin(email: str, password: str) -> str:
    """Make the SUPER_ADMIN of this address, or give the one that is there this password. Returns the user's id."""
    check_strength(password)
    address = email.strip().lower()
    user_id = _known(address) or _create(address)
    pool.set_password(user_id, PLATFORM_SCHOOL, password)
    return user_id


def _known(address: str) -> str | None:
    found = reader.load(AccountAddress, consistent=True, email=address)
    if found is None:
        return None
    access = reader.load(Access, consistent=True, school_id=found.account_school, user_id=found.user_id)
    if found.account_school != PLATFORM_SCHOOL or access is None or access.role != Role.SUPER_ADMIN:
        raise Conflict.of("email", "This address belongs to a user who is no operator")
    return found.user_id


def _create(address: str) -> str:
    user_id = new_id()
    role = Role.SUPER_ADMIN.value
    unit = UnitOfWork(PLATFORM_SCHOOL, Actor(), "auth")
    unit.create(User(school_id=PLATFORM_SCHOOL, id=user_id, email=address, role=role, first_name="Platform", last_name="Operator"))
    unit.put(Access(school_id=PLATFORM_SCHOOL, user_id=user_id, role=role), Item.pk.does_not_exist(), Conflict())
    taken = RetryWrite()  # somebody made it at the same time
    unit.put(AccountAddress(email=address, user_id=user_id, account_school=PLATFORM_SCHOOL), Item.pk.does_not_exist(), taken)
    try:
        unit.commit()
    except RetryWrite:
        return _known(address) or _create(address)
    return user_id
