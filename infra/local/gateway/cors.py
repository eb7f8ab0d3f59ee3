"""CORS as an HTTP API does it: preflights are answered by the gateway, its headers replace the function's."""

from infra.cors import ALLOW_HEADERS, ALLOW_METHODS, EXPOSE_HEADERS, MAX_AGE_S
from infra.local.gateway.events import HttpAnswer


class Cors:
    """The configured origins, and what they are told."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = frozenset(origins)

    def _told(self, origin: str | None) -> list[tuple[str, str]]:
        if origin not in self._origins:
            return []
        return [("access-control-allow-origin", str(origin)), ("access-control-allow-credentials", "true"), ("vary", "Origin")]

    def preflight(self, method: str, headers: dict[str, str]) -> HttpAnswer | None:
        """The answer to a preflight; None for any other request."""
        if method != "OPTIONS" or "access-control-request-method" not in headers or "origin" not in headers:
            return None
        told = self._told(headers["origin"])
        if told:
            told += [
                ("access-control-allow-methods", ",".join(ALLOW_METHODS)),
                ("access-control-allow-headers", ",".join(ALLOW_HEADERS)),
                ("access-control-max-age", str(MAX_AGE_S)),
            ]
        return HttpAnswer(204, told)

    def dress(self, answer: HttpAnswer, origin: str | None) -> None:
        """Put the gateway's headers on an answer."""
        if not self._origins:
            return
        kept = [(name, value) for name, value in answer.headers if not name.startswith("access-control-")]
        told = self._told(origin)
        answer.headers = kept + told + ([("access-control-expose-headers", ",".join(EXPOSE_HEADERS))] if told else [])
