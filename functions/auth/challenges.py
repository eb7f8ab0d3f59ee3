"""What a sign-in may still want after the password: a one-time code, setting one up, a new password."""

from urllib.parse import quote

from functions.auth import accounts, schemas
from functions.auth.accounts import Account
from functions.auth.handles import Handle
from functions.auth.schemas import Challenge
from shared import clock
from shared.auth import attempts
from shared.auth.mfa import required
from shared.auth.passwords import check_strength, set_password
from shared.data import in_place, reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite
from shared.entities.tenancy import SignInChallenge
from shared.errors import Unauthorized, ValidationFailed
from shared.gateways import pool
from shared.http.request import Request

_SECONDS = {Challenge.MFA: 180, Challenge.MFA_SETUP: 900, Challenge.NEW_PASSWORD: 900}  # the pool forgets after three minutes
_OVER = "This sign-in is over: begin again"
WRONG_CODE = "This is not the code of now"


def wanted(account: Account, result: pool.Granted | pool.CodeWanted) -> Challenge | None:
    """The next thing that the sign-in wants, or None."""
    if isinstance(result, pool.CodeWanted):
        return Challenge.MFA
    if account.user.must_change_password:
        return Challenge.NEW_PASSWORD
    if not account.user.mfa_enabled and required(account.access.role, account.school):
        return Challenge.MFA_SETUP
    return None


def otpauth_uri(account_name: str, secret: str) -> str:
    """What authenticator apps read from a QR code."""
    return f"otpauth://totp/Homeroom:{quote(account_name)}?secret={secret}&issuer=Homeroom"


def open_for(account: Account, kind: Challenge, result: pool.Granted | pool.CodeWanted, request: Request) -> schemas.SignInOut:
    """Keep what the pool needs to go on, and answer with the challenge."""
    handle = Handle.new(account.school_id, account.user.id)
    held = result.session if isinstance(result, pool.CodeWanted) else result.refresh_token
    uri = None
    if kind == Challenge.MFA_SETUP and isinstance(result, pool.Granted):
        uri = otpauth_uri(account.user.email, pool.new_totp_secret(result.access_token))
    unit = account.unit(request)
    item = SignInChallenge(
        school_id=account.school_id,
        user_id=account.user.id,
        id=handle.id,
        session_version=account.access.session_version,
        kind=kind.value,
        secret_hash=handle.hash,
        sealed=handle.seal(held or ""),
        expires_at=clock.epoch() + _SECONDS[kind],
    )
    unit.put(item, Item.pk.does_not_exist(), RetryWrite())
    unit.note("CHALLENGE_SIGN_IN", "SignIn", account.user.id, {"challenge": [None, kind.value]})
    unit.commit()
    return schemas.SignInOut(
        challenge=kind, challenge_token=str(handle), must_change_password=kind == Challenge.NEW_PASSWORD, otpauth_uri=uri
    )


def _taken(handle: Handle) -> SignInChallenge:
    """The challenge of a token, with one of its tries taken; Unauthorized where there is none, or none is left."""
    taken = in_place.change(
        SignInChallenge.key_of(school_id=handle.school_id, user_id=handle.user_id, id=handle.id),
        "SET tries = tries - :one",
        "secretHash = :hash AND tries > :none AND expiresAt > :now",
        one=1,
        none=0,
        hash=handle.hash,
        now=clock.epoch(),
    )
    if not taken.done or taken.item is None:
        raise Unauthorized(_OVER)
    return SignInChallenge.from_item(taken.item)


