"""One-time codes of an authenticator app (TOTP), set up by the user."""

from functions.auth import schemas
from functions.auth.accounts import MODULE
from functions.auth.challenges import WRONG_CODE, otpauth_uri
from shared.auth.caller import Caller
from shared.auth.gate import token_of
from shared.auth.mfa import required, reset
from shared.auth.passwords import proven
from shared.data.reader import load
from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import School, User
from shared.errors import Conflict, Forbidden, NotFound, Unauthorized, ValidationFailed
from shared.gateways import pool
from shared.http.request import Request


def _user(caller: Caller) -> User:
    found = load(User, consistent=True, school_id=caller.home_school_id, id=caller.user_id)
    if found is None:
        raise NotFound
    return found


def _unit(caller: Caller, request: Request) -> UnitOfWork:
    """A unit of work where the user lives, which is not where an operator looks into a school."""
    return UnitOfWork(caller.home_school_id, request.actor(caller.user_id, caller.role), MODULE)


def set_up_mfa(caller: Caller, request: Request) -> schemas.MfaSetup:
    """A new secret. One that is in use is given up first, by password: a borrowed session cannot put its own in place."""
    user = _user(caller)
    if user.mfa_enabled:
        raise Conflict("Codes are asked for already: disable them first")
    try:
        secret = pool.new_totp_secret(token_of(request)[0])
    except pool.Refused:
        raise Unauthorized from None
    unit = _unit(caller, request)
    unit.note("SET_UP_MFA", "Password", user.id)
    unit.commit()
    return schemas.MfaSetup(secret=secret, otpauth_uri=otpauth_uri(user.email, secret))


def confirm_mfa(caller: Caller, data: schemas.MfaConfirmIn, request: Request) -> schemas.MfaState:
    """Ask for codes from now on, if this is the one of now."""
    user = _user(caller)
    try:
        pool.prove_totp(token_of(request)[0], data.code)
    except (pool.WrongCode, pool.Refused):
        raise ValidationFailed.of("code", WRONG_CODE) from None
    pool.want_totp(user.id, wanted=True)
    user.mfa_enabled = True
    unit = _unit(caller, request)
    unit.update(user, action="ENABLE_MFA")
    unit.commit()
    return schemas.MfaState(mfa_enabled=True)


def disable_mfa(caller: Caller, data: schemas.MfaDisableIn, request: Request) -> schemas.MfaState:
    """Stop asking for codes."""
    user = _user(caller)
    if required(user.role, load(School, school_id=caller.home_school_id)):
        raise Forbidden("Your role signs in with a one-time code")
    if not proven(user, data.password):
        raise ValidationFailed.of("password", "This is not your password")
    unit = _unit(caller, request)
    reset(unit, user, action="DISABLE_MFA")
    unit.commit()
    return schemas.MfaState(mfa_enabled=False)
