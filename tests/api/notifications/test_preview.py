"""Who would get it, at what price, and what is in the way: the same people who get it then."""

from datetime import UTC, datetime
from decimal import Decimal

from shared.auth.permissions import Role
from tests.api.notifications.conftest import at, make_person
from tests.support.world import make_school


def preview(town, **fields):
    body = {"title": "T", "content": "C", "audience": ["PARENT"], "channels": ["IN_APP", "EMAIL", "SMS"], **fields}
    return town.admin.client.post("/api/notifications/preview", body).data


def test_the_preview_counts_by_role_class_and_channel_and_who_cannot_be_reached(town, post):
    a, b = town.class_("A"), town.class_("B")
    town.parent(town.student("A"), town.student("B"), phone="+919800000001")
    town.student("A", parent_email="m@home.example")
    town.student("B", parent_phone="+14155550100")
    town.student("B")  # nobody is known
    told = preview(town)
    assert (told["people"], told["withoutLogin"], told["byRole"]) == (3, 2, {"PARENT": 3})
    assert {c["classId"]: c["people"] for c in told["byClass"]} == {a: 2, b: 2}
    assert told["channels"] == {"IN_APP": 1, "EMAIL": 2, "SMS": 2}
    assert told["unreachable"] == 0
    only_mail = preview(town, channels=["EMAIL"])
    assert (only_mail["people"], only_mail["unreachable"]) == (2, 1)
    assert post.mails == []
    sent = town.sent(post, channels=["IN_APP", "EMAIL", "SMS"])
    assert sent["people"] == told["people"]
    assert (len(post.mails), len(post.texts)) == (2, 2)


def test_the_preview_estimates_the_cost_by_the_parts_of_a_text(town):
    town.class_("A")
    town.student("A", parent_phone="+919800000001", parent_email="m@home.example")
    short = preview(town)["cost"]
    long = preview(town, content="ज" * 100)["cost"]  # two parts of 67 signs
    assert Decimal(str(short["email"])) == Decimal("0.0001")
    assert Decimal(str(long["sms"])) == 2 * Decimal(str(short["sms"]))
    assert (short["currency"], short["pricesOf"]) == ("USD", "2026-11-24")


def test_the_preview_tells_of_quiet_hours_and_of_the_months_messages(town):
    school = make_school(limits={"messagesPerMonth": 1}, settings={"messages": {"sms": True}})
    town.school, town.admin = school, make_person(school, Role.SCHOOL_ADMIN)
    town.class_("A")
    for n in range(2):
        town.student("A", parent_email=f"m{n}@home.example")
    told = preview(town)
    assert told["quota"] == {"allowed": 1, "used": 0, "left": 1, "enough": False}
    assert told["quietHours"] == {"now": False, "until": None, "waits": False}
    at(datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    assert preview(town)["quietHours"] == {"now": True, "until": "2026-11-25T01:30:00.000Z", "waits": True}
    assert preview(town, priority="URGENT")["quietHours"]["waits"] is False


def test_g8_a_preview_names_only_records_of_the_own_school(town):
    other = make_person(make_school(), Role.SCHOOL_ADMIN)
    reply = town.admin.client.post("/api/notifications/preview", {"audience": [], "targetUserIds": [other.id]})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "targetUserIds[0]")
