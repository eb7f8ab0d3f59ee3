"""Decisions about personal data: who may ask, for whom, and what stands in the way."""

from datetime import datetime, timedelta
from typing import Any

from functions.privacy import previewing, schemas
from functions.privacy.repository import Requests, wake
from shared import clock
from shared.auth.caller import Caller
from shared.auth.permissions import Permission, Role
from shared.data import reader
from shared.entities.people import Student
from shared.entities.privacy import PrivacyRequest
from shared.entities.tenancy import User
from shared.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.gateways import files
from shared.http.envelope import Accepted, Ok, accepted, ok
from shared.http.request import current, unit
from shared.ids import new_id
from shared.personal import Person, Subject

_SAFETY_SECONDS = 60
_DAY_SECONDS = 86_400


def export_user_data(caller: Caller, user_id: str, _: schemas.ExportIn) -> schemas.RequestOut:
    """A copy of what is held about a user, for themselves or for an admin."""
    own = user_id == caller.user_id and caller.school_id == caller.home_school_id
    person = _person(caller, Subject.USER, user_id)
    if not own and not caller.may(Permission.PERSONAL_DATA_MANAGE):
        raise Forbidden
    return _told(_asked(caller, "EXPORT", person))


def export_student_data(caller: Caller, student_id: str, _: schemas.ExportIn) -> schemas.RequestOut:
    """A copy of what is held about a student."""
    return _told(_asked(caller, "EXPORT", _person(caller, Subject.STUDENT, student_id)))


def erase_user(caller: Caller, user_id: str, data: schemas.ErasureIn) -> Ok[Any] | Accepted[Any]:
    """Erase a user, or tell what that would do."""
    person = _person(caller, Subject.USER, user_id)
    blockers = []
    if user_id == caller.user_id:
        blockers.append("Nobody can erase themselves: ask another admin")
    elif person.record["role"] == Role.SCHOOL_ADMIN and not previewing.other_admins(caller.school_id, user_id):
        blockers.append("This is the last active admin: make another one first")
    return _erase(caller, person, data, blockers, str(person.record["email"]))


def erase_student(caller: Caller, student_id: str, data: schemas.StudentErasureIn) -> Ok[Any] | Accepted[Any]:
    """Erase a student, or tell what that would do."""
    person = _person(caller, Subject.STUDENT, student_id)
    blockers = []
    if person.record["status"] in ("ACTIVE", "SUSPENDED") and not data.even_if_active:
        blockers.append("The student is still at the school: send evenIfActive to erase it all the same")
    due = previewing.open_balance(person, caller.school)
    if due and not data.even_with_open_balance:
        blockers.append(f"Fees of {due:f} are open: send evenWithOpenBalance to erase it all the same")
    return _erase(caller, person, data, blockers, str(person.record["admissionNumber"]))


def _erase(caller: Caller, person: Person, data: schemas.ErasureIn, blockers: list[str], proof: str) -> Ok[Any] | Accepted[Any]:
    if data.dry_run:
        return ok(previewing.preview(person, blockers))
    if data.confirm is None or data.confirm.strip().casefold() != proof.casefold():
        what = "admission number" if person.subject == Subject.STUDENT else "e-mail address"
        raise ValidationFailed.of("confirm", f"Send the {what} of whom you mean")
    going_on = Requests(caller.school_id).open_for("ERASE", person.subject, person.id)
    if going_on is None and blockers:
        raise Conflict(" ".join(blockers))
    return accepted(_told(_asked(caller, "ERASE", person, going_on)))


def _person(caller: Caller, subject: Subject, person_id: str) -> Person:
    """The person as they stand now; NotFound where the school has none of this id."""
    kind = Student if subject == Subject.STUDENT else User
    raw = reader.get(kind.key_of(school_id=caller.school_id, id=person_id), consistent=True)
    if raw is None:
        raise NotFound
    return Person(caller.school_id, subject, person_id, reader.plain(raw))


def _asked(caller: Caller, kind: str, person: Person, going_on: PrivacyRequest | None = None) -> PrivacyRequest:
    """The request that is under way for the person, or a new one. A message for later is sent first: a request without one would lie."""
    requests = Requests(caller.school_id)
    found = going_on or requests.open_for(kind, person.subject, person.id)
    if found is not None:
        unit().after_commit.append(lambda: wake(caller.school_id, found.id))
        wake(caller.school_id, found.id)
        return found
    actor = current().actor(caller.user_id, caller.role)
    days = ((caller.profile.settings if caller.profile else None) or {}).get("retentionDays", 365)
    made = PrivacyRequest(
        school_id=caller.school_id,
        id=current().kept.setdefault("privacy_request", new_id()),
        kind=kind,
        subject=person.subject.value,
        subject_id=person.id,
        actor={
            "userId": actor.user_id, "role": str(actor.role), "requestId": actor.request_id, "ip": actor.ip_address,
            "agent": (actor.user_agent or "")[:256], "retentionDays": int(days),
        },
    )  # fmt: skip
    wake(caller.school_id, made.id, delay=_SAFETY_SECONDS)
    requests.add(unit(), made)
    unit().after_commit.append(lambda: wake(caller.school_id, made.id))
    return made


def list_privacy_requests(caller: Caller, query: schemas.RequestList) -> tuple[list[schemas.RequestOut], int]:
    """A page of requests."""
    if query.sort not in (None, "-createdAt", "createdAt"):
        raise ValidationFailed.of("sort", "Sort by createdAt, with `-` before it for descending")
    found = [r for r in Requests(caller.school_id).newest() if query.state in (None, r.state)]
    if query.search:
        needle = query.search.strip().casefold()
        found = [r for r in found if needle in f"{r.kind} {r.subject} {r.subject_id}".casefold()]
    if query.sort == "createdAt":
        found.reverse()
    shown = found[(query.page - 1) * query.page_size : query.page * query.page_size]
    return [_told(r) for r in shown], len(found)


def get_privacy_request(caller: Caller, request_id: str) -> schemas.RequestOut:
    """One request; NotFound for whom it is neither about nor to manage."""
    found = Requests(caller.school_id).get(request_id, consistent=True)
    about_oneself = found.subject == Subject.USER and found.subject_id == caller.user_id
    if not about_oneself and not caller.may(Permission.PERSONAL_DATA_MANAGE):
        raise NotFound
    return _told(found, with_link=True)


def _told(request: PrivacyRequest, *, with_link: bool = False) -> schemas.RequestOut:
    gone_at = _gone_at(request)
    file = request.file if gone_at is not None and gone_at > clock.now() else None
    names = ("id", "kind", "subject", "subject_id", "step", "size", "created_at", "started_at", "finished_at", "version")
    return schemas.RequestOut(
        **{name: getattr(request, name) for name in names},
        state=schemas.State(request.state),
        done=request.done or {},
        kept=[schemas.Kept.model_validate(k) for k in request.kept or []],
        url=files.link(file, f"personal-data-{request.subject_id}.zip", "application/zip") if file and with_link else None,
        available_until=clock.stamp(gone_at) if file else None,
        error=request.error or None,
        requested_by=request.actor.get("userId"),
    )


def _gone_at(request: PrivacyRequest) -> datetime | None:
    """When an archive is removed from storage."""
    return datetime.fromisoformat(request.finished_at) + timedelta(seconds=_DAY_SECONDS) if request.finished_at else None
