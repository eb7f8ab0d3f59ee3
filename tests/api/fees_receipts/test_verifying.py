"""Anybody who holds a receipt can see whether it is genuine, and nothing about a person but initials."""

import pytest

from functions.fees.receipting import initials
from shared import settings
from tests.api.fees_receipts.conftest import Counter
from tests.support import client
from tests.support.client import Client


def test_a_receipt_is_verified_without_signing_in(counter: Counter) -> None:
    payment = counter.pay(counter.fee(counter.student("Asha", "Kulkarni")), 400, payer="Meera Kulkarni", remarks="Secret")
    reply = Client().get(f"/api/receipts/verify/{payment['verificationCode']}")
    assert reply.status == 200
    assert reply.data == {
        "schoolName": "Test School",
        "receiptNumber": "RCP-2026-0001",
        "paymentDate": "2026-11-04",
        "amount": 400,
        "currency": "INR",
        "state": "VALID",
        "valid": True,
        "chequeState": None,
        "studentInitials": ["A. K."],
    }
    assert b'"amount":400.00,' in reply.body
    for secret in (b"Asha", b"Kulkarni", b"Meera", b"Secret", counter.school.id.encode(), payment["id"].encode()):
        assert secret not in reply.body


def test_f3_a_reversed_receipt_is_genuine_and_not_valid(counter: Counter) -> None:
    payment = counter.pay(counter.fee(counter.student("Asha")), 400)
    reversal = counter.admin.client.post(f"/api/payments/{payment['id']}/reverse", {"reason": "Wrong child"}).data
    told = [Client().get(f"/api/receipts/verify/{p['verificationCode']}").data for p in (payment, reversal)]
    assert [(t["state"], t["valid"], t["amount"]) for t in told] == [("REVERSED", False, 400), ("REVERSAL", False, -400)]


def test_a_code_is_taken_as_it_is_read_aloud(counter: Counter) -> None:
    code = counter.pay(counter.fee(counter.student("Asha")), 1)["verificationCode"]
    spoken = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower()
    assert Client().get(f"/api/receipts/verify/{spoken}").status == 200


@pytest.mark.parametrize("code", ["A" * 16, "A" * 15, "x", "ABCD-EFGH-JKLM-NPQR", "%F0%9F%92%A9", "A" * 500, "RCP-2026-0001"])
def test_a_code_that_leads_nowhere_is_not_found_in_the_usual_shape(counter: Counter, code: str) -> None:
    reply = Client().get(f"/api/receipts/verify/{code}")
    assert reply.status == 404
    assert reply.error.keys() == {"code", "message", "requestId"}
    assert (reply.error["code"], reply.error["message"]) == ("NOT_FOUND", "Not found")


def test_codes_are_random_and_of_eighty_bits(counter: Counter) -> None:
    fee = counter.fee(counter.student("Asha"))
    codes = {counter.pay(fee, 1)["verificationCode"] for _ in range(5)}
    assert len(codes) == 5
    assert {len(code) for code in codes} == {16}  # of 32 signs, five bits each
    assert set("".join(codes)) <= set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def test_guessing_codes_is_limited(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMITS", "read=10")
    settings.settings.cache_clear()
    try:
        answers = [Client().request("GET", f"/api/receipts/verify/{'A' * 16}", ip="192.0.2.77") for _ in range(11)]
    finally:
        monkeypatch.undo()
        settings.settings.cache_clear()
    assert [a.status for a in answers] == [404] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_lookup_reads_a_few_items_by_key_and_nothing_else(counter: Counter) -> None:
    code = counter.pay(counter.fee(counter.student("Asha")), 1)["verificationCode"]

    assert client.GUARD
    client.GUARD.calls.clear()
    Client().get(f"/api/receipts/verify/{code}")
    assert [operation for operation, _ in client.GUARD.calls] == ["GetItem", "BatchGetItem", "BatchGetItem"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Asha Kulkarni", "A. K."), ("Asha", "A."), ("", ""), ("தமிழ்ச்செல்வி குமார்", "த. கு."), ("Ñ\u0303andú", "Ñ\u0303."), ("王小明", "王.")],
)
def test_initials_are_the_first_sign_of_each_word(name: str, wanted: str) -> None:
    assert initials(name) == wanted
