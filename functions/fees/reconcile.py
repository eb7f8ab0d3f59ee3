"""Reconciles a school's fees: with their payments, and what is derived from them with a rebuild from scratch.

Payments go on meanwhile. What looks wrong is therefore read once more, and told only where it is wrong still.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from functions.fees import reading_book, reading_fold, reading_sheets
from functions.fees.reading_book import Book
from functions.fees.reading_fold import Room
from functions.fees.reading_rows import money, units
from functions.fees.reconcile_payments import Books, Mismatch
from shared import fee_totals
from shared.auth.caller import Caller
from shared.data import reader
from shared.entities.fees import Payment, StudentFee
from shared.entities.tenancy import School
from shared.money import decimals

_LISTED = 1_000
_OF_FEES = frozenset({"fee.paidAmount", "fee.payments", "fee.bounds"})


def reconcile_fees(caller: Caller) -> dict[str, Any]:
    """What does not agree in the caller's school; nothing is changed."""
    return reconcile(caller.school)[0]


def fees_reconcile(school: School, _day: date) -> dict[str, Any]:
    """The daily job: what does not agree is told in numbers, and what is derived is made anew where it was wrong."""
    reading_fold.fold(school.id)
    found, stale = reconcile(school)
    if stale:
        reading_fold.forget()
        reading_fold.fold(school.id, stale)
    kinds = [d["what"] for d in found["differences"]]
    told: dict[str, Any] = {name: found[name] for name in ("fees", "payments")}
    told |= {name: f"{found[name]:f}" for name in ("paidByFees", "paidByPayments", "difference")}
    told["differences"] = found["differenceCount"]
    return told | {f"differences: {kind}": kinds.count(kind) for kind in sorted(set(kinds))}


def reconcile(school: School) -> tuple[dict[str, Any], list[str]]:
    """What does not agree; and fees by which sheets and totals that are wrong can be found and made anew."""
    places = decimals(school.currency)
    books = Books(places)
    source = reading_book.from_source(school, books.payment, books.fee)
    mismatches = _still_of_payments(school, books)
    wrong, stale = _derived(school, source)
    mismatches += wrong
    found = {
        "fees": books.fees,
        "payments": books.payments,
        "paidByFees": money(books.by_fees, places),
        "paidByPayments": money(books.by_payments, places),
        "difference": money(books.by_fees - books.by_payments, places),
        "differences": [{"what": m.what, "id": m.id, "expected": m.expected, "found": m.found} for m in mismatches[:_LISTED]],
        "differenceCount": len(mismatches),
        "agrees": not mismatches,
    }
    return found, stale


def _still_of_payments(school: School, books: Books) -> list[Mismatch]:
    """The mismatches between fees and payments that are there at a second look."""
    told = books.finish()
    doubted = {m.id for m in told if m.what in _OF_FEES}
    again = [m for fee_id in sorted(doubted) for m in _second_look(school, books, fee_id, [m for m in told if m.id == fee_id])]
    others = [m for m in told if m.id not in doubted]
    if others:
        anew = Books(books.places)
        for raw in reader.query(Payment.partition_of(school_id=school.id), consistent=True):
            anew.payment(reader.plain(raw))
        known = {(m.what, m.id) for m in anew.finish()}
        others = [m for m in others if (m.what, m.id) in known]
    return again + others


def _second_look(school: School, books: Books, fee_id: str, told: list[Mismatch]) -> list[Mismatch]:
    """Compare one fee with its payments as they stand now; sums that were taken in between are put right."""
    raw = reader.get(StudentFee.key_of(school_id=school.id, id=fee_id), consistent=True)
    if raw is None:
        return told
    fee = reader.plain(raw)
    seen = {i for m in told if m.what == "fee.payments" for i in m.expected}
    keys = [Payment.key_of(school_id=school.id, id=i) for i in sorted(seen | set(fee.get("payments") or ()))]
    now = Books(books.places)
    for payment in reader.get_many(keys, consistent=True).values():
        now.payment(reader.plain(payment))
    now.fee(fee)
    left = [m for m in now.mismatches if m.id == fee_id]
    for m in told:
        if m.what == "fee.paidAmount" and not any(n.what == m.what for n in left):
            books.by_fees += now.by_fees - units(m.found, books.places)
            books.by_payments += now.by_fees - units(m.expected, books.places)
    return left


def _derived(school: School, source: Book) -> tuple[list[Mismatch], list[str]]:
    """Sheets and totals that are not as a rebuild has them; and ids of fees by which they are made anew."""
    state = reading_sheets.state_of(school.id)
    if state is None:
        return [], []  # none are kept yet
    kept = reading_book.from_sheets(school, state, consistent=True, whole=True)
    reading_book.catch_up(kept)
    rows = [Mismatch("sheet.row", i, "the fee as it stands", "something else") for i in _other_rows(source, kept)]
    rooms = _other_totals(school, kept, state.years)
    wrong = [Mismatch("totals", f"{year} {class_id}", "the sum of its fees", "something else") for year, class_id in rooms]
    return rows + wrong, [m.id for m in rows] + [min(kept.rooms[room]) for room in rooms if kept.rooms.get(room)]


def _other_rows(source: Book, kept: Book) -> list[str]:
    doubted = [i for i in source.rows.keys() | kept.rows.keys() if source.rows.get(i) != kept.rows.get(i)]
    if not doubted:
        return []
    now = reading_book.current_rows(source, doubted)
    reading_book.catch_up(kept)
    return sorted(i for i in doubted if kept.rows.get(i) != now.get(i))


def _other_totals(school: School, kept: Book, years: Iterable[str]) -> list[Room]:
    """Classes whose stored sums are not those of their fees; those that the consumer has still to reckon are left out."""
    stored = {(c.academic_year, c.class_id): c for year in years for c in fee_totals.classes_of(school, year)}
    waiting = {(key.year, key.block.split("#")[0]) for key in kept.dirty}
    wrong = []
    for room in sorted((stored.keys() | kept.rooms.keys()) - waiting):
        made = reading_fold.totals_of(kept, room)
        if room not in stored or (stored[room].days, stored[room].collected) != (made.days, made.collected):
            wrong.append(room)
    return wrong
