"""Signing in, carrying a session on, signing out."""

import time
import uuid
from typing import Any

from functions.auth import accounts, challenges, cookies, schemas, sessions
from functions.auth.accounts import Account
from functions.auth.handles import Handle
from shared import clock
from shared.auth import attempts, gate
from shared.auth.caller import Caller
from shared.auth.permissions import GRANTED, Role
from shared.auth.scope import children, own_class_ids
from shared.auth.sessions import sessions_of
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.people import Student
from shared.entities.tenancy import LegacyHash, User
from shared.errors import NotFound, Unauthorized
from shared.gateways import pool
from shared.http.envelope import Ok, ok
from shared.http.request import Request
from shared.lists import CLASSES
from shared.names import PLATFORM_SCHOOL, REFRESH_COOKIE

_REFUSED_AFTER = 0.4  # seconds: longer than the pool takes for anybody, so that the time tells nothing
WRONG = "The e-mail address or the password is wrong"


def answer(told: schemas.SignInOut) -> Ok[Any]:
    """The answer to a sign-in, with the cookies of the session that began."""
    made = ok(told)
    if told.access_token and told.refresh_token and told.csrf_token:
        tokens = sessions.Tokens(told.access_token, told.refresh_token, told.expires_in or 0, told.csrf_token)
        made.cookies = cookies.signed_in(tokens)
    return made


def renewed(tokens: sessions.Tokens) -> Ok[Any]:
    """The answer to a refresh, with the new cookies."""
    made = ok(schemas.TokensOut.model_validate(tokens))
    made.cookies = cookies.signed_in(tokens)
    return made


def signed_out() -> Ok[Any]:
    """The answer to a sign-out, which takes the cookies away."""
    made = ok(schemas.SignedOut())
    made.cookies = cookies.signed_out()
    return made


def login(data: schemas.LoginIn, request: Request) -> schemas.SignInOut:
    """Sign in, or begin to. Whoever may not is answered as if nobody had the address."""
    started = time.monotonic()
    count = attempts.begin(data.email)
    account = accounts.find(data.email)
    # For who may not sign in, the pool is asked about a user that nobody is, and takes its time.
    user_id, school_id = _pool_name(account)
    try:
        result = pool.sign_in(user_id, data.password, school_id)
    except pool.Refused:
        result = None
    if account is None or not account.active or result is None:
        _journal_failure(account, data.email, request, count)
        time.sleep(max(0.0, started + _REFUSED_AFTER - time.monotonic()))
        raise Unauthorized(WRONG)
    return proceed(account, result, request)


def _pool_name(account: Account | None) -> tuple[str, str]:
    if account is None or not account.active:
        return str(uuid.uuid4()), PLATFORM_SCHOOL
    return str(account.user.id), account.school_id


def _journal_failure(account: Account | None, email: str, request: Request, count: int) -> None:
    """Audit a failed sign-in (rule G11): in the account's school, or on the platform where there is none."""
    unit = account.unit(request) if account else UnitOfWork(PLATFORM_SCHOOL, request.actor(), accounts.MODULE)
    action = "LOCK_SIGN_IN" if count >= attempts.LIMIT else "SIGN_IN"
    unit.note(action, "SignIn", account.user.id if account else "unknown", {"email": [None, email]})
    unit.fail("The sign-in failed")
    unit.commit()


def proceed(account: Account, result: pool.Granted | pool.CodeWanted, request: Request) -> schemas.SignInOut:
    """What comes after a right password: a challenge, or the session."""
    wanted = challenges.wanted(account, result)
    if wanted != schemas.Challenge.MFA:
        attempts.clear(account.user.email.lower())
    if wanted:
        return challenges.open_for(account, wanted, result, request)
    assert isinstance(result, pool.Granted)
    unit = account.unit(request)
    tokens = sessions.begin(unit, account, result, request)
    unit.act(account.user, [User.last_login.set(clock.stamp())], Item.pk.exists(), RetryWrite())
    unit.note("SIGN_IN", "User", account.user.id)
    if account.legacy:
        unit.remove(LegacyHash(school_id=account.school_id, user_id=account.user.id), None, RetryWrite())
    unit.commit()
    return schemas.SignInOut(
        user=schemas.SignedInUser.model_validate(account.user),
        school=schemas.OwnSchool.model_validate(account.school) if account.school else None,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
        csrf_token=tokens.csrf_token,
    )


