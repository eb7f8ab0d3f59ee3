"""The section of a student follows its class (rule S2), by the journal."""

import pytest

from functions.students.consumers import sections
from functions.students.module import MODULE
from shared.data import reader
from shared.entities.ground import Journal
from shared.registry import handler_of
from tests.support.client import Context


def records(school, kind: str = "Class", *, last: int = 1) -> dict:
    """The newest journal entries of a kind as the table's stream tells them."""
    found = list(reader.query(Journal.partition_of(school_id=school.id, kind=kind), consistent=True))[-last:]
    return {
        "Records": [
            {"eventID": str(n), "eventName": "INSERT", "dynamodb": {"SequenceNumber": str(n), "NewImage": raw}}
            for n, raw in enumerate(found)
        ]
    }


def section_of(admin, student) -> str:
    return admin.get(f"/api/students/{student['id']}").data["section"]


def test_the_manifest_names_the_consumer():
    consumer = next(c for c in MODULE.consumers if c.name == "student-sections")
    assert (handler_of(consumer.handler), consumer.kinds) == (sections, ("Class",))


def test_s2_a_class_that_is_renamed_takes_its_students_along_however_often_it_is_told(admin, school, room, other_room, enrol):
    mine, other = enrol(), enrol(classId=other_room["id"])
    admin.put(f"/api/classes/{room['id']}", {"section": "Red"})
    for _ in range(3):
        assert sections(records(school), Context()) == {"batchItemFailures": []}
    assert (section_of(admin, mine), section_of(admin, other)) == ("Red", "B")
    assert admin.get(f"/api/students/{mine['id']}").data["version"] == 2
    assert [s["section"] for s in admin.get("/api/students", classId=room["id"]).data] == ["Red"]


def test_events_out_of_order_end_in_the_section_that_the_class_has_now(admin, school, room, enrol):
    student = enrol()
    admin.put(f"/api/classes/{room['id']}", {"section": "Red"})
    first = records(school)
    admin.put(f"/api/classes/{room['id']}", {"section": "Blue"})
    sections(records(school), Context())
    sections(first, Context())
    assert section_of(admin, student) == "Blue"


@pytest.mark.parametrize("change", [{"capacity": 30}, {"name": "Class X"}])
def test_other_changes_of_a_class_touch_no_student(admin, school, room, enrol, change):
    student = enrol()
    admin.put(f"/api/classes/{room['id']}", change)
    sections(records(school), Context())
    assert admin.get(f"/api/students/{student['id']}").data["version"] == 1


def test_a_student_who_is_changed_meanwhile_is_written_again_and_one_that_never_settles_is_reported(
    admin, school, room, enrol, monkeypatch
):
    from shared.data.unit_of_work import RetryWrite, UnitOfWork

    student = enrol()
    admin.put(f"/api/classes/{room['id']}", {"section": "Red"})
    commit, times = UnitOfWork.commit, []

    def overtaken(self):
        times.append(None)
        if self.changes and len(times) <= limit:
            raise RetryWrite
        commit(self)

    monkeypatch.setattr(UnitOfWork, "commit", overtaken)
    limit = 100
    assert sections(records(school), Context()) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert section_of(admin, student) == "A"
    times.clear()
    limit = 2
    assert sections(records(school), Context()) == {"batchItemFailures": []}
    assert section_of(admin, student) == "Red"
