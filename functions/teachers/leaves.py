"""Decisions about leaves: the days on which a teacher is away."""

from datetime import date

from functions.teachers import rules, schemas
from functions.teachers.repository import Pair, Teachers
from shared.auth.caller import Caller
from shared.entities.teaching import Teacher
from shared.errors import Conflict, NotFound, ValidationFailed
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields
from shared.ids import new_id


def add_leave(caller: Caller, teacher_id: str, data: schemas.LeaveIn) -> schemas.LeaveOut:
    """One more leave."""
    profile = _profile(caller, teacher_id)
    leave = _leave(new_id(), data.from_.isoformat(), data.until.isoformat() if data.until else None, data.reason)
    return _keep(profile, leave)


def update_leave(caller: Caller, teacher_id: str, leave_id: str, data: schemas.LeaveChange) -> schemas.LeaveOut:
    """Change the fields of a leave that were sent."""
    profile = _profile(caller, teacher_id)
    leave = dict(_known(profile, leave_id))
    for name, value in changed_fields(data, clearable=("until", "reason")).items():
        leave[name.rstrip("_")] = value.isoformat() if isinstance(value, date) else value
    return _keep(profile, _leave(leave_id, leave["from"], leave.get("until"), leave.get("reason")))


def remove_leave(caller: Caller, teacher_id: str, leave_id: str) -> Deletion:
    """Take a leave out."""
    profile = _profile(caller, teacher_id)
    _known(profile, leave_id)
    profile.leaves = rules.without_leave(profile.leaves, leave_id) or None
    Teachers(caller.school_id).change(unit(), profile)
    return Deletion(id=leave_id, outcome="removed")


def put(pair: Pair, leaves: list[rules.Leave]) -> None:
    """Other leaves for a teacher; the caller of this writes the profile."""
    if pair.profile is None:
        raise _incomplete()
    pair.profile.leaves = leaves or None


def begin(pair: Pair, today: str) -> None:
    """An open leave from today on; the caller of this writes the profile."""
    kept = (pair.profile.leaves if pair.profile else None) or []
    put(pair, _with(kept, _leave(new_id(), today, None, None)))


def _profile(caller: Caller, teacher_id: str) -> Teacher:
    pair = Teachers(caller.school_id).pair_for_change(teacher_id)
    if pair.profile is None:
        raise _incomplete()
    return pair.profile


def _incomplete() -> Conflict:
    return Conflict("This teacher has no profile yet: complete it first")


def _known(profile: Teacher, leave_id: str) -> rules.Leave:
    kept: list[rules.Leave] = profile.leaves or []
    found = next((leave for leave in kept if leave["id"] == leave_id), None)
    if found is None:
        raise NotFound
    return found


def _leave(leave_id: str, since: str, until: str | None, reason: str | None) -> rules.Leave:
    if until is not None and until < since:
        raise ValidationFailed.of("until", "The last day is not before the first")
    return {"id": leave_id, "from": since, **({"until": until} if until else {}), **({"reason": reason} if reason else {})}


def _with(kept: list[rules.Leave], leave: rules.Leave) -> list[rules.Leave]:
    try:
        return rules.with_leave(kept, leave)
    except rules.Overlap as error:
        raise Conflict.of("from", str(error)) from error


def _keep(profile: Teacher, leave: rules.Leave) -> schemas.LeaveOut:
    profile.leaves = _with(profile.leaves or [], leave)
    Teachers(str(profile.school_id)).change(unit(), profile)
    return schemas.LeaveOut.model_validate(leave)
