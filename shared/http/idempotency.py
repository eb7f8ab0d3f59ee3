"""Idempotency keys (rule G9): the first answer again, nothing done twice."""

import hashlib
import hmac
import zlib
from typing import Any

from shared import clock
from shared.data import reader
from shared.data.unit_of_work import UnitOfWork
from shared.entities.ground import Idempotency
from shared.errors import Conflict, ValidationFailed
from shared.http.envelope import Answer
from shared.http.request import Request
from shared.http.router import Route

HEADER = "idempotency-key"
_LIFETIME = 86_400
_LEASE = 60  # longer than any function's timeout behind the gateway
_MAX_KEY = 255
_MAX_ANSWER = 350_000  # an item's limit is 400 KB


def _packed(body: bytes) -> bytes:
    """Compressed: an answer with a few ids in it then fits into one write unit with its key."""
    packed = zlib.compress(body, 6)
    return packed if len(packed) <= _MAX_ANSWER else zlib.compress(b"")


class Replay(Exception):  # a signal, not an error that anybody sees
    """This request was answered before."""


class Key:
    """One request's key, bound to its principal, route and body."""

    def __init__(self, request: Request, route: Route, principal: str, school_id: str) -> None:
        text = request.headers[HEADER]
        if not 1 <= len(text) <= _MAX_KEY or not text.isprintable():
            raise ValidationFailed.of("Idempotency-Key", f"1 to {_MAX_KEY} printable characters")
        seed = f"{principal}\n{route.method} {request.path}\n{text}"
        self.school_id = school_id
        self.token = hashlib.sha256(seed.encode()).hexdigest()
        # Keyed by what the table does not hold: a body with a password in it cannot be guessed from its hash.
        self.body_hash = hmac.digest(seed.encode(), request.body + repr(request.query).encode(), "sha256").hex()

    @classmethod
    def of(cls, request: Request, route: Route, principal: str, school_id: str) -> "Key | None":
        """The request's key, or None where it has none or the route keeps none."""
        if route.idempotent == "none" or HEADER not in request.headers:
            return None
        return cls(request, route, principal, school_id)

    def _item(self, **more: Any) -> Idempotency:
        return Idempotency(school_id=self.school_id, token=self.token, body_hash=self.body_hash, **more)

    def _free(self) -> Any:
        return Idempotency.pk.does_not_exist() | (Idempotency.expires_at < clock.epoch())

    def keep(self, unit: UnitOfWork, answer: Answer) -> None:
        """Put the answer into the change's own transaction."""
        body = _packed(answer.body)
        item = self._item(state="DONE", status=answer.status, answer=body, expires_at=clock.epoch() + _LIFETIME)
        unit.put(item, self._free(), Replay())

    def claim(self, unit: UnitOfWork) -> None:
        """Claim the key before work that takes many transactions."""
        item = self._item(state="IN_PROGRESS", expires_at=clock.epoch() + _LEASE)
        unit.put(item, self._free(), Replay())

    def settle(self, unit: UnitOfWork, answer: Answer) -> None:
        """Put the answer in place of the claim."""
        body = _packed(answer.body)
        item = self._item(state="DONE", status=answer.status, answer=body, expires_at=clock.epoch() + _LIFETIME)
        unit.put(item, None, Replay())

    def give_up(self, unit: UnitOfWork) -> None:
        """Free a claim whose work failed, so that a retry may do it."""
        unit.remove(self._item(state="IN_PROGRESS"), None, Replay())

    def replay(self) -> Answer | None:
        """The answer kept under this key, or None. Another body, or work still going on, is a Conflict."""
        raw = reader.get(Idempotency.key_of(school_id=self.school_id, token=self.token), consistent=True)
        if raw is None or int(raw["expiresAt"]["N"]) < clock.epoch():
            return None
        if raw["bodyHash"]["S"] != self.body_hash:
            raise Conflict("This Idempotency-Key was used with another request")
        if raw["state"]["S"] != "DONE":
            raise Conflict("A request with this Idempotency-Key is still being worked on", retry_after=2)
        answer = Answer(status=int(raw["status"]["N"]), body=zlib.decompress(reader.blob(raw, "answer")))
        answer.headers["Idempotency-Replayed"] = "true"
        return answer
