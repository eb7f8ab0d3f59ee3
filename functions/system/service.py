"""What the API tells of itself."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import orjson

from functions.system.schemas import DependencyOut, HealthOut, State
from shared import clock
from shared.errors import NotFound, Unavailable
from shared.http.envelope import Download
from shared.http.request import Request
from shared.settings import settings

_HERE = Path(__file__).parent
_DOCUMENT = _HERE / "openapi.json"  # written by tools/build_docs.py, from the declarations
_EXPLORER = _HERE / "explorer"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


def get_health() -> HealthOut:
    """How the API is; Unavailable where the table does not answer."""
    from shared.data.health import table_answers  # the other routes need no table

    took = table_answers()
    if took is None:
        raise Unavailable("The table does not answer")
    known = settings()
    rest = {"userPool": known.user_pool_id, "files": known.files_bucket}
    return HealthOut(
        version=_version(),
        stage=known.stage,
        time=clock.stamp(),
        dependencies=[
            DependencyOut(name="table", state=State.UP, milliseconds=round(took, 1)),
            *(DependencyOut(name=name, state=State.CONFIGURED if value else State.ABSENT) for name, value in rest.items()),
        ],
    )


@cache
def _document() -> tuple[bytes, str]:
    content = _DOCUMENT.read_bytes()
    return content, _tag(content)


@cache
def _version() -> str:
    version: str = orjson.loads(_document()[0])["info"]["version"]
    return version


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _kept(request: Request, answer: Download, tag: str) -> Download:
    """The answer, or 304 where the caller holds it already."""
    answer.headers |= {"ETag": tag, "Cache-Control": "public, max-age=300"}
    held = {t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")}
    return Download(status=304, headers=answer.headers, media_type=answer.media_type) if tag in held else answer


def get_openapi(request: Request) -> Download:
    """The OpenAPI document, as it was generated with this code."""
    content, tag = _document()
    return _kept(request, Download(body=content), tag)


def get_explorer() -> Download:
    """The explorer's page, which allows itself its own scripts and nothing else."""
    page = (_EXPLORER / "index.html").read_bytes()
    headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-cache"}
    return Download(body=page, media_type="text/html; charset=utf-8", headers=headers)


@cache
def _asset(name: str) -> tuple[bytes, bool, str]:
    """An asset's bytes, whether they are compressed, and its tag."""
    packed = _EXPLORER / f"{name}.gz"
    content = packed.read_bytes() if packed.exists() else (_EXPLORER / name).read_bytes()
    return content, packed.exists(), _tag(content)


def get_explorer_asset(name: str, request: Request) -> Download:
    """One file of the explorer; the large ones are kept compressed."""
    if name not in _ASSETS:
        raise NotFound
    content, packed, tag = _asset(name)
    answer = Download(body=content, media_type=_ASSETS[name], headers={"Vary": "Accept-Encoding"})
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        answer.headers["Content-Encoding"] = "gzip"
    elif packed:
        answer.body = gzip.decompress(content)
    return _kept(request, answer, tag)
