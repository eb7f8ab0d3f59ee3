"""One transaction for a change: the change, its conditions, uniqueness, the idempotency key and the journal entry.

A request has one unit; the entry commits it after the route has rendered its answer, so that the answer itself can be
kept under the idempotency key in the same transaction. Work in batches (an import) makes a unit for each batch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared import clock
from shared.audit_chain import new_salt
from shared.data import touched
from shared.data.connection import connection
from shared.data.item import Item, Record
from shared.entities.ground import Journal, Unique
from shared.errors import AppError, Conflict, Unavailable
from shared.ids import new_id

MAX_OPERATIONS = 100  # TransactWriteItems' limit
DAY = 86_400
_ORDER = ("check", "delete", "put", "update")  # the order in which PynamoDB lists a transaction's items


class RetryWrite(Exception):  # a signal, not an error that anybody sees
    """Someone else was quicker: read again and decide again."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and from where; for the journal."""

    user_id: str | None = None
    role: str | None = None
    request_id: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None


@dataclass(slots=True)
class _Operation:
    how: Literal["check", "delete", "put", "update"]
    request: dict[str, Any]
    otherwise: Exception


@dataclass(slots=True)
class Change:
    """One record's part of a journal entry; `fields` maps a name to its value before and after."""

    action: str
    kind: str
    entity_id: str
    fields: dict[str, list[Any]] = field(default_factory=dict)
    school_id: str | None = None  # whose journal tells it, where that is not the unit's school


def difference(before: dict[str, Any], after: dict[str, Any], hidden: frozenset[str]) -> dict[str, list[Any]]:
    """Field → [before, after] of what differs; hidden fields only tell that they changed."""
    names = [n for n in {**before, **after} if before.get(n) != after.get(n) and n not in _BOOKKEEPING]
    return {n: ["…", "…"] if n in hidden else [before.get(n), after.get(n)] for n in names}


_BOOKKEEPING = frozenset({"version", "createdAt", "updatedAt", "schoolId", "id"})


