"""Keeps MiniStack's state over a SIGKILL: a user's record is written down before the change is answered, the rest soon after.

Stock MiniStack saves at a clean stop only. Here each service that was called is saved a moment later; small ones (queues,
schedules) before the answer. The user pool is the one that grows: its snapshot is too slow to be waited for, so each changed
user is appended to a journal of users, which is played over the last snapshot at the next start.
"""

import asyncio
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import detect_service
from ministack.services import cognito

from infra.local.options import ACCOUNT, REGION

log = logging.getLogger("keeping")
COGNITO = "AWSCognitoIdentityProviderService."
_SOON_S = 0.5
_SAVING_SHARE = 50
_SLOW_S = 0.01  # a service that takes longer to save is not waited for
_READS = ("Get", "List", "Describe", "AdminGet", "AdminList")


class UserJournal:
    """The users changed since the user pool's last snapshot, a JSON line each; the last line of a user counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._revoked: set[str] = set()

    def keep(self, data: dict[str, Any]) -> None:
        """Write down the user that a Cognito request was about, as it is now."""
        revoked = cognito._revoked_tokens - self._revoked  # noqa: SLF001 - the version is pinned
        if revoked:
            self._revoked |= revoked
            os.write(self._fd, json.dumps({"revoked": sorted(revoked)}).encode() + b"\n")
        pool_id, username = _subject(data)
        pool = cognito._user_pools.get(pool_id) if pool_id else None  # noqa: SLF001 - the version is pinned
        if not pool or not username:
            return
        user, _ = cognito._resolve_user(pool, username)  # noqa: SLF001 - the version is pinned
        name = user["Username"] if user else username
        line = {"pool": pool_id, "username": name, "user": pool["_users"].get(name)}
        os.write(self._fd, json.dumps(line, default=persistence._json_default).encode() + b"\n")  # noqa: SLF001 - the snapshot's own encoding

    def replay(self) -> None:
        """Bring the loaded snapshot up to date."""
        for line in self._path.read_bytes().splitlines():
            try:
                told = json.loads(line, object_hook=persistence._json_object_hook)  # noqa: SLF001 - the snapshot's own encoding
            except ValueError:
                continue  # the last line of a killed process; its request was never answered
            if "revoked" in told:
                cognito._revoked_tokens.update(told["revoked"])  # noqa: SLF001 - the version is pinned
                continue
            pool = cognito._user_pools.get(told["pool"])  # noqa: SLF001 - the version is pinned
            if pool is None:
                continue
            if told["user"] is None:
                pool["_users"].pop(told["username"], None)
            else:
                pool["_users"][told["username"]] = told["user"]

    def forget(self) -> None:
        """Start anew: a snapshot holds it all."""
        os.ftruncate(self._fd, 0)


def _subject(data: dict[str, Any]) -> tuple[str | None, str | None]:
    """The pool and user that a request names, directly, by its client or by its access token."""
    claims: dict[str, Any] = {}
    if token := data.get("AccessToken"):
        try:
            claims = json.loads(cognito.base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        except (ValueError, IndexError):
            return None, None
    given = data.get("AuthParameters") or data.get("ChallengeResponses") or {}
    username = data.get("Username") or claims.get("username") or given.get("USERNAME")
    client = data.get("ClientId") or claims.get("client_id")
    pools = cognito._user_pools  # noqa: SLF001 - the version is pinned
    pool_id = data.get("UserPoolId") or next((i for i, pool in pools.items() if client in pool["_clients"]), None)
    return pool_id, username


class Keeper:
    """An ASGI layer around MiniStack that saves what a request changed."""

    def __init__(self, state_dir: Path) -> None:
        self.users = UserJournal(state_dir / "users.jsonl")
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._cost: dict[str, float] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request; a change is kept before the answer leaves."""
        if scope["type"] != "http" or scope["path"].startswith("/_ministack"):
            await app.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        target = headers.get("x-amz-target", "")
        if target.startswith(COGNITO):
            await self._cognito(target.removeprefix(COGNITO), scope, receive, send)
            return
        service = detect_service(scope["method"], scope["path"], headers, {})
        if scope["method"] in {"GET", "HEAD"} or _only_reads(target):
            await app.app(scope, receive, send)
            return
        answer = _Held(send)
        await app.app(scope, receive, answer)
        self._note(service)
        await answer.release()

    async def _cognito(self, action: str, scope: Any, receive: Any, send: Any) -> None:
        if action.startswith(_READS) and action != "GetTokensFromRefreshToken":
            await app.app(scope, receive, send)
            return
        body = _Copied(receive)
        answer = _Held(send)
        await app.app(scope, body, answer)
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        self.users.keep(json.loads(body.content or b"{}"))
        if action.startswith(("CreateUserPool", "UpdateUserPool", "AddCustom", "DeleteUserPool")):
            self.save("cognito")
        else:
            self._later("cognito")
        await answer.release()

    def _note(self, service: str) -> None:
        if self._cost.get(service, 0) <= _SLOW_S:
            self.save(service)
        else:
            self._later(service)

    def _later(self, service: str) -> None:
        self._changed.add(service)
        self._wake.set()

    def save(self, service: str) -> None:
        """Save a service now."""
        states = app._build_persistence_save_dict()  # noqa: SLF001 - the version is pinned
        modules = {service, *(key for key in states if key.startswith(f"{service}_"))} & states.keys()
        began = time.perf_counter()
        persistence.save_all({name: states[name] for name in modules})
        self._cost[service] = time.perf_counter() - began
        if service == "cognito":
            self.users.forget()

    @staticmethod
    def save_everything() -> None:
        """Save every service at the end."""
        persistence.save_all(app._build_persistence_save_dict())  # noqa: SLF001 - the version is pinned

    async def run(self) -> None:
        """Save what is not saved yet, seldom enough that saving takes at most a fiftieth of the time."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(max([_SOON_S, *(_SAVING_SHARE * self._cost.get(name, 0) for name in self._changed)]))
            self._wake.clear()
            changed, self._changed = self._changed, set()
            for service in changed:
                self.save(service)


def _only_reads(target: str) -> bool:
    return target.rpartition(".")[2].startswith(("Get", "List", "Describe", "Receive"))


class _Copied:
    """Passes a request's body on and keeps a copy."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self.content = b""

    async def __call__(self) -> Any:
        message = await self._receive()
        self.content += message.get("body", b"")
        return message


class _Held:
    """Holds an answer back until what it tells of is kept."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._messages: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self._messages.append(message)

    async def release(self) -> None:
        """Let it go."""
        for message in self._messages:
            await self._send(message)
