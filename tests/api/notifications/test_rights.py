"""Who may write to whom, and who sees what (rules A1, A2, G8)."""

import pytest

from shared.auth.permissions import Role
from tests.api.notifications.conftest import Town, make_person
from tests.support.world import make_school


@pytest.fixture
def elsewhere(world):
    """Another school with a class and a parent."""
    school = make_school()
    made = Town(school, make_person(school, Role.SCHOOL_ADMIN))
    made.class_("A")
    return made


def write(person, **fields):
    return person.client.post("/api/notifications", {"title": "T", "content": "C", "audience": ["PARENT"], **fields})


def fields_of(reply):
    assert reply.status == 400, reply.body
    return [d["field"] for d in reply.error["details"]]


def test_n1_ids_of_another_school_are_refused_by_field(town, elsewhere):
    town.class_("A")
    reply = write(town.admin, targetClassIds=[town.classes["A"], elsewhere.classes["A"]], targetUserIds=[elsewhere.admin.id])
    assert fields_of(reply) == ["targetClassIds[1]", "targetUserIds[0]"]
    made = town.notice()
    changed = town.admin.client.put(f"/api/notifications/{made['id']}", {"targetClassIds": [elsewhere.classes["A"]]})
    assert fields_of(changed) == ["targetClassIds[0]"]


def test_n1_a_notice_to_nobody_and_classes_without_roles_are_refused(town):
    assert fields_of(write(town.admin, audience=[])) == ["audience"]
    town.class_("A")
    assert "audience" in fields_of(write(town.admin, audience=[], targetClassIds=[town.classes["A"]], targetUserIds=[town.admin.id]))


def test_a2_a_teacher_writes_to_the_parents_and_students_of_own_classes_only(town, post):
    teacher = make_person(town.school, Role.TEACHER)
    own, other = town.class_("A", teacher), town.class_("B")
    mine, theirs = town.parent(town.student("A")), town.parent(town.student("B"))
    assert write(teacher, targetClassIds=[own]).status == 201
    assert write(teacher, audience=[], targetUserIds=[mine.id]).status == 201
    assert fields_of(write(teacher)) == ["targetClassIds"]
    refused = [
        {"targetClassIds": [own, other]},
        {"targetClassIds": [own], "audience": ["PARENT", "TEACHER"]},
        {"targetClassIds": [own], "audience": ["ALL"]},
        {"targetClassIds": [own], "topic": "SAFETY"},
        {"audience": [], "targetUserIds": [theirs.id]},
        {"audience": [], "targetUserIds": [town.admin.id]},
    ]
    for fields in refused:
        assert write(teacher, **fields).status == 403, fields
        preview = teacher.client.post("/api/notifications/preview", {"audience": ["PARENT"], **fields})
        assert preview.status == 403, fields
    town.sent(post, teacher, targetClassIds=[own])
    assert [m["to"] for m in post.mails] == [mine.email]


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_a1_others_write_to_nobody_and_see_their_own_inbox_alone(town, role):
    person = make_person(town.school, role)
    assert write(person).status == 403
    assert person.client.get("/api/notifications").data == []
    assert person.client.get("/api/notifications", box="sent").status == 403
    assert person.client.get(f"/api/notifications/user/{town.admin.id}").status == 403
    assert person.client.get(f"/api/notifications/user/{person.id}").data == []


def test_a1_a_notice_is_seen_by_who_got_it_who_sent_it_and_the_admin(town, post):
    teacher, other = make_person(town.school, Role.TEACHER), make_person(town.school, Role.TEACHER)
    own = town.class_("A", teacher)
    parent, stranger = town.parent(town.student("A")), make_person(town.school, Role.STUDENT_PARENT)
    told = town.sent(post, teacher, targetClassIds=[own])
    path = f"/api/notifications/{told['id']}"
    assert parent.client.get(path).data["counts"] is None
    assert parent.client.get(path).data["content"] == "Because of the storm."
    assert teacher.client.get(path).data["counts"]["people"] == 1
    for person in (stranger, other):
        assert person.client.get(path).status == 403
        assert person.client.patch(f"{path}/mark-read").status == 404
    assert other.client.get(f"{path}/receipts").status == 403
    assert other.client.put(path, {"title": "Mine"}).status == 403
    assert parent.client.get(f"{path}/receipts").status == 403