def complete(data: schemas.CompleteIn, request: Request) -> tuple[Account, pool.Granted]:
    """Answer a challenge: the account as it is now, and what the pool gives."""
    handle = Handle.parse(data.challenge_token)
    if handle is None:
        raise Unauthorized(_OVER)
    raw = reader.get(SignInChallenge.key_of(school_id=handle.school_id, user_id=handle.user_id, id=handle.id), consistent=True)
    if raw is None:
        raise Unauthorized(_OVER)
    kind = Challenge(raw["kind"]["S"])
    field = "newPassword" if kind == Challenge.NEW_PASSWORD else "code"
    if (data.new_password if kind == Challenge.NEW_PASSWORD else data.code) is None:
        raise ValidationFailed.of(field, f"The challenge {kind.value} is answered by this field")
    if data.new_password and kind == Challenge.NEW_PASSWORD:
        check_strength(data.new_password, field)
    challenge = _taken(handle)
    account = accounts.of(handle.school_id, handle.user_id)
    if account is None or not account.active or account.access.session_version != challenge.session_version:
        raise Unauthorized(_OVER)
    held = handle.unseal(challenge.sealed)
    try:
        if kind == Challenge.MFA:
            return account, _by_code(account, challenge, held, str(data.code), request)
        granted = pool.refresh(held)
        if kind == Challenge.MFA_SETUP:
            return _with_code_set_up(account, challenge, granted, str(data.code), request), _whole(granted, held)
        return _with_new_password(account, challenge, granted, str(data.new_password), held, request)
    except pool.Refused:
        raise Unauthorized(_OVER) from None


def _whole(granted: pool.Granted, refresh_token: str) -> pool.Granted:
    return pool.Granted(granted.access_token, granted.refresh_token or refresh_token, granted.expires_in)


def _by_code(account: Account, challenge: SignInChallenge, session: str, code: str, request: Request) -> pool.Granted:
    """A code counts as a sign-in attempt: whoever knows the password alone cannot try for long."""
    email = account.user.email.lower()
    count = attempts.begin(email)
    try:
        granted = pool.answer_code(account.user.id, session, code)
    except pool.WrongCode:
        _journal_wrong_code(account, request, locked=count >= attempts.LIMIT)
        raise ValidationFailed.of("code", WRONG_CODE) from None
    _close(account, challenge, request)
    return granted


def _journal_wrong_code(account: Account, request: Request, *, locked: bool) -> None:
    unit = account.unit(request)
    unit.note("LOCK_SIGN_IN" if locked else "SIGN_IN", "SignIn", account.user.id, {"challenge": [None, "MFA"]})
    unit.fail("The one-time code was wrong")
    unit.commit()


def _close(account: Account, challenge: SignInChallenge, request: Request) -> None:
    """A challenge is answered once."""
    unit = account.unit(request)
    unit.remove(challenge, Item.pk.exists(), Unauthorized(_OVER))
    unit.note("ANSWER_CHALLENGE", "SignIn", account.user.id, {"challenge": [challenge.kind, None]})
    unit.commit()


def _with_code_set_up(account: Account, challenge: SignInChallenge, granted: pool.Granted, code: str, request: Request) -> Account:
    try:
        pool.prove_totp(granted.access_token, code)
    except pool.WrongCode:
        raise ValidationFailed.of("code", WRONG_CODE) from None
    pool.want_totp(account.user.id, wanted=True)
    unit = account.unit(request)
    unit.remove(challenge, Item.pk.exists(), Unauthorized(_OVER))
    account.user.mfa_enabled = True
    unit.update(account.user, action="ENABLE_MFA")
    unit.commit()
    return _again(account)


def _with_new_password(
    account: Account, challenge: SignInChallenge, granted: pool.Granted, password: str, held: str, request: Request
) -> tuple[Account, pool.Granted]:
    unit = account.unit(request)
    set_password(unit, account.user, password, action="CHANGE_PASSWORD", field="newPassword")
    unit.remove(challenge, Item.pk.exists(), Unauthorized(_OVER))
    account.user.must_change_password = False
    unit.update(account.user)
    unit.commit()
    kept = granted.refresh_token or held
    return _again(account), _whole(pool.refresh(kept), kept)  # a token that tells the new session version


def _again(account: Account) -> Account:
    """The account as it is after the change."""
    found = accounts.of(account.school_id, account.user.id)
    if found is None:
        raise Unauthorized(_OVER)
    return found
