"""Every error that an answer can carry. Each has its code and status; shared/http/envelope.py renders them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.auth.caller import Caller


@dataclass(frozen=True, slots=True)
class Detail:
    """One bad field: its path (`address.city`, `rows[3].amount`) and what is wrong with it."""

    field: str
    message: str


class AppError(Exception):
    """The base of every error that a caller sees."""

    status = 500
    code = "INTERNAL_ERROR"
    message = "Something went wrong on our side"
    retry_after: int | None = None
    data: Any = None  # what is told besides the error: the report of an import whose rows were refused

    def __init__(self, message: str | None = None, *, details: tuple[Detail, ...] = (), retry_after: int | None = None) -> None:
        super().__init__(message or self.message)
        self.text = message or self.message
        self.details = details
        if retry_after is not None:
            self.retry_after = retry_after


class ValidationFailed(AppError):
    """The input is wrong; every bad field is listed."""

    status, code, message = 400, "VALIDATION_ERROR", "Invalid input data"

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailed":
        """One bad field."""
        return cls(details=(Detail(field, message),))


class Unauthorized(AppError):
    """Nobody is signed in, or the token is no longer good."""

    status, code, message = 401, "UNAUTHORIZED", "Sign in to go on"


class Forbidden(AppError):
    """Signed in, but not allowed to do this."""

    status, code, message = 403, "FORBIDDEN", "You are not allowed to do this"
    caller: "Caller | None" = None  # who was refused before anything else was asked: the audit tells it


class NotFound(AppError):
    """No such record in the caller's school."""

    status, code, message = 404, "NOT_FOUND", "Not found"


class MethodNotAllowed(AppError):
    """The path exists, but not with this method."""

    status, code, message = 405, "METHOD_NOT_ALLOWED", "This method is not allowed here"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed


class Conflict(AppError):
    """The change contradicts what is stored."""

    status, code, message = 409, "CONFLICT", "This contradicts what is stored"

    def __init__(self, message: str | None = None, *, current_version: int | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.current_version = current_version

    @classmethod
    def of(cls, field: str, message: str) -> "Conflict":
        """One field that is in the way."""
        return cls(message, details=(Detail(field, message),))


class PayloadTooLarge(AppError):
    """The body is larger than this route takes."""

    status, code, message = 413, "PAYLOAD_TOO_LARGE", "The body is too large"


class UnsupportedMediaType(AppError):
    """The body's content type is not one that this route takes."""

    status, code, message = 415, "UNSUPPORTED_MEDIA_TYPE", "This content type is not supported here"


class RateLimited(AppError):
    """Too many requests of this principal."""

    status, code, message = 429, "RATE_LIMITED", "Too many requests"


class Unavailable(AppError):
    """A dependency does not answer now; the request can be repeated."""

    status, code, message = 503, "UNAVAILABLE", "Try again in a moment"
    retry_after = 2
