"""Ends a user's sessions, in the transaction of the change that demands it."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from pynamodb.expressions.update import Action

from shared.auth import gate
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import Access, Session
from shared.errors import NotFound

_REMOVED_AT_ONCE = 20  # the others are ended by their version, and removed when they expire


def sessions_of(school_id: str, user_id: str) -> Iterator[Session]:
    """The devices that a user is signed in on."""
    partition = Session.partition_of(school_id=school_id, user_id=user_id)
    return (Session.from_item(raw) for raw in reader.query(partition, prefix="SESSION#", consistent=True))


def end_all(
    unit: UnitOfWork,
    school_id: str,
    user_id: str,
    *,
    role: str | None = None,
    status: str | None = None,
    delete: bool = False,
) -> None:
    """End every session and access token of a user with the unit's commit: password, role or status changed, or deletion.

    It writes the user's `Access` item, of which a transaction takes one operation: a new role or status is handed over here,
    and `delete` removes the item. Every function refuses the old tokens within 15 seconds, this one at once.
    """
    access = Access(school_id=school_id, user_id=user_id)
    if delete:
        unit.remove(access, None, RetryWrite())
    else:
        actions: list[Action] = [Access.session_version.set(Access.session_version + 1), Access.revoked.remove()]
        actions += [Access.role.set(role)] if role else []
        actions += [Access.status.set(status)] if status else []
        unit.act(access, actions, Item.pk.exists(), NotFound())
    for session in islice(sessions_of(school_id, user_id), _REMOVED_AT_ONCE):
        unit.remove(session, None, RetryWrite())
    unit.note("END_SESSIONS", "Session", user_id)
    unit.after_commit.append(partial(gate.forget, school_id, user_id))
