"""The wire of sign-in, sessions and passwords."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from shared.auth.permissions import Permission, Role
from shared.http.schema import Email, In, Out


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("This text holds half a character") from error
    return text


Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256),
    AfterValidator(_encodable),
    Field(description="Taken as it is: neither trimmed nor normalised", json_schema_extra={"format": "password"}),
]
NewPassword = Annotated[
    Password,
    Field(description="At least 8 characters with an upper case letter, a lower case letter and a digit", examples=["Blue-Kite-42"]),
]
Token = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[!-~]+$")]
Code = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{6}$"), Field(description="Six digits of an authenticator app", examples=["492039"])
]


class Challenge(StrEnum):
    """What a sign-in still wants."""

    MFA = "MFA"
    MFA_SETUP = "MFA_SETUP"
    NEW_PASSWORD = "NEW_PASSWORD"  # noqa: S105 - the name of a step


class LoginIn(In):
    """Who signs in."""

    email: Annotated[Email, Field(examples=["admin@greenfield.example"])]
    password: Annotated[Password, Field(examples=["Blue-Kite-42"])]


class SignedInUser(Out):
    """The user who is signed in."""

    id: str
    email: str
    role: Role
    first_name: str
    last_name: str | None = None
    phone: str | None = None
    avatar: str | None = None
    school_id: str
    status: str
    mfa_enabled: bool
    must_change_password: bool
    last_login: str | None = None


class OwnSchool(Out):
    """The user's school; null for the platform's own staff."""

    id: str
    name: str
    logo: str | None = None
    status: str
    subscription_tier: str
    timezone: str
    currency: str
    country: str
    locale: str
    academic_year: dict[str, Any]


class TokensOut(Out):
    """The tokens of a session, for clients that do not keep cookies."""

    access_token: Annotated[str, Field(description="Send it as `Authorization: Bearer …`; good for `expiresIn` seconds")]
    refresh_token: Annotated[str, Field(description="Good once, for seven days from the sign-in")]
    expires_in: int
    csrf_token: Annotated[str, Field(description="Send it as `X-CSRF-Token` with writes that are authenticated by cookie")]


class SignInOut(Out):
    """The session, or what is wanted before it begins: then `challenge` and `challengeToken` are set, and no token is."""

    user: SignedInUser | None = None
    school: OwnSchool | None = None
    access_token: Annotated[str | None, Field(description="Send it as `Authorization: Bearer …`; good for `expiresIn` seconds")] = None
    refresh_token: Annotated[str | None, Field(description="Good once, for seven days from the sign-in")] = None
    expires_in: int | None = None
    csrf_token: Annotated[str | None, Field(description="Send it as `X-CSRF-Token` with writes authenticated by cookie")] = None
    must_change_password: bool = False
    challenge: Challenge | None = None
    challenge_token: Annotated[str | None, Field(description="Send it to complete-challenge within its few minutes")] = None
    otpauth_uri: Annotated[str | None, Field(description="For MFA_SETUP: what the authenticator app is told, as a QR code")] = None


class RefreshIn(In):
    """The refresh token; a browser leaves it out, and its cookie is taken."""

    refresh_token: Token | None = None


class SignedOut(Out):
    """That the session is over."""

    signed_out: bool = True


class ForgotIn(In):
    """Whose password is forgotten."""

    email: Email


class Noted(Out):
    """That a request was taken; the same for every e-mail address."""

    accepted: bool = True


class ResetIn(In):
    """A new password, and the code that was sent for it."""

    email: Email
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$"), Field(description="Eight digits from the e-mail", examples=["10923847"])]
    new_password: NewPassword


class AcceptIn(In):
    """The token of an invitation, and the password that the user chooses."""

    token: Token
    password: NewPassword


class PasswordSet(Out):
    """That the password was set: sign in with it now."""

    email: str


class CompleteIn(In):
    """The answer to a challenge: `code` for MFA and MFA_SETUP, `newPassword` for NEW_PASSWORD."""

    challenge_token: Token
    code: Code | None = None
    new_password: NewPassword | None = None


class MfaSetup(Out):
    """What an authenticator app must know."""

    secret: str
    otpauth_uri: Annotated[str, Field(description="The same as a URI, to be shown as a QR code")]


class MfaConfirmIn(In):
    """A first code, which proves that the app has the secret."""

    code: Code


class MfaDisableIn(In):
    """The password again, so that a borrowed session cannot weaken the account."""

    password: Password


class MfaState(Out):
    """Whether a one-time code is asked for at sign-in."""

    mfa_enabled: bool


class Child(Out):
    """A student whom the user may see."""

    id: str
    first_name: str
    last_name: str | None = None
    class_id: str
    class_name: str | None = None
    section: str
    roll_number: str
    admission_number: str
    relation: str
    sees: Annotated[dict[str, bool], Field(description="academics, fees, pickUp")]


class OwnClass(Out):
    """A class of a teacher this academic year."""

    id: str
    name: str
    section: str
    grade: str
    is_class_teacher: bool


class MeOut(Out):
    """The user who asks, and what they may do."""

    user: SignedInUser
    school: OwnSchool | None = None
    permissions: list[Permission]
    children: list[Child]
    classes: list[OwnClass]
