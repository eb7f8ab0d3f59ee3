"""A device's session: begun by a sign-in, carried on by a refresh token that is another at each use, ended by deleting its item."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from functions.auth.accounts import MODULE, Account
from functions.auth.handles import Handle, new_step
from shared import clock
from shared.auth import gate
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, Session
from shared.errors import AppError, Forbidden, RateLimited, Unauthorized
from shared.gateways import pool
from shared.http.request import Request
from shared.observability import logger

LIFETIME = 7 * 86_400  # rule A5; from the sign-in on, as the pool counts it
GRACE_MS = 20_000  # for which the last secret is still good: two tabs of a browser refresh at once
_CSRF_KEPT = 4
_MOST_OUT = 30  # access tokens of a session at once: each is named one by one when they are revoked


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets."""

    access_token: str
    refresh_token: str
    expires_in: int
    csrf_token: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What an access token that came from the pool itself says."""

    token_id: str
    expires: int
    version: int


def said(access_token: str) -> _Said:
    """Read a token that the pool has just given us; its signature is checked where it comes back."""
    payload = access_token.split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return _Said(told["jti"], int(told["exp"]), int(told["sv"]))


def _tokens(granted: pool.Granted, handle: Handle) -> Tokens:
    return Tokens(granted.access_token, str(handle), granted.expires_in, gate.csrf_token(granted.access_token))


def _remember(session: Session, granted: pool.Granted) -> None:
    """Note an access token that is out, and the CSRF token that goes with it."""
    told = said(granted.access_token)
    now = clock.epoch()
    session.tokens = [t for t in session.tokens or [] if t[1] > now] + [[told.token_id, told.expires]]
    session.csrf = [*(session.csrf or []), gate.csrf_token(granted.access_token)][-_CSRF_KEPT:]


def begin(unit: UnitOfWork, account: Account, granted: pool.Granted, request: Request) -> Tokens:
    """Start a session in the unit's transaction, if the user's rights are still those that the access token tells."""
    version = account.access.session_version
    if granted.refresh_token is None or said(granted.access_token).version != version:
        raise RetryWrite  # all sessions were ended while this one began
    handle = Handle.new(account.school_id, account.user.id)
    actor = request.actor()
    session = Session(
        school_id=account.school_id,
        user_id=account.user.id,
        id=handle.id,
        session_version=version,
        secret_hash=handle.hash,
        pool_token=handle.seal(granted.refresh_token),
        started_at=clock.stamp(),
        user_agent=(actor.user_agent or "")[:256] or None,
        ip_address=actor.ip_address,
        expires_at=clock.epoch() + LIFETIME,
    )
    _remember(session, granted)
    unit.put(session, Item.pk.does_not_exist(), RetryWrite())
    unit.check(account.access, (Access.session_version == version) & (Access.status == "ACTIVE"), RetryWrite())
    return _tokens(granted, handle)


@dataclass(frozen=True, slots=True)
class Found:
    """A session and its user's access, as they stand now."""

    handle: Handle
    session: Session
    access: Access | None

    @property
    def good(self) -> bool:
        """Whether the user may go on with it."""
        access = self.access
        return access is not None and access.status == "ACTIVE" and access.session_version == self.session.session_version

    @property
    def current(self) -> Handle | None:
        """The token that is current now, where the one that was sent leads to it: it is it, or it was the last."""
        if self.handle.matches(self.session.secret_hash):
            return self.handle
        if self.session.step and self.handle.matches(self.session.last_secret_hash):
            return self.handle.next(self.session.step)
        return None

    @property
    def reused(self) -> bool:
        """Whether the token was used up: it is not the current one, nor was it until a moment ago."""
        if self.handle.matches(self.session.secret_hash):
            return False
        just_now = (self.session.rotated_at or 0) + GRACE_MS > _now_ms()
        return not (just_now and self.handle.matches(self.session.last_secret_hash))


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def find(handle: Handle) -> Found | None:
    """The session of a refresh token, whatever its secret; None where there is none any more."""
    keys = [
        Session.key_of(school_id=handle.school_id, user_id=handle.user_id, id=handle.id),
        Access.key_of(school_id=handle.school_id, user_id=handle.user_id),
    ]
    found = reader.get_many(keys, consistent=True)
    session, access = (found.get(key) for key in keys)
    if session is None or int(session["expiresAt"]["N"]) <= clock.epoch():
        return None
    return Found(handle, Session.from_item(session), Access.from_item(access) if access else None)


def check_csrf(request: Request, session: Session | None) -> None:
    """A refresh token that came as a cookie needs a CSRF token of its own session; the access cookie may be gone by then."""
    sent = gate.double_submitted(request)
    if session is not None and sent not in (session.csrf or []):
        raise Forbidden("The CSRF token is missing or not this session's")


def carry_on(unit: UnitOfWork, found: Found) -> Tokens:
    """New tokens in the unit's transaction, which takes one conditional write: whoever comes second decides again."""
    handle, session = found.handle, found.session
    current = found.current
    if current is None:
        raise Unauthorized
    if sum(expires > clock.epoch() for _, expires in session.tokens or []) >= _MOST_OUT:
        raise RateLimited("Use the access token for as long as it is good", retry_after=60)
    granted = pool.refresh(current.unseal(session.pool_token))
    if said(granted.access_token).version != session.session_version:
        raise Unauthorized
    stored = session.secret_hash
    following = current
    if current is handle:
        session.step = new_step()
        following = handle.next(session.step)
        session.last_secret_hash, session.secret_hash, session.rotated_at = stored, following.hash, _now_ms()
        session.pool_token = following.seal(granted.refresh_token or current.unseal(session.pool_token))
    elif granted.refresh_token:
        session.pool_token = following.seal(granted.refresh_token)
    _remember(session, granted)
    unit.put(session, Session.secret_hash == stored, RetryWrite())
    return _tokens(granted, following)


def end(unit: UnitOfWork, found: Found) -> None:
    """End a session and its access tokens in the unit's transaction, and tell the pool afterwards."""
    session, access = found.session, found.access
    unit.remove(session, None, RetryWrite())
    now = clock.epoch()
    out = {token: expires for token, expires in session.tokens or [] if expires > now}
    if access is not None and out:
        before = access.revoked
        unchanged = Access.revoked.does_not_exist() if before is None else Access.revoked == before
        kept = {token: expires for token, expires in (before or {}).items() if expires > now}
        unit.act(access, [Access.revoked.set({**kept, **out})], Item.pk.exists() & unchanged, RetryWrite())
    unit.after_commit.append(partial(gate.forget, session.school_id, session.user_id))
    current = found.current
    if current is not None:
        unit.after_commit.append(forgotten_by_pool(current.unseal(session.pool_token)))


def forgotten_by_pool(refresh_token: str) -> Callable[[], None]:
    """A call that revokes the pool's token; nobody can use it any more, so a pool that does not answer changes nothing."""

    def tell() -> None:
        try:
            pool.revoke(refresh_token)
        except (AppError, pool.Refused):
            logger().exception("the pool was not told of a session's end")

    return tell


def unit_of(found: Found, request: Request) -> UnitOfWork:
    """A unit of work in the session's school, with its user as the actor."""
    handle = found.handle
    actor = request.actor(handle.user_id, found.access.role if found.access else None)
    return UnitOfWork(handle.school_id, actor, MODULE)