def complete_challenge(data: schemas.CompleteIn, request: Request) -> schemas.SignInOut:
    """Go on with a sign-in whose challenge was answered."""
    account, granted = challenges.complete(data, request)
    return proceed(account, granted, request)


def refresh_token(data: schemas.RefreshIn, request: Request) -> sessions.Tokens:
    """New tokens for a refresh token. One that was used up, or whose user has no access any more, ends the session."""
    found = _session_of(data, request)
    if found is None:
        raise Unauthorized
    if found.reused:
        _end(found, request, "TOKEN_REUSE", "A refresh token was used twice")
        raise Unauthorized
    if not found.good:
        _end(found, request, "END_SESSION", "The user's access has changed")
        raise Unauthorized
    unit = sessions.unit_of(found, request)
    try:
        tokens = sessions.carry_on(unit, found)
    except pool.Refused:
        _end(found, request, "END_SESSION", "The user pool refuses the session")
        raise Unauthorized from None
    unit.commit()
    return tokens


def _session_of(data: schemas.RefreshIn, request: Request) -> sessions.Found | None:
    """The session of the refresh token that was sent; Unauthorized where none was, Forbidden without its CSRF token."""
    text = data.refresh_token or request.cookies.get(REFRESH_COOKIE)
    handle = Handle.parse(text) if text else None
    if handle is None:
        raise Unauthorized
    found = sessions.find(handle)
    if data.refresh_token is None:
        sessions.check_csrf(request, found.session if found else None)
    return found


def _end(found: sessions.Found, request: Request, action: str, failure: str | None = None) -> None:
    unit = sessions.unit_of(found, request)
    sessions.end(unit, found)
    unit.note(action, "Session", found.handle.user_id, {"session": [found.handle.id, None]})
    if failure:
        unit.fail(failure)
    unit.commit()


def logout(data: schemas.RefreshIn, request: Request) -> None:
    """End the session; one that is over already stays so."""
    if data.refresh_token is None and REFRESH_COOKIE not in request.cookies:
        _logout_by_access_token(request)
        return
    found = _session_of(data, request)
    if found is None:
        return
    if found.current is None:
        _end(found, request, "TOKEN_REUSE", "A refresh token was used twice")
        raise Unauthorized
    _end(found, request, "SIGN_OUT")


def _logout_by_access_token(request: Request) -> None:
    caller = gate.caller_of(request, fresh=True)
    for session in sessions_of(caller.home_school_id, caller.user_id):
        if any(token == caller.token_id for token, _ in session.tokens or []):
            handle = Handle(caller.home_school_id, caller.user_id, session.id, "")
            found = sessions.find(handle)
            if found:
                _end(found, request, "SIGN_OUT")
            return


def get_me(caller: Caller) -> schemas.MeOut:
    """The caller, and what they may see."""
    account = accounts.of(caller.home_school_id, caller.user_id)
    if account is None:
        raise NotFound
    at_home = caller.profile is not None and caller.school_id == caller.home_school_id
    return schemas.MeOut(
        user=schemas.SignedInUser.model_validate(account.user),
        school=schemas.OwnSchool.model_validate(account.school) if account.school else None,
        permissions=sorted(GRANTED[caller.role]),
        children=_children(caller) if at_home and caller.role == Role.STUDENT_PARENT else [],
        classes=_classes(caller) if at_home and caller.role == Role.TEACHER else [],
    )


def _children(caller: Caller) -> list[schemas.Child]:
    links = {link.student_id: link for link in children(caller)}
    students = reader.load_many(Student, [{"school_id": caller.school_id, "id": i} for i in links])
    classes = CLASSES.all(caller.school_id) if students else {}
    return [
        schemas.Child(
            **{name: getattr(student, name) for name in _OF_A_STUDENT},
            class_name=classes.get(student.class_id, {}).get("name"),
            relation=links[student.id].relation,
            sees=links[student.id].sees,
        )
        for student in students
    ]


_OF_A_STUDENT = ("id", "first_name", "last_name", "class_id", "section", "roll_number", "admission_number")


def _classes(caller: Caller) -> list[schemas.OwnClass]:
    known = CLASSES.all(caller.school_id)
    own = sorted(own_class_ids(caller), key=lambda i: (known[i]["name"], known[i]["section"]))
    return [
        schemas.OwnClass(
            **{name: known[i][name] for name in ("id", "name", "section", "grade")},
            is_class_teacher=known[i].get("classTeacherId") == caller.user_id,
        )
        for i in own
    ]
