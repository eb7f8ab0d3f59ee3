"""One-time codes: taking them away from a user who lost the authenticator app."""

from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import User
from shared.gateways import pool


def reset(unit: UnitOfWork, user: User, *, action: str = "RESET_MFA") -> None:
    """Stop asking a user for codes, in the unit of the admin who does so. `user` is as read for a change; it is updated here."""
    pool.want_totp(user.id, wanted=False)
    user.mfa_enabled = False
    unit.update(user, action=action)
