"""The API as the demo's loader calls it."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from infra.local.options import StartError

_PAGE = 100


class Api:
    """A client that is signed in, and works in one school once that is named."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=f"{base_url}/api", timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as the platform's operator."""
        told = self.post("/auth/login", {"email": email, "password": password})
        if not told.get("accessToken"):
            raise StartError(f"the demo school cannot be loaded: signing in as {email} wants {told.get('challenge') or 'more'}")
        self._http.headers["Authorization"] = f"Bearer {told['accessToken']}"

    def work_in(self, school_id: str) -> None:
        """Work in a school from now on."""
        self._http.headers["X-School-Id"] = school_id

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """POST JSON; the answer's data."""
        return self._data(self._http.post(path, json=body, headers={"Idempotency-Key": key} if key else None))

    def put(self, path: str, body: Any) -> Any:
        """PUT JSON; the answer's data."""
        return self._data(self._http.put(path, json=body))

    def upload(self, path: str, content: bytes) -> Any:
        """POST a CSV file; the answer's data."""
        return self._data(self._http.post(path, content=content, headers={"Content-Type": "text/csv"}))

    def get(self, path: str) -> Any:
        """GET one thing; the answer's data."""
        return self._data(self._http.get(path))

    def all(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """Every record of a list, page after page."""
        number = pages = 1
        while number <= pages:
            answer = self._http.get(path, params={**filters, "page": number, "pageSize": _PAGE})
            yield from self._data(answer)
            pages = answer.json()["pagination"]["totalPages"]
            number += 1

    @staticmethod
    def _data(answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json()["data"]
        raise StartError(f"the demo school cannot be loaded: {answer.request.method} {answer.request.url.path} gave {answer.text[:500]}")
