"""A student with attendance is deactivated, not removed (rule G10)."""

import pytest

from shared.references import refers_to_student
from tests.api.attendance.conftest import at, mark


@pytest.mark.parametrize("day", ["2026-11-24", "2026-06-01"])
def test_g10_a_student_who_was_ever_marked_is_deactivated(admin, school, room, pupils, day):
    assert mark(admin, room, {pupils[0]: "ABSENT"}, day, reason="Paper register").status == 201
    assert (refers_to_student(school.id, pupils[0]), refers_to_student(school.id, pupils[1])) == (True, False)
    assert admin.delete(f"/api/students/{pupils[0]}").data["outcome"] == "deactivated"
    assert admin.delete(f"/api/students/{pupils[1]}").data["outcome"] == "removed"
    assert admin.get(f"/api/attendance/student/{pupils[0]}").data[0]["status"] == "ABSENT"


def test_g10_a_mark_in_an_earlier_class_counts_also_when_its_register_is_long_past(admin, school, room, other_room, pupils):
    from functions.attendance.consumers import roll_ups
    from tests.support.client import Context
    from tests.support.journal import entries, stream_event

    mark(admin, room, {pupils[0]: "ABSENT"}, "2026-11-23")
    roll_ups(stream_event(*entries(school.id, "Register")), Context())
    at("2026-12-30T10:00:00+05:30")
    admin.put(f"/api/students/{pupils[0]}", {"classId": other_room})
    assert refers_to_student(school.id, pupils[0])
    assert not refers_to_student(school.id, pupils[1])
