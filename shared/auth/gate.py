"""From a request to its caller: token or cookie, CSRF, revocation, the school it works in."""

import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta

from shared import clock
from shared.auth import tokens
from shared.auth.caller import Caller
from shared.auth.permissions import Permission, Role
from shared.data import reader
from shared.entities.tenancy import Access, School
from shared.errors import Forbidden, NotFound, Unauthorized
from shared.http.request import Request
from shared.ids import is_id
from shared.names import ACCESS_COOKIE, CSRF_COOKIE, PLATFORM_SCHOOL
from shared.settings import settings

CSRF_HEADER = "x-csrf-token"
SCHOOL_HEADER = "x-school-id"
PLATFORM_PERMISSIONS = frozenset({Permission.SCHOOLS_MANAGE})
GRACE = timedelta(days=14)  # rule A7
_ACCESS_SECONDS = 15.0  # well under the 30 s within which a revoked token must stop working
_SCHOOL_SECONDS = 5.0
_CACHE_SIZE = 2_000


@dataclass(slots=True)
class _Seen:
    access: Access
    at: float


_access: OrderedDict[tuple[str, str], _Seen] = OrderedDict()
_schools: OrderedDict[str, tuple[School, float]] = OrderedDict()


def forget(school_id: str | None = None, user_id: str | None = None) -> None:
    """Drop what this container has cached of a school or user, or of all."""
    if school_id is None:
        _access.clear()
        _schools.clear()
        return
    _schools.pop(school_id, None)
    for key in [k for k in _access if k[0] == school_id and user_id in (None, k[1])]:
        del _access[key]


def csrf_token(access_token: str) -> str:
    """The CSRF token that belongs to an access token: nobody without the HttpOnly cookie can make it."""
    return hashlib.sha256(b"csrf:" + access_token.encode()).hexdigest()[:32]


def token_of(request: Request) -> tuple[str, bool]:
    """The access token of a request and whether it came as a cookie."""
    header = request.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip(), False
    cookie = request.cookies.get(ACCESS_COOKIE)
    if not cookie:
        raise Unauthorized
    return cookie, True


def double_submitted(request: Request) -> str:
    """The CSRF token of the header, which must be the cookie's; a foreign origin or another token is Forbidden."""
    origin = request.headers.get("origin")
    own = {*settings().web_origins, f"https://{request.headers.get('host', '')}", f"http://{request.headers.get('host', '')}"}
    sent = request.headers.get(CSRF_HEADER, "")
    same = hmac.compare_digest(sent.encode(), request.cookies.get(CSRF_COOKIE, "").encode())
    if (origin and origin not in own) or not sent or not same:
        raise Forbidden("The CSRF token is missing or not this session's")
    return sent


def check_csrf(request: Request, access_token: str) -> None:
    """A cookie-authenticated write needs its session's own token in the header, and no foreign origin (rule A6)."""
    if request.method == "GET":
        return
    if not hmac.compare_digest(double_submitted(request).encode(), csrf_token(access_token).encode()):
        raise Forbidden("The CSRF token is missing or not this session's")


def _trim(cache: OrderedDict[object, object]) -> None:
    while len(cache) > _CACHE_SIZE:
        cache.popitem(last=False)


def _look(school_id: str, user_id: str, target: str, fresh: bool) -> tuple[Access, School | None]:
    """The user's access item and the school that the request works in, at most one round trip."""
    now = time.monotonic()
    seen = _access.get((school_id, user_id))
    school = _schools.get(target)
    keys = []
    if fresh or seen is None or now - seen.at > _ACCESS_SECONDS:
        keys.append(Access.key_of(school_id=school_id, user_id=user_id))
    if target != PLATFORM_SCHOOL and (fresh or school is None or now - school[1] > _SCHOOL_SECONDS):
        keys.append(School.key_of(school_id=target))
    if keys:
        found = reader.get_many(keys)
        for key in keys:
            raw = found.get(key)
            if key[1] == "ACCESS":
                if raw is None:
                    raise Unauthorized
                seen = _access[(school_id, user_id)] = _Seen(Access.from_item(raw), now)
                _trim(_access)  # type: ignore[arg-type]  # any ordered cache
            else:
                if raw is None:
                    raise NotFound
                school = _schools[target] = (School.from_item(raw), now)
                _trim(_schools)  # type: ignore[arg-type]  # any ordered cache
    if seen is None:
        raise Unauthorized
    return seen.access, school[0] if school and target != PLATFORM_SCHOOL else None


def _working_school(request: Request, claims: tokens.Claims) -> str:
    named = request.headers.get(SCHOOL_HEADER)
    if claims.role != Role.SUPER_ADMIN or not named:
        return claims.school_id
    if not is_id(named):
        raise NotFound
    return named


def caller_of(request: Request, *, fresh: bool) -> Caller:
    """The caller of a request, or Unauthorized. `fresh`: ask the table now (a write), not a cache of seconds (a read)."""
    token, by_cookie = token_of(request)
    claims = tokens.verify(token)
    target = _working_school(request, claims)
    access, school = _look(claims.school_id, claims.user_id, target, fresh)
    still_good = access.status == "ACTIVE" and access.session_version == claims.session_version and access.role == claims.role
    if not still_good or claims.token_id in (access.revoked or {}):
        raise Unauthorized
    made = Caller(
        user_id=claims.user_id,
        role=Role(claims.role),
        school_id=target,
        home_school_id=claims.school_id,
        token_id=claims.token_id,
        token_expires=claims.expires,
        by_cookie=by_cookie,
        profile=school,
    )
    if by_cookie:
        _check_csrf_of(made, request, token)
    return made


def _check_csrf_of(caller: Caller, request: Request, token: str) -> None:
    try:
        check_csrf(request, token)
    except Forbidden as error:
        error.caller = caller  # a refusal of somebody known is audited
        raise


def check_permission(caller: Caller, allow: str) -> None:
    """Refuse a caller whose role does not hold the permission, or who named no school for a school's route."""
    if allow == "signed-in":
        return
    permission = Permission(allow)
    if not caller.may(permission):
        raise Forbidden
    if permission not in PLATFORM_PERMISSIONS and caller.profile is None and permission not in HOME_PERMISSIONS:
        raise Forbidden("Name a school with X-School-Id")


# Platform staff are users of the platform, and what was done on it is in a log of its own.
HOME_PERMISSIONS = frozenset({Permission.AUDIT_READ, Permission.USERS_MANAGE, Permission.USERS_READ})


def check_writable(caller: Caller) -> None:
    """A school that is inactive, or 14 days past its subscription's end, is read-only for its users (rule A7)."""
    school = caller.profile
    if school is None or caller.role == Role.SUPER_ADMIN:
        return
    expired = school.subscription_expiry and date.fromisoformat(school.subscription_expiry) + GRACE < clock.today(school.timezone)
    if school.status != "ACTIVE" or expired:
        raise Forbidden("This school is read-only: it is inactive or its subscription has ended")
