"""One-time codes of an authenticator app (TOTP), set up by the user."""

from functions.auth import schemas
from functions.auth.challenges import otpauth_uri
from shared.auth.caller import Caller
from shared.auth.gate import token_of
from shared.auth.passwords import proven
from shared.data.reader import load
from shared.entities.tenancy import User
from shared.errors import Forbidden, NotFound, Unauthorized, ValidationFailed
from shared.gateways import pool
from shared.http.request import Request, unit
from shared.settings import settings


def _user(caller: Caller) -> User:
    found = load(User, consistent=True, school_id=caller.home_school_id, id=caller.user_id)
    if found is None:
        raise NotFound
    return found


def set_up_mfa(caller: Caller, request: Request) -> schemas.MfaSetup:
    """A new secret; the codes of an earlier one stay good until the new one is confirmed."""
    user = _user(caller)
    try:
        secret = pool.new_totp_secret(token_of(request)[0])
    except pool.Refused:
        raise Unauthorized from None
    unit().note("SET_UP_MFA", "User", user.id)
    return schemas.MfaSetup(secret=secret, otpauth_uri=otpauth_uri(user.email, secret))


def confirm_mfa(caller: Caller, data: schemas.MfaConfirmIn, request: Request) -> schemas.MfaState:
    """Ask for codes from now on, if this is the one of now."""
    user = _user(caller)
    try:
        pool.prove_totp(token_of(request)[0], data.code)
    except (pool.WrongCode, pool.Refused):
        raise ValidationFailed.of("code", "This is not the code of now") from None
    pool.want_totp(user.id, wanted=True)
    user.mfa_enabled = True
    unit().update(user, action="ENABLE_MFA")
    return schemas.MfaState(mfa_enabled=True)


def disable_mfa(caller: Caller, data: schemas.MfaDisableIn) -> schemas.MfaState:
    """Stop asking for codes."""
    user = _user(caller)
    if user.role in settings().mfa_required_roles:
        raise Forbidden("Your role signs in with a one-time code")
    if not proven(user, data.password):
        raise ValidationFailed.of("password", "This is not your password")
    pool.want_totp(user.id, wanted=False)
    user.mfa_enabled = False
    unit().update(user, action="DISABLE_MFA")
    return schemas.MfaState(mfa_enabled=False)
