"""A large school's night: fees stream by, and what they concern is written in batches."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from functions.fees.night import fees_night
from tests.api.fees_night.conftest import TODAY, Nights
from tests.api.fees_reading.year import load_year
from tests.support import client

SETTINGS = {"lateFine": {"kind": "FIXED", "amount": 50}, "reminderDaysBefore": [], "reminderDaysAfter": [14]}


class Names(list[tuple[str, dict[str, Any]]]):
    """Keeps the names of requests alone, for what they carried would count as the night's memory."""

    def append(self, call: tuple[str, dict[str, Any]]) -> None:
        super().append((call[0], {}))


def measured(nights: Nights, day: date) -> tuple[dict[str, Any], int, float]:
    """The result of a night, its peak of memory in bytes, and the seconds of processor that it took."""
    tracemalloc.start()
    began = time.process_time()
    try:
        result = fees_night(nights.school, day)
        return result, tracemalloc.get_traced_memory()[1], time.process_time() - began
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_f7_a_large_schools_fees_stream_by_and_writes_go_in_batches(
    open_school: Callable[..., Nights], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = open_school()
    nights.set(**SETTINGS)
    load_year(nights.school, 400, paid_until="2026-10-31")
    fees_night(nights.school, date(2026, 4, 1))  # imports and connections are not the night's
    names = Names()
    monkeypatch.setattr(client.GUARD, "calls", names)
    result, peak, seconds = measured(nights, TODAY)
    order = [name for name, _ in names if name in ("Query", "TransactWriteItems")]
    with capsys.disabled():
        print(f"\n  {result}, {len(order)} queries and transactions, peak {peak / 1e6:.1f} MB, {seconds:.1f} s of processor, traced")
    assert result["fees"] == 4800
    assert result["fines"] == result["flagged"] == result["overdue"] >= 400
    assert result["messages"] >= 400
    last_page = len(order) - 1 - order[::-1].index("Query")
    assert order.index("TransactWriteItems") < last_page  # it writes before it has read all
    assert order.count("TransactWriteItems") <= 2 * (result["overdue"] // 40 + 1) + 2 * (result["messages"] // 40 + 1)
    assert peak < 20_000_000