class UnitOfWork:
    """Collects a change and commits it whole or not at all."""

    def __init__(self, school_id: str, actor: Actor, module: str, *, retention_days: int = 365) -> None:
        self.school_id = school_id
        self.actor = actor
        self.module = module
        self.retention_days = retention_days
        self.changes: list[Change] = []
        self.after_commit: list[Callable[[], None]] = []
        self.after_refusal: list[Callable[[], None]] = []  # gives back what was held for a change that is refused
        self._operations: list[_Operation] = []
        self._failed: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not self._operations and not self.changes

    @property
    def room(self) -> int:
        """How many more operations fit, the journal's own set aside."""
        return MAX_OPERATIONS - len(self._operations) - len({(c.school_id, c.kind) for c in self.changes}) - 1

    def create(self, item: Item, *, otherwise: Exception | None = None, journal: bool = True) -> None:
        """Put a new item; `otherwise` is raised where its key is taken already (default: a Conflict)."""
        now = clock.stamp()
        if isinstance(item, Record):
            item.version, item.created_at, item.updated_at = 1, item.created_at or now, now
        self.put(item, Item.pk.does_not_exist(), otherwise or Conflict())
        if journal and isinstance(item, Record):
            self._note("CREATE", item, difference({}, item.plain(), item.unjournalled))

    def update(self, item: Record, *, action: str = "UPDATE") -> None:
        """Put a changed record over the version that was read; a newer one in the table makes the request decide again."""
        changed = difference(item.stored, item.plain(), item.unjournalled)
        version = item.stored["version"]
        item.version, item.updated_at = version + 1, clock.stamp()
        self.put(item, Record.version == version, RetryWrite())
        self._note(action, item, changed)

    def delete(self, item: Record, *, action: str = "DELETE") -> None:
        """Remove a record as it was read."""
        request = item.place().get_delete_kwargs_from_instance(
            condition=Record.version == item.stored["version"], add_version_condition=False
        )
        self._operations.append(_Operation("delete", request, RetryWrite()))
        self._note(action, item, difference(item.stored, {}, item.unjournalled))

    def put(self, item: Item, condition: Condition | None, otherwise: Exception) -> None:
        """Put any item under a condition, without a journal note of its own."""
        connection()
        self._operations.append(_Operation("put", item.place().get_save_kwargs_from_instance(condition=condition), otherwise))

    def act(self, item: Item, actions: list[Action], condition: Condition | None, otherwise: Exception) -> None:
        """Update any item in place under a condition, without a journal note of its own."""
        connection()
        request = item.place().get_update_kwargs_from_instance(actions=actions, condition=condition, add_version_condition=False)
        self._operations.append(_Operation("update", request, otherwise))

    def remove(self, item: Item, condition: Condition | None, otherwise: Exception) -> None:
        """Delete any item under a condition, without a journal note of its own."""
        connection()
        request = item.place().get_delete_kwargs_from_instance(condition=condition, add_version_condition=False)
        self._operations.append(_Operation("delete", request, otherwise))

    def check(self, item: Item, condition: Condition, otherwise: Exception) -> None:
        """Demand a condition of an item that is not changed."""
        connection()
        placed = item.place()
        request = type(item).get_operation_kwargs_from_class(placed.pk, placed.sk, condition=condition)
        self._operations.append(_Operation("check", request, otherwise))

    def claim(self, kind: str, value: str, holder: str, taken: Exception) -> None:
        """Hold a unique value for a record; `taken` is raised where another holds it."""
        self.put(Unique(school_id=self.school_id, kind=kind, value=value, holder=holder), Item.pk.does_not_exist(), taken)

    def release(self, kind: str, value: str, holder: str) -> None:
        """Give a unique value back."""
        self.remove(Unique(school_id=self.school_id, kind=kind, value=value, holder=holder), Unique.holder == holder, RetryWrite())

    def note(
        self, action: str, kind: str, entity_id: str, fields: dict[str, list[Any]] | None = None, *, school_id: str | None = None
    ) -> None:
        """Journal something that is not a change of a record: a sign-in, an export, a look into a school."""
        self.changes.append(Change(action, kind, entity_id, fields or {}, school_id))

    def note_batch(self, action: str, kind: str, ids: Iterable[str]) -> None:
        """Journal many records of one kind that were written without a note of their own: their ids, once."""
        self.changes += [Change(action, kind, entity_id) for entity_id in ids]

    def fail(self, message: str) -> None:
        """Mark this unit's journal entries as FAILED (a refused or failed action)."""
        self._failed = message

    def refused(self) -> None:
        """Give back what was held for a change that is not going to be made."""
        for call in self.after_refusal:
            call()

    def _note(self, action: str, item: Record, fields: dict[str, list[Any]]) -> None:
        kind = type(item).__name__
        told = f"{action}_{kind.upper()}" if "_" not in action else action
        self.changes.append(Change(told, kind, item.id, fields, item.school_id))

    def _entry(self, school_id: str, kind: str, changes: list[Change]) -> Journal:
        ids = list(dict.fromkeys(c.entity_id for c in changes))
        told = [{"id": c.entity_id, "action": c.action, "fields": c.fields} for c in changes if c.fields or c.action != changes[0].action]
        return Journal(
            school_id=school_id,
            kind=kind,
            id=new_id(),
            at=clock.stamp(),
            action=changes[0].action,
            module=self.module.upper(),
            entity_id=ids[0] if len(ids) == 1 else None,
            entity_ids=ids if len(ids) > 1 else None,
            changes=orjson.dumps(told, default=str).decode() if told else None,
            salt=new_salt(),
            user_id=self.actor.user_id,
            role=self.actor.role,
            request_id=self.actor.request_id,
            ip_address=self.actor.ip_address,
            user_agent=(self.actor.user_agent or "")[:256] or None,
            status="FAILED" if self._failed else "SUCCESS",
            error_message=self._failed,
            expires_at=clock.epoch() + self.retention_days * DAY,
        )

    def commit(self) -> None:
        """Write everything in one transaction, the journal entries last made so that their ids tell the commit's time.

        Raises RetryWrite where a newer version stands in the way, the registered error where a condition fails, and
        Unavailable where the table does not take it now.
        """
        if self.empty:
            return
        by_kind: dict[tuple[str, str], list[Change]] = {}
        for change in self.changes:
            by_kind.setdefault((change.school_id or self.school_id, change.kind), []).append(change)
        for (school_id, kind), changes in by_kind.items():
            self.put(self._entry(school_id, kind, changes), Item.pk.does_not_exist(), RetryWrite())
        if len(self._operations) > MAX_OPERATIONS:
            raise ValueError(f"{len(self._operations)} operations do not fit into one transaction")
        ordered = sorted(self._operations, key=lambda o: _ORDER.index(o.how))
        requests: dict[str, list[dict[str, Any]]] = {how: [o.request for o in ordered if o.how == how] for how in _ORDER}
        try:
            connection().transact_write_items(
                requests["check"], requests["delete"], requests["put"], requests["update"], client_request_token=new_id()
            )
        except TransactWriteError as error:
            raise _meaning(error, ordered) from error
        for school_id, kind in by_kind:
            touched.note(school_id, kind)
        for call in self.after_commit:
            call()


_BUSY = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})


def _meaning(error: TransactWriteError, operations: list[_Operation]) -> Exception:
    """What a refused transaction means for the caller."""
    reasons = error.cancellation_reasons
    failed = [o.otherwise for o, r in zip(operations, reasons, strict=False) if r and r.code == "ConditionalCheckFailed"]
    final = [e for e in failed if not isinstance(e, RetryWrite)]
    if final:
        return next((e for e in final if not isinstance(e, AppError)), final[0])  # a repeated request comes before its refusals
    codes = {r.code for r in reasons if r} | {error.cause_response_code}
    if failed or codes & _BUSY:
        return RetryWrite()
    if isinstance(error.cause, BotoCoreError) or codes & _THROTTLED:
        return Unavailable()
    return error


_THROTTLED = frozenset(
    {
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "LimitExceededException",
    }
)
