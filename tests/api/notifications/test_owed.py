"""Messages that other modules owe: each once to the guardians who may see it, when its time has come, if it still holds (rules T4, F7)."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.notifications.repository import message_notice_id
from shared import clock
from shared.attendance_codes import Mark, pack_marks
from shared.auth.permissions import Role
from shared.data import derived, reader
from shared.entities.attendance import Register
from shared.entities.messages import Message
from shared.messages import Owed, owe
from tests.api.notifications.conftest import NOON, at, make_person
from tests.support.notices import refused
from tests.support.world import make_school

DAY = "2026-11-24"


def marked(town, section, letter, *students):
    marks = [Mark(student, letter, town.admin.id, clock.stamp(), town.admin.id, clock.stamp()) for student in students]
    packed = pack_marks(marks)
    fields = {"class_id": town.classes[section], "day": DAY, "marks": packed.marks, "hands": packed.hands, "remarks": None}
    derived.put_if(Register(school_id=town.school.id, version=1, **fields), None)


def absence(town, section, student, **more):
    facts = {"date": DAY, "classId": town.classes[section], "className": "Class 10 A", "studentName": "Asha Kulkarni"}
    return Owed(key=f"ABSENCE#{student}#{DAY}", topic="ABSENCE", facts=facts, student_id=student, **more)


def owed(town, post, *messages, times=1):
    owe(town.school.id, messages, module="tests")
    post.run(town.school.id, times=times)


def state(town, key):
    found = reader.load(Message, consistent=True, school_id=town.school.id, id=key)
    return found.state, found.reason


def test_t4_an_absence_is_told_once_however_often_it_is_owed_and_every_event_arrives(town, post):
    town.class_("A")
    child = town.student("A")
    mother, father = town.parent(child, phone="+919800000001"), town.parent(child)
    marked(town, "A", "ABSENT"[0], child)
    for _ in range(3):
        owed(town, post, absence(town, "A", child), times=3)
    assert sorted(m["to"] for m in post.mails) == sorted([mother.email, father.email])
    assert [t["Message"] for t in post.texts] == [
        "Test School: Asha Kulkarni was marked absent on 2026-11-24. If you did not know of this, please call the school."
    ]
    row = mother.client.get("/api/notifications").data[0]
    assert (row["source"], row["topic"], row["studentId"], row["type"]) == ("MESSAGE", "ABSENCE", child, "WARNING")
    assert "Asha Kulkarni (class Class 10 A) was marked absent" in row["content"]
    assert mother.client.patch(f"/api/notifications/{row['id']}/mark-read").data["readAt"]
    assert mother.client.get(f"/api/notifications/{row['id']}").data["content"] == row["content"]
    assert state(town, f"ABSENCE#{child}#{DAY}") == ("SENT", None)


def test_t4_a_mark_that_was_corrected_meanwhile_is_not_told(town, post):
    town.class_("A")
    child = town.student("A")
    parent = town.parent(child)
    marked(town, "A", "A", child)
    owed(town, post, absence(town, "A", child, not_before=clock.stamp(NOON + timedelta(minutes=40))))
    assert (post.mails, parent.client.get("/api/notifications").data) == ([], [])
    marked(town, "A", "P", child)
    for minutes in (14, 28, 41):
        at(NOON + timedelta(minutes=minutes))
        post.run(town.school.id)
    assert (post.mails, parent.client.get("/api/notifications").data) == ([], [])
    assert state(town, f"ABSENCE#{child}#{DAY}") == ("SKIPPED", "NO_LONGER_STANDS")
    assert post.waiting == []


def test_t4_nothing_is_told_before_its_time(town, post):
    town.class_("A")
    child = town.student("A")
    parent = town.parent(child)
    marked(town, "A", "A", child)
    owed(town, post, absence(town, "A", child, not_before=clock.stamp(NOON + timedelta(minutes=40))), times=3)
    at(NOON + timedelta(minutes=39))
    post.run(town.school.id, times=3)
    assert post.mails == []
    at(NOON + timedelta(minutes=54))
    post.run(town.school.id, times=3)
    assert [m["to"] for m in post.mails] == [parent.email]


def reminder(student, **more):
    facts = {"fee": "Tuition", "amount": "INR 100.00", "dueDate": "2026-12-01"}
    return Owed(key=f"FEE_REMINDER#{student}#{DAY}", topic="FEE_REMINDER", facts=facts, student_id=student, **more)


def test_a3_only_guardians_who_may_see_fees_are_told_of_them(town, post):
    town.class_("A")
    child = town.student("A", parent_email="contact@home.example")
    pays = town.parent(child)
    looks = town.guardian(make_person(town.school, Role.STUDENT_PARENT), child, sees={"academics": True, "fees": False, "pickUp": True})
    owed(town, post, reminder(child))
    assert [m["to"] for m in post.mails] == [pays.email]
    assert looks.client.get("/api/notifications").data == []
    headers = {h["Name"] for h in post.mails[0]["Content"]["Simple"]["Headers"]}
    assert "List-Unsubscribe" in headers


def test_a3_where_linked_guardians_may_not_see_it_the_contact_is_not_told_either(town, post):
    town.class_("A")
    child = town.student("A", parent_email="contact@home.example")
    town.guardian(make_person(town.school, Role.STUDENT_PARENT), child, sees={"academics": True, "fees": False, "pickUp": True})
    owed(town, post, reminder(child))
    assert post.mails == []
    assert state(town, f"FEE_REMINDER#{child}#{DAY}") == ("FAILED", "NOBODY_TO_TELL")


def test_a_parent_without_a_login_is_told_by_the_address_that_the_school_knows(town, post):
    town.class_("A")
    child = town.student("A", parent_email="contact@home.example", parent_phone="+919800000004")
    marked(town, "A", "A", child)
    owed(town, post, absence(town, "A", child), reminder(child))
    assert [m["to"] for m in post.mails] == ["contact@home.example"] * 2
    assert [t["to"] for t in post.texts] == ["+919800000004"]


def test_a_message_to_a_user_goes_to_the_user(town, post):
    owed(town, post, Owed(key="ACCOUNT#1", topic="ACCOUNT", facts={"text": "Your data is ready."}, user_id=town.admin.id), times=3)
    assert [m["to"] for m in post.mails] == [town.admin.email]
    assert town.admin.client.get("/api/notifications").data[0]["content"] == "Your data is ready."


def test_quiet_hours_hold_a_message_back_and_the_inbox_gets_it_at_once(town, post):
    town.class_("A")
    child = town.student("A")
    parent = town.parent(child)
    at(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    owed(town, post, reminder(child), times=3)
    assert (post.mails, len(parent.client.get("/api/notifications").data)) == ([], 1)
    for hour in range(21, 26):
        for minute in (0, 14, 28, 42, 56):
            at(datetime(2026, 11, 24, 0, minute, tzinfo=UTC) + timedelta(hours=hour))
            post.run(town.school.id)
    assert [m["to"] for m in post.mails] == [parent.email]
    assert state(town, f"FEE_REMINDER#{child}#{DAY}") == ("SENT", None)


def test_a8_a_reminder_beyond_the_months_messages_is_not_mailed_and_an_absence_is(town, post):
    school = make_school(limits={"messagesPerMonth": 0})
    town.school, town.admin = school, make_person(school, Role.SCHOOL_ADMIN)
    town.class_("A")
    child = town.student("A")
    parent = town.parent(child)
    marked(town, "A", "A", child)
    owed(town, post, reminder(child), absence(town, "A", child))
    assert [m["Content"]["Simple"]["Subject"]["Data"] for m in post.mails] == ["Asha Kulkarni is absent today"]
    assert len(parent.client.get("/api/notifications").data) == 2


def test_unsubscribed_reminders_are_not_mailed_and_stay_in_the_inbox(town, post):
    town.class_("A")
    child = town.student("A")
    parent = town.parent(child)
    parent.client.put("/api/notification-preferences", {"topics": {"FEE_REMINDER": ["IN_APP"]}})
    owed(town, post, reminder(child))
    assert (post.mails, len(parent.client.get("/api/notifications").data)) == ([], 1)
    owed(town, post, Owed(key="R#2", topic="FEE_REMINDER", facts={}, student_id=child, duty=True))
    assert len(post.mails) == 1
    assert "Headers" not in post.mails[0]["Content"]["Simple"]


@pytest.mark.parametrize(("failures", "ends"), [(3, "SENT"), (99, "FAILED")])
def test_a_provider_that_is_down_is_asked_again_until_it_is_given_up(town, post, failures, ends):
    town.class_("A")
    child = town.student("A", parent_email="contact@home.example")
    asked = []

    def before(channel, address):
        asked.append(address)
        if len(asked) <= failures:
            raise refused("TooManyRequestsException")

    post.before = before
    owed(town, post, reminder(child))
    moment = NOON
    for _ in range(20):
        moment += timedelta(minutes=15)
        if (moment + timedelta(hours=5, minutes=30)).hour >= 21:
            break
        at(moment)
        post.run(town.school.id)
    assert state(town, f"FEE_REMINDER#{child}#{DAY}")[0] == ends
    assert len(post.mails) == (1 if ends == "SENT" else 0)
    assert len(asked) == (4 if ends == "SENT" else 13)


def test_an_owed_message_is_one_id_in_every_inbox():
    assert message_notice_id("s", "k") == message_notice_id("s", "k") != message_notice_id("t", "k")
