"""Speaks to the deployed API as its users do."""

from dataclasses import dataclass
from typing import Any, Self

import httpx

from infra.rehearsal.deployment import RehearsalError
from infra.rehearsal.engine import Target

ANSWER_SECONDS = 40  # a cold function that imports everything on a busy machine, and more


@dataclass(slots=True)
class Client:
    """One person in front of the deployed URL; signed out until `sign_in`."""

    http: httpx.Client

    @classmethod
    def at(cls, target: Target, api_id: str) -> Self:
        """A client of the API, by the host name that MiniStack knows it under."""
        headers = {"Host": f"{api_id}.execute-api.localhost"}
        return cls(httpx.Client(base_url=target.url, verify=target.tls, headers=headers, timeout=ANSWER_SECONDS))

    def call(self, method: str, path: str, *, wanted: int, **options: Any) -> Any:
        """The JSON of an answer with the wanted status; another status is a RehearsalError."""
        self.http.cookies.clear()  # a native client: bearer token, no cookies, no CSRF
        answer = self.http.request(method, path, **options)
        if answer.status_code != wanted:
            raise RehearsalError(f"{method} {path} answered {answer.status_code} instead of {wanted}: {answer.text[:600]}")
        return answer.json() if answer.content else None

    def sign_in(self, email: str, password: str) -> Any:
        """Sign in by e-mail and password; later calls carry the access token."""
        data = self.call("POST", "/api/auth/login", wanted=200, json={"email": email, "password": password})["data"]
        self.http.headers["Authorization"] = f"Bearer {data['accessToken']}"
        return data

    def close(self) -> None:
        """Close its connections."""
        self.http.close()
