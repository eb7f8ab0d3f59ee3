"""Scheduled notices (rule N2): set, moved, removed, fired twice, lost."""

from datetime import timedelta

from shared.auth.permissions import Role
from tests.api.notifications.conftest import NOON, at, make_person

LATER = (NOON + timedelta(hours=2)).isoformat()
NAME = "notice-{}"


def inbox(person):
    return person.client.get("/api/notifications").data


def test_n2_a_schedule_in_the_past_is_refused(town):
    for moment in (NOON - timedelta(seconds=1), NOON):
        body = {"title": "T", "content": "C", "audience": ["PARENT"], "scheduledDate": moment.isoformat()}
        reply = town.admin.client.post("/api/notifications", body)
        assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["scheduledDate"])
    without_zone = town.admin.client.post("/api/notifications", {**body, "scheduledDate": "2026-12-01T08:00:00"})
    assert without_zone.status == 400


def test_n2_a_scheduled_notice_is_sent_when_its_time_comes_once_also_if_the_schedule_fires_twice(town, post):
    made = town.notice(audience=["SCHOOL_ADMIN"], scheduledDate=LATER)
    assert made["status"] == "SCHEDULED"
    post.stream(town.school.id, times=3)
    assert post.schedules[NAME.format(made["id"])][0].isoformat() == LATER
    assert inbox(town.admin) == []
    at(NOON + timedelta(hours=2, seconds=3))
    post.fire(town.school.id, times=2)
    assert len(inbox(town.admin)) == len(post.mails) == 1
    assert town.look(made["id"])["status"] == "SENT"
    post.sweep(town.school.id)
    assert len(post.mails) == 1


def test_n2_moving_it_moves_its_schedule_and_the_old_firing_does_nothing(town, post):
    made = town.notice(audience=["SCHOOL_ADMIN"], scheduledDate=LATER)
    post.stream(town.school.id)
    old = dict(post.schedules)
    moved = (NOON + timedelta(hours=5)).isoformat()
    reply = town.admin.client.put(f"/api/notifications/{made['id']}", {"scheduledDate": moved, "title": "Changed"})
    assert (reply.data["status"], reply.data["title"]) == ("SCHEDULED", "Changed")
    post.stream(town.school.id, backwards=True, times=2)
    assert post.schedules[NAME.format(made["id"])][0].isoformat() == moved
    at(NOON + timedelta(hours=2, minutes=30))
    post.schedules = old  # the old one fires all the same
    post.fire(town.school.id)
    post.sweep(town.school.id)
    assert town.look(made["id"])["status"] == "SCHEDULED"
    at(NOON + timedelta(hours=5, minutes=3))
    post.sweep(town.school.id)
    assert town.look(made["id"])["status"] == "SENT"


def test_n2_taking_the_schedule_away_or_deleting_it_removes_the_schedule(town, post):
    first, second = (town.notice(scheduledDate=LATER) for _ in range(2))
    post.stream(town.school.id)
    assert town.admin.client.put(f"/api/notifications/{first['id']}", {"scheduledDate": None}).data["status"] == "DRAFT"
    assert town.admin.client.delete(f"/api/notifications/{second['id']}").data["outcome"] == "removed"
    post.stream(town.school.id, times=2)
    assert post.schedules == {}
    at(NOON + timedelta(hours=3))
    post.sweep(town.school.id)
    assert town.look(first["id"])["status"] == "DRAFT"
    assert town.admin.client.get(f"/api/notifications/{second['id']}").status == 404


def test_n2_the_sweep_sends_what_is_due_where_the_schedule_was_lost(town, post):
    made = town.notice(audience=["SCHOOL_ADMIN"], scheduledDate=LATER)
    at(NOON + timedelta(hours=1))
    post.sweep(town.school.id)
    assert town.look(made["id"])["status"] == "SCHEDULED"
    at(NOON + timedelta(hours=2, minutes=5))
    post.sweep(town.school.id)
    post.sweep(town.school.id)
    assert len(post.mails) == 1
    assert town.look(made["id"])["status"] == "SENT"


def test_n2_a_sending_that_got_stuck_is_taken_up_by_the_sweep(town, post):
    made = town.notice(audience=["SCHOOL_ADMIN"])
    town.admin.client.post(f"/api/notifications/{made['id']}/send")
    at(NOON + timedelta(minutes=16))  # neither stream nor queue brought anything
    post.waiting.clear()
    post.sweep(town.school.id)
    assert town.look(made["id"])["status"] == "SENT"
    assert len(post.mails) == 1


def test_n2_edits_and_deletes_only_before_sending(town, post):
    told = town.sent(post, audience=["SCHOOL_ADMIN"])
    path = f"/api/notifications/{told['id']}"
    assert town.admin.client.put(path, {"title": "Too late"}).status == 409
    assert town.admin.client.delete(path).status == 409
    assert town.admin.client.post(f"{path}/send").status == 409
    assert town.look(told["id"])["title"] == "Closed on Friday"


def test_g5_a_change_of_what_was_changed_meanwhile_is_refused(town):
    made = town.notice()
    path = f"/api/notifications/{made['id']}"
    assert town.admin.client.put(path, {"title": "One"}, headers={"if-match": '"1"'}).data["version"] == 2
    late = town.admin.client.put(path, {"title": "Two"}, headers={"if-match": '"1"'})
    assert (late.status, late.error["currentVersion"]) == (409, 2)
    cleared = town.admin.client.put(path, {"title": None})
    assert cleared.status == 400


def test_g9_sending_twice_with_one_key_sends_once(town, post):
    made = town.notice(audience=["SCHOOL_ADMIN"])
    replies = [town.admin.client.post(f"/api/notifications/{made['id']}/send", headers={"idempotency-key": "k"}) for _ in range(2)]
    assert [r.status for r in replies] == [202, 202]
    post.run(town.school.id)
    assert len(post.mails) == 1


def test_n2_a_scheduled_notice_of_a_teacher_who_lost_the_class_reaches_nobody_there(town, post):
    teacher = make_person(town.school, Role.TEACHER)
    town.class_("A", teacher)
    parent = town.parent(town.student("A"))
    made = town.notice(teacher, targetClassIds=[town.classes["A"]], scheduledDate=LATER)
    town.admin.client.post(f"/api/classes/{town.classes['A']}/assign-teacher", {"teacherId": None})
    at(NOON + timedelta(hours=3))
    post.sweep(town.school.id)
    assert town.look(made["id"])["status"] == "FAILED"
    assert inbox(parent) == []
