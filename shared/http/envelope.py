"""The one envelope of every answer and every error, and the kinds of answer that a route can give."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel

from shared.errors import AppError, Conflict, MethodNotAllowed

if TYPE_CHECKING:
    from shared.data.list_model import Listing
    from shared.http.schema import ListQuery

JSON = "application/json"


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be answered")


def to_json(value: Any) -> bytes:
    """JSON with exact decimals: `100.00` stays a number with its two zeros."""
    return orjson.dumps(value, default=_default)


@dataclass(slots=True)
class Answer:
    """What a route gives back: status, ready bytes, headers."""

    status: int = 200
    body: bytes = b""
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    version: int | None = None  # becomes the ETag


class Ok[T](Answer):
    """200 with one record in `data`."""


class Created[T](Answer):
    """201 with the new record in `data`."""


class Accepted[T](Answer):
    """202 with what was started in `data`."""


class Page[T](Answer):
    """200 with a list in `data` and its `pagination`."""


class Download(Answer):
    """200 with a file."""


def _record(cls: type[Any], status: int, data: Any, message: str) -> Any:
    body = b'{"success":true,"data":' + to_json(data) + b',"message":' + orjson.dumps(message) + b"}"
    version = getattr(data, "version", None)
    return cls(status=status, body=body, version=version if isinstance(version, int) else None)


def ok(data: Any, message: str = "Operation successful") -> Ok[Any]:
    """One record or object, 200."""
    made: Ok[Any] = _record(Ok, 200, data, message)
    return made


def created(data: Any, message: str = "Created") -> Created[Any]:
    """A new record, 201."""
    made: Created[Any] = _record(Created, 201, data, message)
    return made


def accepted(data: Any, message: str = "Accepted") -> Accepted[Any]:
    """Something that goes on in the background, 202."""
    made: Accepted[Any] = _record(Accepted, 202, data, message)
    return made


def page(rows: Iterable[bytes | Any], *, number: int, size: int, total: int) -> Page[Any]:
    """One page of a list; rows may be ready JSON bytes."""
    ready = b",".join(r if isinstance(r, bytes) else to_json(r) for r in rows)
    pages = -(-total // size)
    tail = f'"pagination":{{"page":{number},"pageSize":{size},"totalPages":{pages},"totalRecords":{total}}}}}'
    return Page(body=b'{"success":true,"data":[' + ready + b"]," + tail.encode())


def listing(found: "Listing", query: "ListQuery") -> Page[Any]:
    """One page of a list held in memory."""
    return page(found.rows, number=query.page, size=query.page_size, total=found.total)


def download(content: bytes, filename: str, media_type: str) -> Download:
    """A file to save."""
    return Download(body=content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def error_answer(error: AppError, request_id: str) -> Answer:
    """An error in the envelope, with its status and headers."""
    told: dict[str, Any] = {"code": error.code, "message": _clean(error.text), "requestId": request_id}
    if error.details:
        told["details"] = [{"field": _clean(d.field), "message": _clean(d.message)} for d in error.details]
    if isinstance(error, Conflict) and error.current_version is not None:
        told["currentVersion"] = error.current_version
    envelope = {"success": False, "error": told} if error.data is None else {"success": False, "error": told, "data": error.data}
    answer = Answer(status=error.status, body=to_json(envelope))
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(error.allowed)
    return answer
