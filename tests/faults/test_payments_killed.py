# ruff: noqa: F811 - fixtures are imported by name, and asked for by the same
"""A process that is killed while it records payments leaves each of them whole or not at all, and a retry finishes it (F3, G9)."""

import os
import random
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest

from shared import clock
from shared.data import reader
from shared.data.connection import client
from shared.entities.fees import Payment, ReceiptCode, StudentFee
from tests.api.fees.conftest import ROOT, admin, charge, enrol, fee, noon, room, school, student  # noqa: F401 - fixtures
from tests.support.journal import entries
from tests.support.world import make_person

PAYMENTS = 60


class Killed(BaseException):
    """Stands for SIGKILL: no handler of exceptions sees it."""


def stored(school):
    return [reader.plain(raw) for raw in reader.query(Payment.partition_of(school_id=school.id), consistent=True)]


def whole(school, fee, count):
    """Assert that so many payments are there, each with its part of the fee, its number, its code and its journal entries."""
    found = stored(school)
    year = clock.now().year
    assert sorted(p["receiptNumber"] for p in found) == [f"RCP-{year}-{n:04d}" for n in range(1, count + 1)]
    now = StudentFee.from_item(reader.get(StudentFee.key_of(school_id=school.id, id=fee["id"]), consistent=True))
    assert now.paid_amount == sum((Decimal(p["amount"]) for p in found), Decimal("0.00"))
    assert sorted(now.payments or []) == sorted(p["id"] for p in found)
    assert all(reader.load(ReceiptCode, code=p["code"]).payment_id == p["id"] for p in found)
    assert sorted(e.entity_id for e in entries(school.id, "Payment")) == sorted(p["id"] for p in found)


@pytest.mark.slow
def test_killed_by_the_system_again_and_again_no_payment_is_lost_doubled_or_half_there(school, fee):
    clock.use(None)  # the process has the system's clock
    cashier = make_person(school, "ACCOUNTANT")
    command = [sys.executable, "-m", "tests.faults.paying_process", school.id, cashier.id, fee["id"], str(PAYMENTS)]
    dice, told, kills = random.Random(7), {}, 0
    for _ in range(12):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        lines = []
        reading = threading.Thread(target=lambda out=process.stdout, into=lines: into.extend(out))
        reading.start()
        if kills < 5:
            before = len(stored(school))
            wanted = before + dice.randint(1, 6)
            while process.poll() is None and len(stored(school)) < wanted:
                time.sleep(dice.uniform(0, 0.01))
            process.kill()
            kills += 1
        code = process.wait(60)
        reading.join()
        process.stdout.close()
        for key, _, receipt in (line.strip().partition(" ") for line in lines if line.startswith("payment-")):
            assert told.setdefault(key, receipt) == receipt, "a key that was answered keeps its receipt"
        whole(school, fee, len(stored(school)))
        if code == 0:
            break
    assert code == 0
    assert kills == 5
    assert len(told) == PAYMENTS
    whole(school, fee, PAYMENTS)


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_killed_right_before_or_after_the_transaction_the_retry_with_the_same_key_finishes_it(school, fee, moment):
    cashier = make_person(school, "ACCOUNTANT", email=f"{moment}@school.example").client
    clock.use(None)
    path, body, key = f"/api/fees/{fee['id']}/record-payment", {"amount": 10, "paymentMethod": "CASH"}, {"idempotency-key": "k"}

    def kill(**_):
        raise Killed

    events = client("dynamodb").meta.events
    events.register(f"{moment}.dynamodb.TransactWriteItems", kill)
    try:
        with pytest.raises(Killed):
            cashier.post(path, body, headers=key)
    finally:
        events.unregister(f"{moment}.dynamodb.TransactWriteItems", kill)
    whole(school, fee, 0 if moment == "before-call" else 1)
    again = cashier.post(path, body, headers=key)
    assert again.status == 201
    assert again.headers.get("idempotency-replayed") == (None if moment == "before-call" else "true")
    whole(school, fee, 1)


def test_whoever_dies_at_the_head_of_the_line_holds_the_others_up_for_a_moment_only(school, fee, monkeypatch):
    from functions.fees import line

    monkeypatch.setattr(line, "_STALE_MS", 200)
    clock.use(None)
    cashier = make_person(school, "ACCOUNTANT").client
    line._join(line.key_of(school.id, clock.now().year), school.id, clock.now().year, "dead")
    began = time.monotonic()
    reply = cashier.post(f"/api/fees/{fee['id']}/record-payment", {"amount": 10, "paymentMethod": "CASH"})
    assert reply.status == 201, reply.body
    assert time.monotonic() - began < 5
    whole(school, fee, 1)
