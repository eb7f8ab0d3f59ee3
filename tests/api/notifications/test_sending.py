"""A notice from its draft to each person, once (rules N1, N3), outside the quiet hours, within the month's messages (A8)."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.notifications import planning
from shared import clock
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.notices import NoticeChunk
from shared.entities.people import Student
from shared.entities.tenancy import Usage, User
from tests.api.notifications.conftest import NOON, at, make_person
from tests.support import journal
from tests.support.notices import refused
from tests.support.world import make_school

ALL_CHANNELS = ["IN_APP", "EMAIL", "SMS"]


def titles(person):
    return [row["title"] for row in person.client.get("/api/notifications").data]


def test_n1_each_person_gets_it_once_also_with_three_children_and_every_event_three_times(town, post):
    town.class_("A")
    town.class_("B")
    children = [town.student("A"), town.student("A"), town.student("B")]
    parent = town.parent(*children, phone="+919800000001")
    told = town.sent(post, times=3, audience=["PARENT", "ALL"], channels=ALL_CHANNELS)
    assert told["status"] == "SENT"
    assert [m["to"] for m in post.mails if m["to"] == parent.email] == [parent.email]
    assert [t["to"] for t in post.texts] == ["+919800000001"]
    inbox = parent.client.get("/api/notifications")
    assert [(r["title"], r["content"], r["readAt"]) for r in inbox.data] == [("Closed on Friday", "Because of the storm.", None)]
    assert told["counts"]["channels"]["EMAIL"] == {"sent": 2, "delivered": 0, "failed": 0, "read": 0}


def test_n1_parents_without_a_login_are_reached_by_their_addresses_once_for_all_their_children(town, post):
    town.class_("A")
    for _ in range(3):
        town.student("A", parent_email="Mother@Home.example", parent_phone="+919800000009", parent_name="Mrs Rao")
    town.student("A", parent_phone="+919800000009")  # the same parent, known by the phone alone
    town.sent(post, times=3, channels=ALL_CHANNELS)
    assert [m["to"] for m in post.mails] == ["mother@home.example"]
    assert [t["to"] for t in post.texts] == ["+919800000009"]
    assert "Mrs Rao" in post.mails[0]["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_a_plan_keeps_ids_alone_and_who_is_suspended_or_erased_meanwhile_is_not_written_to(town, post):
    town.class_("A")
    user = town.parent(town.student("A"))
    child = town.student("A", parent_email="mother@home.example", parent_phone="+919800000009", parent_name="Mrs Rao")
    at(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))  # in the quiet hours: the mails wait
    told = town.sent(post, channels=ALL_CHANNELS)
    kept = [repr(raw) for raw in reader.query(NoticeChunk.partition_of(school_id=town.school.id, notice_id=told["id"]))]
    assert not any(personal in raw for raw in kept for personal in ("mother@", "9800000009", "Rao", user.email))
    for record in (reader.load(User, school_id=town.school.id, id=user.id), reader.load(Student, school_id=town.school.id, id=child)):
        if isinstance(record, User):
            record.status = "SUSPENDED"
        else:
            record.parent_email = record.parent_phone = record.parent_name = None
        unit = UnitOfWork(town.school.id, Actor(), "tests")
        unit.update(record)
        unit.commit()
    for minute in range(0, 400, 14):
        at(datetime(2026, 11, 24, 20, 0, tzinfo=UTC) + timedelta(minutes=minute))
        post.run(town.school.id)
    assert (post.mails, post.texts) == ([], [])
    rows = town.admin.client.get(f"/api/notifications/{told['id']}/receipts").data
    assert {r["channels"]["EMAIL"]["reason"] for r in rows} == {"NOT_WRITTEN_TO"}


def test_n1_a_teacher_who_is_a_parent_is_one_person_and_one_phone_of_a_family_gets_one_text(town, post):
    teacher = make_person(town.school, Role.TEACHER, phone="+919800000002")
    town.class_("A", teacher)
    child = town.student("A")
    town.guardian(teacher, child)
    father = town.parent(child, phone="+919800000002")
    town.student("A", parent_email=teacher.email.upper())
    town.sent(post, audience=["TEACHER", "PARENT"], channels=ALL_CHANNELS)
    assert sorted(m["to"] for m in post.mails) == sorted([teacher.email, father.email])
    assert [t["to"] for t in post.texts] == ["+919800000002"]
    assert titles(teacher) == ["Closed on Friday"]


def test_n1_the_audience_is_resolved_when_it_is_sent_not_when_it_is_written(town, post):
    town.class_("A")
    made = town.notice()
    parent = town.parent(town.student("A"))
    town.admin.client.post(f"/api/notifications/{made['id']}/send")
    post.run(town.school.id)
    assert titles(parent) == ["Closed on Friday"]


def test_n1_a_class_alone_is_told_and_who_left_or_is_suspended_is_not(town, post):
    town.class_("A")
    town.class_("B")
    told, other = town.parent(town.student("A")), town.parent(town.student("B"))
    former = town.guardian(make_person(town.school, Role.STUDENT_PARENT), town.student("A"), until="2026-11-23")
    gone = town.parent(town.student("A", status="TRANSFERRED"))
    suspended = town.parent(town.student("A"), status="SUSPENDED")
    student = make_person(town.school, Role.STUDENT_PARENT)
    town.student("A", user_id=student.id)
    town.sent(post, audience=["PARENT", "STUDENT"], targetClassIds=[town.classes["A"]])
    assert titles(told) == titles(student) == ["Closed on Friday"]
    assert titles(other) == titles(former) == titles(gone) == []
    assert {m["to"] for m in post.mails} == {told.email, student.email}
    assert suspended.email not in {m["to"] for m in post.mails}


def test_n1_named_users_are_told_besides_and_all_includes_the_staff(town, post):
    clerk = make_person(town.school, Role.ACCOUNTANT)
    town.sent(post, audience=[], targetUserIds=[clerk.id])
    assert titles(clerk) == ["Closed on Friday"]
    assert titles(town.admin) == []
    town.sent(post, audience=["ALL"], title="To all")
    assert titles(clerk) == ["To all", "Closed on Friday"]
    assert titles(town.admin) == ["To all"]


def test_n3_the_sender_sees_what_became_of_it_with_each_person_and_when_it_was_read(town, post):
    town.class_("A")
    parents = [town.parent(town.student("A")) for _ in range(3)]
    told = town.sent(post, channels=["IN_APP", "EMAIL"])
    by_address = {m["to"]: m for m in post.mails}
    bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [{"status": "5.1.1"}]}
    post.tell(post.ses_event(by_address[parents[0].email], "Delivery", timestamp="2026-11-24T06:31:00.000Z"))
    post.tell(post.ses_event(by_address[parents[1].email], "Bounce", timestamp="2026-11-24T06:31:00.000Z", **bounce))
    at(NOON + timedelta(minutes=5))
    for _ in range(2):
        assert parents[0].client.patch(f"/api/notifications/{told['id']}/mark-read").data["readAt"] == "2026-11-24T06:35:00.000Z"
        at(NOON + timedelta(minutes=9))
    counts = town.look(told["id"])["counts"]
    assert (counts["people"], counts["read"]) == (3, 1)
    assert counts["channels"]["EMAIL"] == {"sent": 3, "delivered": 1, "failed": 1, "read": 0}
    assert counts["channels"]["IN_APP"] == {"sent": 3, "delivered": 3, "failed": 0, "read": 1}
    rows = {r["userId"]: r for r in town.admin.client.get(f"/api/notifications/{told['id']}/receipts").data}
    first = rows[parents[0].id]
    assert first["channels"]["EMAIL"]["deliveredAt"] == "2026-11-24T06:31:00.000Z"
    assert first["readAt"] == "2026-11-24T06:35:00.000Z"
    assert rows[parents[1].id]["channels"]["EMAIL"]["reason"] == "BOUNCE Permanent General 5.1.1"
    assert rows[parents[2].id]["channels"]["EMAIL"]["state"] == "SENT"


def test_n3_receipts_are_paged_exactly(town, post):
    town.class_("A")
    for _ in range(7):
        town.parent(town.student("A"))
    told = town.sent(post, channels=["IN_APP"])
    pages = [town.admin.client.get(f"/api/notifications/{told['id']}/receipts", page=n, pageSize=3) for n in (1, 2, 3, 4)]
    assert [len(p.data) for p in pages] == [3, 3, 1, 0]
    assert len({r["userId"] for p in pages for r in p.data}) == 7
    assert pages[0].json["pagination"]["totalRecords"] == 7


def test_n2_a_failure_of_nobody_is_failed_and_says_why(town, post):
    town.class_("A")
    told = town.sent(post)
    assert (told["status"], told["failure"]) == ("FAILED", "NOBODY_MEANT")
    town.student("A", parent_email="nobody@home.example")
    post.before = lambda channel, address: (_ for _ in ()).throw(refused("MessageRejected"))
    told = town.sent(post)
    assert (told["status"], told["failure"]) == ("FAILED", "NOBODY_REACHED")
    assert told["counts"]["channels"]["EMAIL"]["failed"] == 1


def test_n2_one_address_that_is_refused_for_good_does_not_fail_the_notice(town, post):
    town.class_("A")
    bad, good = town.parent(town.student("A")), town.parent(town.student("A"))

    def before(channel, address):
        if address == bad.email:
            raise refused("BadRequestException")

    post.before = before
    told = town.sent(post, channels=["EMAIL"])
    assert told["status"] == "SENT"
    assert told["counts"]["channels"]["EMAIL"] == {"sent": 1, "delivered": 0, "failed": 1, "read": 0}
    assert [m["to"] for m in post.mails] == [good.email]
    rows = {r["userId"]: r["channels"]["EMAIL"] for r in town.admin.client.get(f"/api/notifications/{told['id']}/receipts").data}
    assert rows[bad.id]["reason"] == "BadRequestException"


def test_quiet_hours_hold_messages_back_until_they_end_and_inboxes_get_them_at_once(town, post):
    town.class_("A")
    parent = town.parent(town.student("A"), phone="+919800000003")
    late = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 21:30 in Kolkata
    at(late)
    told = town.sent(post, channels=ALL_CHANNELS)
    assert (told["status"], titles(parent), post.mails, post.texts) == ("SENDING", ["Closed on Friday"], [], [])
    assert told["counts"]["channels"]["IN_APP"]["delivered"] == 1
    moment = late
    while moment < datetime(2026, 11, 25, 1, 29, tzinfo=UTC):
        at(moment)
        post.sweep(town.school.id)
        mine = [body for _, _, body in post.waiting if body["school"] == town.school.id]  # the sweep looks after other tests' schools too
        assert len(mine) <= 4, "the waiting messages must not pile up"
        moment += timedelta(minutes=13)
    assert post.mails == []
    at(datetime(2026, 11, 25, 1, 31, tzinfo=UTC))  # 07:01
    post.sweep(town.school.id)
    assert [m["to"] for m in post.mails] == [parent.email]
    assert [t["to"] for t in post.texts] == ["+919800000003"]
    assert town.look(told["id"])["status"] == "SENT"


def test_quiet_hours_let_through_what_is_urgent(town, post):
    town.class_("A")
    parent = town.parent(town.student("A"))
    at(datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    told = town.sent(post, priority="URGENT")
    assert [m["to"] for m in post.mails] == [parent.email]
    assert told["status"] == "SENT"


def limited(count):
    return make_school(limits={"messagesPerMonth": count})


def used(school):
    month = planning.month_of(school)
    known = reader.load(Usage, consistent=True, school_id=school.id, limit="messagesPerMonth", period=month)
    return known.used if known else 0


def test_a8_messages_are_counted_by_month_and_beyond_the_limit_nobody_is_mailed(town, post):
    town.school = limited(3)
    town.admin = make_person(town.school, Role.SCHOOL_ADMIN)
    town.class_("A")
    parents = [town.parent(town.student("A")) for _ in range(2)]
    town.sent(post, times=3)
    assert (used(town.school), len(post.mails)) == (2, 2)
    told = town.sent(post, title="Too many")
    assert (used(town.school), len(post.mails), told["quotaReached"]) == (2, 2, True)
    assert titles(parents[0])[0] == "Too many"
    town.sent(post, title="One more", audience=[], targetUserIds=[parents[0].id])
    assert used(town.school) == 3
    last = town.notice(title="None left")
    reply = town.admin.client.post(f"/api/notifications/{last['id']}/send")
    assert reply.status == 403
    assert "3 messages a month" in reply.error["message"]
    at(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
    assert town.sent(post, title="Next month")["counts"]["channels"]["EMAIL"]["sent"] == 2


def test_g11_what_is_sent_is_in_the_journal_without_its_text(town, post):
    town.class_("A")
    parent = town.parent(town.student("A"))
    told = town.sent(post, content="A secret of the storm.")
    parent.client.patch(f"/api/notifications/{told['id']}/mark-read")
    entries = journal.entries(town.school.id)
    actions = [e.action for e in entries if e.kind in ("Notification", "NoticeReceipt")]
    assert actions == ["CREATE_NOTIFICATION", "SEND_NOTIFICATION", "PLAN_NOTIFICATION", "FINISH_NOTIFICATION", "MARK_READ"]
    assert not any("secret" in (e.changes or "") for e in entries)


def test_no_full_address_or_number_is_in_a_log(town, post, caplog):
    town.class_("A")
    town.student("A", parent_email="mother@home.example", parent_phone="+919800000009")
    post.before = lambda channel, address: (_ for _ in ()).throw(refused("MessageRejected"))
    town.sent(post, channels=ALL_CHANNELS)
    said = "\n".join(str(record.__dict__) for record in caplog.records)
    assert "a message was not taken" in said
    assert "mother@home" not in said
    assert "9800000009" not in said


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException", "ServiceUnavailable"])
def test_a_provider_that_is_down_is_asked_again_later_and_each_person_gets_it_once(town, post, code):
    town.class_("A")
    parents = [town.parent(town.student("A")) for _ in range(3)]
    down = {"now": True}

    def before(channel, address):
        if down["now"] and address != parents[0].email:
            raise refused(code)

    post.before = before
    told = town.sent(post)
    assert (told["status"], [m["to"] for m in post.mails]) == ("SENDING", [parents[0].email])
    down["now"] = False
    at(clock.now() + timedelta(seconds=31))
    post.run(town.school.id)
    assert sorted(m["to"] for m in post.mails) == sorted(p.email for p in parents)
    assert town.look(told["id"])["status"] == "SENT"
