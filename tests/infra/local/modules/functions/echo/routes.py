"""Paths only: the handler does not use the router."""

from shared.http.router import PUBLIC, Router

router = Router("echo")


@router.get("/echo", allow=PUBLIC)
def echo():
    """Show the event."""


@router.get("/echo/<what>", allow=PUBLIC)
def do():
    """Do what the path says."""
