"""The routes of the system module. The explorer stands outside `/api` and is no part of the contract."""

from functions.system import schemas, service
from shared.errors import NotFound, Unavailable
from shared.http.envelope import Download, Ok, ok
from shared.http.request import Request
from shared.http.router import PUBLIC, Router

router = Router("System", prefix="")


@router.get("/api/health", allow=PUBLIC, rate="none", raises=(Unavailable,))
def get_health() -> Ok[schemas.HealthOut]:
    """Tell whether the API can work. 503 where the table does not answer; other dependencies are told as they are set up."""
    return ok(service.get_health(), "In good health")


@router.get("/api/openapi.json", allow=PUBLIC, rate="none", produces=("application/json",))
def get_openapi(request: Request) -> Download:
    """Return this document: OpenAPI 3.1, generated from the routes' declarations."""
    return service.get_openapi(request)


@router.get("/docs", allow=PUBLIC, rate="none", produces=("text/html",))
def get_explorer() -> Download:
    """Show the page that explores the API, and can call it."""
    return service.get_explorer()


@router.get("/docs/<asset>", allow=PUBLIC, rate="none", raises=(NotFound,), produces=("text/css", "text/javascript", "image/png"))
def get_explorer_asset(asset: str, request: Request) -> Download:
    """Return one of the explorer's files."""
    return service.get_explorer_asset(asset, request)
