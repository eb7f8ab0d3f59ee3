"""The line before the receipt sequence: whoever was overtaken once waits for its turn instead of racing for it.

A first try takes the sequence as it stands, which is right when few pay at once. A request that lost, or that sees others wait,
joins the line that lies in the sequence's own item, and decides when it is at its head; the transaction that writes the sequence
takes it out again. So those who wait are served in the order in which they came, at the price of a small read each time they look.

The line orders the waiting and guards nothing: that the numbers are right is the transaction's condition on the turn.
"""

import time
from functools import partial
from typing import Any

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from shared.data import in_place, reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.fees import ReceiptSequence
from shared.errors import Unavailable
from shared.http.request import current, unit
from shared.ids import new_id

_PATIENCE = 10.0  # seconds in line, less than a request has in all
_STALE_MS = 1_500  # a head that has not moved for so long has died, or is too slow: the next one takes it out
_STEP = 0.02  # seconds between two looks, for each place in line
_CLOSED = 5  # days closed last that the sequence remembers: more than can be closed while a batch is read
_MINE = "in line"


def _now_ms() -> int:
    """The system's instant: the line is between machines, and never moves with the application's clock."""
    return int(time.time() * 1000)


def key_of(school_id: str, year: int) -> reader.Key:
    """Where the sequence of a year lies."""
    return ReceiptSequence.key_of(school_id=school_id, year=f"{year:04d}")


def overtaken() -> bool:
    """Whether this request lost once, and has to wait in line."""
    return _MINE in current().kept


def as_read(school_id: str, year: int, raw: reader.Raw | None, till: str | None = None) -> ReceiptSequence:
    """The sequence as it was read with other things, to be tried at once; where others wait, the request waits behind them.

    What is read in one batch is not of one moment: a cashier's day (`till`) may have been closed between its own reading and that
    of the sequence. Where it is among those closed last, it is read again after the sequence, from the head of the line.
    """
    current().kept.setdefault(_MINE, new_id()[-12:])
    if raw is None:
        return ReceiptSequence(school_id=school_id, year=f"{year:04d}", last=0, turn=0)
    found = ReceiptSequence.from_item(raw)
    if found.waiting:
        held(school_id, year)
        raise RetryWrite  # what was read before the waiting is old
    if till in (found.closed or ()):
        raise RetryWrite
    return found


def held(school_id: str, year: int) -> ReceiptSequence:
    """The sequence when this request is at the head of the line; it joins the line first where it is not in it."""
    mine, key = current().kept[_MINE], key_of(school_id, year)
    until = time.monotonic() + _PATIENCE
    found = _sequence(reader.get(key, consistent=True))
    while True:
        if found is None or mine not in _tokens(found):
            found = _join(key, school_id, year, mine)
        place = _tokens(found).index(mine)
        if place == 0:
            unit().after_refusal.append(partial(_leave, key, found, mine))
            return found
        if time.monotonic() > until:
            raise Unavailable
        if place == 1:
            _take_out_a_dead_head(key, found)
        time.sleep(_STEP * min(place, 8))
        found = _sequence(reader.get(key, consistent=True))


def sequence(school_id: str, year: int) -> ReceiptSequence:
    """The sequence read alone: from the head of the line where this request was overtaken before."""
    if overtaken():
        return held(school_id, year)
    return as_read(school_id, year, reader.get(key_of(school_id, year), consistent=True))


def take_turn(write: UnitOfWork, found: ReceiptSequence, *, closing: str | None = None) -> None:
    """Write the sequence over the turn that was read, so that whoever else has read it decides again; the line moves up.

    `closing`: the cashier's day that is closed with it.
    """
    turn, waiting = found.turn, Path("waiting")
    actions: list[Action] = [
        ReceiptSequence.last.set(found.last),
        ReceiptSequence.turn.set(turn + 1),
        ReceiptSequence.moved_at.set(_now_ms()),
        ReceiptSequence.type.set(ReceiptSequence.__name__),
        ReceiptSequence.school_id.set(found.school_id),
        ReceiptSequence.year.set(found.year),
    ]
    condition: Any = ReceiptSequence.turn == turn
    if not turn:
        condition = condition | Item.pk.does_not_exist()
    if closing:
        actions.append(ReceiptSequence.closed.set([*(found.closed or []), closing][-_CLOSED:]))
    if found.waiting:
        actions.append(waiting[0].remove())
        condition = condition & (waiting[0] == found.waiting[0])
    write.act(ReceiptSequence(school_id=found.school_id, year=found.year), actions, condition, RetryWrite())


def _sequence(raw: reader.Raw | None) -> ReceiptSequence | None:
    return ReceiptSequence.from_item(raw) if raw else None


def _tokens(found: ReceiptSequence) -> list[str]:
    return [entry.partition("@")[0] for entry in found.waiting or ()]


def _join(key: reader.Key, school_id: str, year: int, mine: str) -> ReceiptSequence:
    how = (
        "SET waiting = list_append(if_not_exists(waiting, :nobody), :me), #t = :kind, schoolId = :school, #y = :year, "
        "#l = if_not_exists(#l, :none), turn = if_not_exists(turn, :none)"
    )
    outcome = in_place.change(
        key,
        how,
        "attribute_not_exists(pk) OR attribute_exists(pk)",
        names={"#t": "type", "#y": "year", "#l": "last"},
        nobody=[],
        me=[f"{mine}@{_now_ms()}"],
        kind=ReceiptSequence.__name__,
        school=school_id,
        year=f"{year:04d}",
        none=0,
    )
    return ReceiptSequence.from_item(outcome.item or {})


def _leave(key: reader.Key, found: ReceiptSequence, mine: str) -> None:
    """Leave the head of the line without having taken a number."""
    head = (found.waiting or [""])[0]
    if head.startswith(mine):
        in_place.change(key, "SET movedAt = :now REMOVE waiting[0]", "waiting[0] = :head", now=_now_ms(), head=head)


def _take_out_a_dead_head(key: reader.Key, found: ReceiptSequence) -> None:
    head = (found.waiting or [""])[0]
    since = max(int(head.partition("@")[2]), found.moved_at or 0)
    if _now_ms() - since > _STALE_MS:
        in_place.change(key, "SET movedAt = :now REMOVE waiting[0]", "waiting[0] = :head", now=_now_ms(), head=head)
