"""Decisions about leaving the school, and coming back."""

from functions.teachers import holdings, rules, schemas
from functions.teachers import schemas_work as wire
from functions.teachers.repository import Pair, Teachers
from shared import accounts
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.errors import Conflict, Detail
from shared.http.request import unit
from shared.references import refers_to_teacher

_MOST_NAMED = 100


class StillTheirs(Conflict):
    """Classes or subjects are still the teacher's; each is named."""

    def __init__(self, left: wire.Holdings) -> None:
        led = [Detail(f"classes.{c.id}", f"Class teacher of {c.name} {c.section}, {c.academic_year}") for c in left.classes]
        taught = [
            Detail(f"classSubjects.{s.id}", f"{s.subject_name} in {s.class_name} {s.section}, {s.academic_year}")
            for s in left.class_subjects
        ]
        text = f"{len(led)} classes and {len(taught)} subjects are still this teacher's: hand them over first, or send force=true"
        super().__init__(text, details=tuple([*led, *taught][:_MOST_NAMED]))


def leave(caller: Caller, pair: Pair, *, force: bool) -> wire.Holdings:
    """End a teacher's time at the school: the account is deactivated and its sessions end. The caller of this writes both."""
    left = holdings.of(caller, pair.user.id)
    if (left.classes or left.class_subjects) and not force:
        raise StillTheirs(left)
    accounts.change_standing(unit(), caller.school, pair.user, status=rules.INACTIVE)
    if pair.profile is not None and not pair.profile.exit_date:
        pair.profile.exit_date = max(caller.today().isoformat(), pair.profile.join_date)
    return left


def come_back(caller: Caller, pair: Pair) -> None:
    """Let a teacher who had left be one again; they sign in as before. The caller of this writes both."""
    accounts.change_standing(unit(), caller.school, pair.user, status=rules.ACTIVE)
    if pair.profile is not None:
        pair.profile.exit_date = None


def delete_teacher(caller: Caller, teacher_id: str, query: schemas.Leaving) -> wire.TeacherDeletion:
    """Remove a teacher who never signed in and to whom nothing refers; deactivate any other (rule G10)."""
    teachers = Teachers(caller.school_id)
    pair = teachers.pair_for_change(teacher_id)
    if pair.user.role != Role.TEACHER or pair.user.status == rules.INACTIVE:
        return _told(pair, "deactivated", holdings.of(caller, teacher_id))
    if not pair.user.last_login and not refers_to_teacher(caller.school_id, teacher_id):
        accounts.remove_account(unit(), caller.school, pair.user)
        if pair.profile is not None:
            teachers.remove(unit(), pair.profile)
        return _told(pair, "removed", wire.Holdings(teacher_id=teacher_id, classes=[], class_subjects=[]))
    left = leave(caller, pair, force=query.force)
    unit().update(pair.user, action="DEACTIVATE")
    if pair.profile is not None:
        teachers.change(unit(), pair.profile, action="DEACTIVATE")
    return _told(pair, "deactivated", left)


def _told(pair: Pair, outcome: str, left: wire.Holdings) -> wire.TeacherDeletion:
    return wire.TeacherDeletion(id=pair.user.id, outcome=outcome, left=left)
