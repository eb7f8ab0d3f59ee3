"""One-time codes: who must use them, and taking them away from a user who lost the authenticator app."""

from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import School, User
from shared.gateways import pool
from shared.settings import settings


def required(role: str, school: School | None) -> bool:
    """Whether a role signs in with a one-time code only: the platform's setting says so, or the school's own."""
    own = ((school.settings or {}).get("security") or {}).get("mfaRequiredRoles") or () if school else ()
    return role in settings().mfa_required_roles or role in own


def reset(unit: UnitOfWork, user: User, *, action: str = "RESET_MFA") -> None:
    """Stop asking a user for codes, in the unit of the admin who does so. `user` is as read for a change; it is updated here."""
    pool.want_totp(user.id, wanted=False)
    user.mfa_enabled = False
    unit.update(user, action=action)
