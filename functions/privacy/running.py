"""Brings a request forward as far as time allows, from whatever step it is at."""

from collections.abc import Callable
from typing import Any

from functions.privacy import erasing, exporting, redacting
from functions.privacy.repository import LEASE_MS, LostLease, Requests, now_ms, unit_for, wake
from shared import clock, list_refresh
from shared.data import reader
from shared.entities.people import Student
from shared.entities.privacy import PrivacyRequest
from shared.entities.tenancy import User
from shared.ids import new_id
from shared.lists import STUDENTS, USERS
from shared.personal import Person, Subject

type Late = Callable[[], bool]
ERASURE = ("records", "journal", "archive", "lists")  # the steps of an erasure, in their order


def run(school_id: str, request_id: str, late: Late) -> None:
    """Do what is left of a request, until it is done or time is up; then the lease is given back, and another message sent."""
    requests, owner = Requests(school_id), new_id()
    request = requests.claim(request_id, owner)
    if request is None:
        _look_again(requests, request_id)
        return
    wake(school_id, request_id, delay=LEASE_MS // 1000 + 30)  # should this worker die, another looks after its lease
    try:
        finished = _export(requests, request) if request.kind == "EXPORT" else _erase(requests, request, owner, late)
    except LostLease:
        return
    except Exception as error:
        requests.release(request, owner, error=type(error).__name__)
        raise
    if not finished:
        requests.release(request, owner)
        wake(school_id, request_id)


def _look_again(requests: Requests, request_id: str) -> None:
    found = requests.find(request_id, consistent=True)
    if found is not None and found.state in ("QUEUED", "RUNNING"):
        wake(requests.school_id, request_id, delay=max(1, ((found.lease_until or 0) - now_ms()) // 1000 + 2))


def person_of(request: PrivacyRequest) -> Person:
    """Whom a request is about, as they were when the work began."""
    subject = Subject(request.subject)
    record = (request.progress or {}).get("record")
    if record is None:
        kind = Student if subject == Subject.STUDENT else User
        raw = reader.get(kind.key_of(school_id=str(request.school_id), id=request.subject_id), consistent=True)
        record = reader.plain(raw) if raw else {}
    return Person(str(request.school_id), subject, request.subject_id, record)


def _export(requests: Requests, request: PrivacyRequest) -> bool:
    key = requests.file_of(request.id)
    made = exporting.archive_of(person_of(request), key)
    _finish(request, done=made.counts, file=key, size=made.size)
    return True


def _erase(requests: Requests, request: PrivacyRequest, owner: str, late: Late) -> bool:
    """The steps of an erasure, each from where it was; whether it came to its end."""
    person = person_of(request)
    if not request.step:
        counts, kept = erasing.counted(person)
        requests.move(request, owner, "records", {"record": person.record, "ids": [], "done": counts, "kept": kept})
    for step in ERASURE[ERASURE.index(str(request.step)) :]:
        if not _step(requests, request, owner, person, step, late):
            return False
        if step != ERASURE[-1]:
            following = ERASURE[ERASURE.index(step) + 1]
            requests.move(request, owner, following, {n: v for n, v in (request.progress or {}).items() if n != "at"})
    told = request.progress or {}
    _finish(request, done=told["done"], kept=told["kept"])
    return True


def _step(requests: Requests, request: PrivacyRequest, owner: str, person: Person, step: str, late: Late) -> bool:
    def keep(**more: Any) -> None:
        requests.move(request, owner, step, {**(request.progress or {}), **more})

    if step == "records":
        return erasing.erase_records(request, person, keep, late)
    if step == "journal":
        return redacting.redact_journal(request, person, keep, late)
    if step == "archive":
        return redacting.redact_archive(request, person, keep, late)
    list_refresh.rebuild(STUDENTS if person.subject == Subject.STUDENT else USERS, person.school_id)
    return True


def _finish(request: PrivacyRequest, **fields: Any) -> None:
    """Close a request in one transaction with its journal entry; what was kept for the work is forgotten."""
    found = Requests(str(request.school_id)).get(request.id, consistent=True)
    for name, value in {**fields, "state": "DONE", "finished_at": clock.stamp(), "step": None, "progress": None, "error": None}.items():
        setattr(found, name, value)
    found.lease_owner, found.lease_until = None, None
    unit = unit_for(request)
    unit.update(found, action=f"FINISH_{request.kind}")
    unit.commit()
