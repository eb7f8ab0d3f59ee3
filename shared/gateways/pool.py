"""The user pool: keeps the passwords and signs the access tokens. Its user names are our user ids; it knows no e-mail address."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.data.connection import client
from shared.errors import Unavailable, ValidationFailed
from shared.observability import logger
from shared.settings import settings

SCHOOL_ATTRIBUTE = "custom:school"
TOTP = "SOFTWARE_TOKEN_MFA"
_REFUSED = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "UserLambdaValidationException",
        "InvalidParameterException",
        "RefreshTokenReuseException",
    }
)
_WRONG_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException", "ExpiredCodeException"})


class Refused(Exception):
    """The pool does not sign this user in; why is nobody's business."""


class WrongCode(Exception):
    """The one-time code is not the one of now."""


class UnknownUser(Exception):
    """The pool has no such user: no password was ever set."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the pool gives to somebody who is signed in. A refresh gives a new refresh token only where the pool rotates."""

    access_token: str
    refresh_token: str | None
    expires_in: int


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """The password was right, and a one-time code is wanted as well."""

    session: str


def _call(action: str, **request: Any) -> Any:
    try:
        return getattr(client("cognito-idp"), action)(**request)
    except ClientError as error:
        raise _meaning(error, action) from error
    except BotoCoreError as error:
        raise Unavailable from error


def _meaning(error: ClientError, action: str) -> Exception:
    code = error.response["Error"]["Code"]
    if code == "UserNotFoundException" and action.startswith("admin_") and "auth" not in action:
        return UnknownUser()
    if code == "InvalidParameterException":  # a password that could never be one, or a pool that is set up wrongly
        logger().warning("the pool refuses a parameter", extra={"action": action})
    if code in _REFUSED:
        return Refused()
    if code in _WRONG_CODE:
        return WrongCode()
    if code == "InvalidPasswordException":
        return ValidationFailed.of("password", "The password is not strong enough")
    return Unavailable()


def _granted(answer: dict[str, Any]) -> Granted:
    result = answer["AuthenticationResult"]
    return Granted(result["AccessToken"], result.get("RefreshToken"), int(result["ExpiresIn"]))


def sign_in(user_id: str, password: str, school_id: str) -> Granted | CodeWanted:
    """Sign in by password, or be Refused. The school is told to the trigger that knows hashes brought along."""
    answer = _call(
        "admin_initiate_auth",
        UserPoolId=settings().user_pool_id,
        ClientId=settings().user_pool_client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user_id, "PASSWORD": password},
        ClientMetadata={"school": school_id},
    )
    if answer.get("ChallengeName") == TOTP:
        return CodeWanted(answer["Session"])
    if "AuthenticationResult" not in answer:
        raise Refused  # a user that was made and whose password was not set
    return _granted(answer)


def answer_code(user_id: str, session: str, code: str) -> Granted:
    """Finish a sign-in by its one-time code, or WrongCode; Refused where the pool has forgotten the sign-in."""
    answer = _call(
        "admin_respond_to_auth_challenge",
        UserPoolId=settings().user_pool_id,
        ClientId=settings().user_pool_client_id,
        ChallengeName=TOTP,
        Session=session,
        ChallengeResponses={"USERNAME": user_id, "SOFTWARE_TOKEN_MFA_CODE": code},
    )
    return _granted(answer)


def refresh(refresh_token: str) -> Granted:
    """A new access token for the pool's own refresh token, or Refused. Works whether the pool rotates or not."""
    return _granted(_call("get_tokens_from_refresh_token", RefreshToken=refresh_token, ClientId=settings().user_pool_client_id))


def revoke(refresh_token: str) -> None:
    """Make the pool forget a refresh token and what came from it."""
    _call("revoke_token", Token=refresh_token, ClientId=settings().user_pool_client_id)


def set_password(user_id: str, school_id: str, password: str) -> None:
    """Set a password that stays; the pool's user is made where there is none yet. May be repeated."""
    request = {"UserPoolId": settings().user_pool_id, "Username": user_id, "Password": password, "Permanent": True}
    try:
        _call("admin_set_user_password", **request)
    except UnknownUser:
        _make_user(user_id, school_id)
        _call("admin_set_user_password", **request)


def _make_user(user_id: str, school_id: str) -> None:
    try:
        client("cognito-idp").admin_create_user(
            UserPoolId=settings().user_pool_id,
            Username=user_id,
            UserAttributes=[{"Name": SCHOOL_ATTRIBUTE, "Value": school_id}],
            MessageAction="SUPPRESS",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise _meaning(error, "admin_create_user") from error


def delete_user(user_id: str) -> None:
    """Forget a user; one that is not there is forgotten already."""
    try:
        _call("admin_delete_user", UserPoolId=settings().user_pool_id, Username=user_id)
    except UnknownUser:
        return


def new_totp_secret(access_token: str) -> str:
    """A fresh secret for the authenticator app of the user whose access token this is."""
    secret: str = _call("associate_software_token", AccessToken=access_token)["SecretCode"]
    return secret


def prove_totp(access_token: str, code: str) -> None:
    """Check a first code of the authenticator app, or WrongCode."""
    if _call("verify_software_token", AccessToken=access_token, UserCode=code)["Status"] != "SUCCESS":
        raise WrongCode


def want_totp(user_id: str, *, wanted: bool) -> None:
    """Ask for a one-time code at each sign-in of the user, or stop asking. A user whom the pool does not know needs none."""
    settled = {"Enabled": wanted, "PreferredMfa": wanted}
    try:
        _call(
            "admin_set_user_mfa_preference",
            UserPoolId=settings().user_pool_id,
            Username=user_id,
            SoftwareTokenMfaSettings=settled,
        )
    except UnknownUser:
        if wanted:
            raise
