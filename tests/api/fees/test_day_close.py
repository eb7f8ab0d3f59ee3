"""A cashier's day: what was received by each method, what was counted, and what becomes of a payment after it is closed."""

import pytest

from tests.api.fees.conftest import lasting


def sums(told):
    return {s["paymentMethod"]: (s["count"], s["amount"]) for s in told["sums"]}


@pytest.fixture
def day(cashier, fee, pay):
    """Two payments in cash of which one is reversed, and one by card."""
    pay(fee, 100)
    wrong = pay(fee, 50.25).data
    pay(fee, 200, paymentMethod="CARD")
    cashier.post(f"/api/payments/{wrong['id']}/reverse", {"reason": "Wrong child"})


def test_a_day_is_closed_with_its_sums_by_method_and_the_difference_of_the_cash(cashier, accountant, day):
    preview = cashier.get("/api/day-closes/preview").data
    assert (preview["state"], preview["expectedCash"], preview["countedCash"]) == ("OPEN", 100, None)
    reply = cashier.post("/api/day-closes", {"countedCash": 99.5, "remarks": "Half a rupee short"})
    assert reply.status == 201, reply.body
    told = reply.data
    assert sums(told) == {"CASH": (3, 100), "CARD": (1, 200)}
    assert (told["total"], told["expectedCash"], told["countedCash"], told["difference"]) == (300, 100, 99.5, -0.5)
    assert (told["day"], told["collectorId"], told["state"]) == ("2026-11-24", accountant.id, "CLOSED")
    assert cashier.get("/api/day-closes").data == [told]
    assert cashier.get("/api/day-closes/preview").data == told


def test_a_closed_day_takes_no_payment_and_no_reversal_of_that_cashier_and_is_closed_once(school, cashier, fee, pay, day):
    cashier.post("/api/day-closes", {"countedCash": 100})
    assert cashier.post("/api/day-closes", {"countedCash": 100}).status == 409
    refused = pay(fee, 1)
    assert (refused.status, refused.error["details"][0]["field"]) == (409, "paymentDate")
    first = cashier.get("/api/payments", sort="receiptNumber").data[0]
    assert cashier.post(f"/api/payments/{first['id']}/reverse", {"reason": "Too late"}).status == 409
    assert pay(fee, 1, paymentDate="2026-11-23").status == 201
    assert pay(fee, 1, client=lasting(school, "ACCOUNTANT").client).status == 201


def test_an_admin_opens_a_day_again_and_it_is_closed_anew(admin, cashier, accountant, fee, pay, day):
    cashier.post("/api/day-closes", {"countedCash": 100})
    body = {"date": "2026-11-24", "collectorId": accountant.id, "reason": "A payment was forgotten"}
    assert cashier.post("/api/day-closes/reopen", body).status == 403
    assert admin.post("/api/day-closes/reopen", body).data["state"] == "REOPENED"
    assert admin.post("/api/day-closes/reopen", body).status == 409
    assert pay(fee, 7).status == 201
    told = cashier.post("/api/day-closes", {"countedCash": 107}).data
    assert (told["expectedCash"], told["difference"], told["version"]) == (107, 0, 3)


def test_another_cashiers_day_is_closed_by_an_admin_alone(school, admin, cashier, accountant, day):
    other = lasting(school, "ACCOUNTANT")
    body = {"countedCash": 100, "collectorId": accountant.id}
    assert other.client.post("/api/day-closes", body).status == 403
    assert other.client.get("/api/day-closes/preview", collectorId=accountant.id).status == 403
    told = admin.post("/api/day-closes", body).data
    assert (told["expectedCash"], told["collectorId"]) == (100, accountant.id)
    assert admin.post("/api/day-closes", {**body, "collectorId": school.id}).error["details"][0]["field"] == "collectorId"


def test_a_day_without_payments_can_be_closed_and_one_that_has_not_come_cannot(cashier):
    assert cashier.post("/api/day-closes", {"countedCash": 0, "date": "2026-11-25"}).error["details"][0]["field"] == "date"
    told = cashier.post("/api/day-closes", {"countedCash": 0, "date": "2026-11-20"}).data
    assert (told["sums"], told["total"], told["difference"]) == ([], 0, 0)
    assert cashier.get("/api/day-closes", fromDate="2026-11-21").data == []
    assert len(cashier.get("/api/day-closes", fromDate="2026-11-20", toDate="2026-11-20").data) == 1


def test_a_day_that_is_closed_between_the_two_readings_of_a_payment_is_seen_all_the_same(school, cashier, fee, pay, monkeypatch):
    """A batch of reads is not of one moment: the day was read as open, then it is closed, then the sequence is read."""
    from shared.data import reader

    true, closed = reader.get_many, []

    def torn(keys, **options):
        found = true(keys, **options)
        day, sequence = ([k for k in keys if part in k[0] or part in k[1]] for part in ("#DAY_CLOSE", "RECEIPTS#"))
        if day and sequence and not closed:
            closed.append(True)
            monkeypatch.setattr(reader, "get_many", true)
            assert cashier.post("/api/day-closes", {"countedCash": 100}).status == 201
            later = true(sequence, **options)
            return {**{k: v for k, v in found.items() if k not in day}, **later}
        return found

    pay(fee, 100)
    monkeypatch.setattr(reader, "get_many", torn)
    refused = pay(fee, 1)
    assert closed
    assert (refused.status, refused.error["details"][0]["field"]) == (409, "paymentDate")
    assert cashier.get(f"/api/fees/{fee['id']}").data["paidAmount"] == 100
