"""No routes."""

from shared.http.router import Router

router = Router("auth")