def test_g8_another_schools_notice_does_not_exist(town, elsewhere, post):
    told = town.sent(post, audience=["ALL"])
    never = elsewhere.admin.client.get("/api/notifications/01900000-0000-7000-8000-000000000000")
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/send"), ("PATCH", "/mark-read"), ("GET", "/receipts")):
        reply = elsewhere.admin.client.request(
            method, f"/api/notifications/{told['id']}{path}", json_body={} if method in ("PUT", "POST") else None
        )
        assert reply.status == 404, (method, path, reply.body)
        assert reply.error["message"] == never.error["message"]
    assert elsewhere.admin.client.get(f"/api/notifications/user/{town.admin.id}").status == 404


def test_boxes_show_what_they_say_and_teachers_their_own(town, post):
    teacher = make_person(town.school, Role.TEACHER)
    own = town.class_("A", teacher)
    town.student("A", parent_email="p@home.example")
    draft, scheduled = town.notice(title="Draft"), town.notice(title="Later", scheduledDate="2026-12-24T06:00:00Z")
    sent = town.sent(post, teacher, title="Sent", targetClassIds=[own])

    def box(person, name, **more):
        return [row["id"] for row in person.client.get("/api/notifications", box=name, **more).data]

    assert box(town.admin, "drafts") == [draft["id"]]
    assert box(town.admin, "scheduled") == [scheduled["id"]]
    assert box(town.admin, "sent") == box(teacher, "all") == [sent["id"]]
    assert set(box(town.admin, "all")) == {draft["id"], scheduled["id"], sent["id"]}
    assert box(town.admin, "all", status="DRAFT") == [draft["id"]]
    assert box(town.admin, "all", search="later") == [scheduled["id"]]
    row = town.admin.client.get("/api/notifications", box="drafts").data[0]
    assert (row["type"], row["audience"], row["createdBy"]) == ("INFO", ["PARENT"], town.admin.id)


def test_the_inbox_shows_unread_first_and_can_be_filtered_and_searched(town, post):
    parent = make_person(town.school, Role.STUDENT_PARENT)
    ids = [
        town.sent(post, title=title, content=f"About {title}", audience=[], targetUserIds=[parent.id], type=kind)["id"]
        for title, kind in (("One", "INFO"), ("Two", "WARNING"), ("Three", "INFO"))
    ]
    parent.client.patch(f"/api/notifications/{ids[2]}/mark-read")

    def shown(**query):
        return [row["id"] for row in parent.client.get("/api/notifications", **query).data]

    assert shown() == [ids[1], ids[0], ids[2]]
    assert shown(unread="true") == [ids[1], ids[0]]
    assert shown(sort="-sentDate") == [ids[2], ids[1], ids[0]]
    assert shown(type="WARNING") == shown(search="about two") == [ids[1]]
    assert shown(page=2, pageSize=2) == [ids[2]]
    own = parent.client.get(f"/api/notifications/user/{parent.id}").data
    assert [row["id"] for row in own] == shown()
    assert [row["id"] for row in town.admin.client.get(f"/api/notifications/user/{parent.id}").data] == shown()


def test_channels_that_the_school_does_not_have_are_refused(world):
    school = make_school(settings={"messages": {"email": False}})
    admin = make_person(school, Role.SCHOOL_ADMIN)
    assert write(admin).data["channels"] == ["IN_APP"]
    assert fields_of(write(admin, channels=["EMAIL", "SMS"])) == ["channels"]
