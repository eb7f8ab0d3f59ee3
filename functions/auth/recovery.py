"""Setting a password without the old one: by a code that was e-mailed, or by an invitation."""

from functions.auth import accounts, codes, schemas
from functions.auth.accounts import Account
from functions.auth.handles import Handle
from shared.auth import attempts
from shared.auth.passwords import check_strength, set_password
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import PasswordCode
from shared.errors import ValidationFailed
from shared.http.request import Request
from shared.names import PLATFORM_SCHOOL

_BAD_CODE = "The code is wrong or no longer good"
_BAD_INVITATION = "This invitation is no longer good"


def forgot_password(data: schemas.ForgotIn, request: Request) -> None:
    """Journal the request; the mail follows from the journal, so that the answer takes the same time for every address."""
    account = accounts.find(data.email)
    if account and account.active:
        unit = account.unit(request)
        unit.note("REQUEST_PASSWORD_RESET", "PasswordReset", account.user.id)
    else:
        unit = UnitOfWork(PLATFORM_SCHOOL, request.actor(), accounts.MODULE)
        unit.note("REQUEST_PASSWORD_RESET", "SignIn", "unknown", {"email": [None, data.email]})
        unit.fail("No account may sign in with this address")
    unit.commit()


def reset_password(data: schemas.ResetIn, request: Request) -> schemas.PasswordSet:
    """Set a forgotten password. A wrong code, an unknown address and no code at all get the same answer."""
    check_strength(data.new_password, "newPassword")
    account = accounts.find(data.email)
    known = account if account and account.active else None
    school_id, user_id = (known.school_id, known.user.id) if known else (PLATFORM_SCHOOL, "unknown")
    code = codes.take_try(school_id, user_id, codes.RESET)
    right = codes.is_right(data.code, code.code_hash if code else None)
    if known is None or code is None or not right:
        _journal_failure(known, data.email, request)
        raise ValidationFailed.of("code", _BAD_CODE)
    if not codes.claim(code):
        raise ValidationFailed.of("code", _BAD_CODE)
    return _set(known, code, data.new_password, "newPassword", request)


def _journal_failure(account: Account | None, email: str, request: Request) -> None:
    unit = account.unit(request) if account else UnitOfWork(PLATFORM_SCHOOL, request.actor(), accounts.MODULE)
    unit.note("RESET_PASSWORD", "SignIn", account.user.id if account else "unknown", {"email": [None, email]})
    unit.fail(_BAD_CODE)
    unit.commit()


def accept_invitation(data: schemas.AcceptIn, request: Request) -> schemas.PasswordSet:
    """Set the first password."""
    check_strength(data.password)
    handle = Handle.parse(data.token)
    account = accounts.of(handle.school_id, handle.user_id) if handle else None
    code = codes.take_try(handle.school_id, handle.user_id, codes.INVITATION) if handle else None
    good = handle and account and account.active and code and handle.matches(code.code_hash) and codes.claim(code)
    if not good or account is None or code is None:
        raise ValidationFailed.of("token", _BAD_INVITATION)
    return _set(account, code, data.password, "password", request)


def _set(account: Account, code: PasswordCode, password: str, field: str, request: Request) -> schemas.PasswordSet:
    """Set the password and use the code up; where that fails the code is given back."""
    user = account.user
    unit = account.unit(request)
    action = "RESET_PASSWORD" if code.purpose == codes.RESET else "ACCEPT_INVITATION"
    try:
        set_password(unit, user, password, action=action, field=field)
        unit.remove(code, PasswordCode.code_hash == code.code_hash, RetryWrite())
        if user.invited or user.must_change_password:
            user.invited = user.must_change_password = False
            unit.update(user)
        unit.commit()
    except Exception:
        codes.release(code)
        raise
    attempts.clear(user.email.lower())
    return schemas.PasswordSet(email=user.email)
