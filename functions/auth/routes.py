"""The routes of sign-in, sessions and passwords. No answer of theirs is kept under an idempotency key: they hold tokens."""

from functions.auth import mfa, recovery, schemas, service
from shared.auth.caller import Caller
from shared.errors import Conflict, Forbidden, RateLimited, Unauthorized
from shared.http.envelope import Accepted, Ok, accepted, ok
from shared.http.principals import by_email, by_handle
from shared.http.request import Request
from shared.http.router import Router
from shared.names import REFRESH_COOKIE

router = Router("Sign-in")
_by_session = by_handle("refreshToken", REFRESH_COOKIE)


@router.post("/auth/login", allow="public", rate="auth", rate_by=by_email, idempotent="none", raises=(Unauthorized, RateLimited))
def login(data: schemas.LoginIn, request: Request) -> Ok[schemas.SignInOut]:
    """Sign in by e-mail and password.

    The answer holds the session's tokens, also as cookies; or a `challenge`, to be answered at complete-challenge. A wrong
    password, an unknown address and a suspended user get the same answer. After five failures in a row an address is locked
    for 15 minutes.
    """
    return service.answer(service.login(data, request))


@router.post("/auth/refresh-token", allow="public", rate="write", rate_by=_by_session, idempotent="none", raises=(Unauthorized, Forbidden))
def refresh_token(data: schemas.RefreshIn, request: Request) -> Ok[schemas.TokensOut]:
    """Exchange a refresh token for a new access token and the next refresh token.

    A browser sends `{}`, its cookie and the `X-CSRF-Token` header. A refresh token is good once; used again later than 20
    seconds after its first use, it ends the session.
    """
    return service.renewed(service.refresh_token(data, request))


@router.post("/auth/logout", allow="public", rate="write", rate_by=_by_session, idempotent="none", raises=(Unauthorized, Forbidden))
def logout(data: schemas.RefreshIn, request: Request) -> Ok[schemas.SignedOut]:
    """End the session of a refresh token (in the body or as cookie), or else of the access token."""
    service.logout(data, request)
    return service.signed_out()


@router.post("/auth/forgot-password", allow="public", rate="auth", rate_by=by_email, idempotent="none")
def forgot_password(data: schemas.ForgotIn, request: Request) -> Accepted[schemas.Noted]:
    """Send a code to the address, if it is an account's. The answer is the same for every address."""
    recovery.forgot_password(data, request)
    return accepted(schemas.Noted(), "If this address has an account, a code is on its way to it")


@router.post("/auth/reset-password", allow="public", rate="auth", rate_by=by_email, idempotent="none")
def reset_password(data: schemas.ResetIn, request: Request) -> Ok[schemas.PasswordSet]:
    """Set a new password with the code that was sent; it works once, for 15 minutes, and ends every session of the user."""
    return ok(recovery.reset_password(data, request))


@router.post("/auth/accept-invitation", allow="public", rate="auth", rate_by=by_handle("token"), idempotent="none")
def accept_invitation(data: schemas.AcceptIn, request: Request) -> Ok[schemas.PasswordSet]:
    """Set the first password with the token of an invitation; it works once, for seven days."""
    return ok(recovery.accept_invitation(data, request))


@router.post(
    "/auth/complete-challenge",
    allow="public",
    rate="auth",
    rate_by=by_handle("challengeToken"),
    idempotent="none",
    raises=(Unauthorized, RateLimited),
)
def complete_challenge(data: schemas.CompleteIn, request: Request) -> Ok[schemas.SignInOut]:
    """Answer what a sign-in still wants. The answer holds the session's tokens, or the next challenge."""
    return service.answer(service.complete_challenge(data, request))


@router.get("/auth/me", allow="signed-in")
def get_me(caller: Caller) -> Ok[schemas.MeOut]:
    """Return the user who asks, their school and permissions, and their children or classes."""
    return ok(service.get_me(caller))


@router.post("/auth/mfa/setup", allow="signed-in", rate="auth", idempotent="none", raises=(Conflict,))
def set_up_mfa(caller: Caller, request: Request) -> Ok[schemas.MfaSetup]:
    """Make a secret for an authenticator app. Codes are asked for once the first one is confirmed."""
    return ok(mfa.set_up_mfa(caller, request))


@router.post("/auth/mfa/confirm", allow="signed-in", rate="auth", idempotent="none")
def confirm_mfa(data: schemas.MfaConfirmIn, caller: Caller, request: Request) -> Ok[schemas.MfaState]:
    """Prove that the app has the secret; from now on each sign-in asks for a code."""
    return ok(mfa.confirm_mfa(caller, data, request))


@router.post("/auth/mfa/disable", allow="signed-in", rate="auth", idempotent="none", raises=(Forbidden,))
def disable_mfa(data: schemas.MfaDisableIn, caller: Caller, request: Request) -> Ok[schemas.MfaState]:
    """Stop asking for codes, where the role does not demand them."""
    return ok(mfa.disable_mfa(caller, data, request))
