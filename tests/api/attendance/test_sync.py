"""What a phone marked offline is merged without doubling, and each entry is told what became of it."""

from typing import Any

import pytest

from shared.auth.permissions import Role
from tests.api.attendance.conftest import TODAY, at, mark
from tests.support.journal import entries
from tests.support.world import make_person

MORNING = "2026-11-24T03:45:00.000Z"


@pytest.fixture
def entry(room, pupils):
    """An entry for the first student, marked at a quarter past nine."""

    def make(number: int = 1, **fields: Any) -> dict[str, Any]:
        base = {"clientId": f"phone-{number}", "classId": room, "date": TODAY, "markedAt": MORNING}
        who = {} if "records" in fields else {"studentId": pupils[0], "status": "ABSENT"}
        return {**base, **who, **fields}

    return make


def sync(client, *sent: dict[str, Any]) -> list[dict[str, Any]]:
    reply = client.post("/api/attendance/sync", {"entries": list(sent)})
    assert reply.status == 200, reply.body
    return reply.data["results"]


def outcomes(results) -> list[str]:
    return [r["outcome"] for r in results]


def statuses(client, room: str, day: str = TODAY) -> dict[str, str]:
    return {r["studentId"]: r["status"] for r in client.get(f"/api/attendance/class/{room}/date/{day}").data["records"]}


def test_a_batch_is_applied_and_sending_it_again_changes_nothing(teacher, school, admin, room, pupils, entry):
    several = [{"studentId": pupils[1], "status": "PRESENT"}, {"studentId": pupils[2], "status": "LATE", "remarks": "Bus"}]
    batch = [entry(1), entry(2, records=several), entry(3, date="2026-11-23", status="PRESENT")]
    first = sync(teacher.client, *batch)
    assert outcomes(first) == ["APPLIED"] * 3
    assert [(r["clientId"], r["version"]) for r in first] == [("phone-1", 1), ("phone-2", 1), ("phone-3", 1)]
    assert statuses(admin, room) == {pupils[0]: "ABSENT", pupils[1]: "PRESENT", pupils[2]: "LATE"}
    row = admin.get("/api/attendance", studentId=pupils[0]).data[0]
    assert (row["updatedAt"], row["markedBy"]) == (MORNING, teacher.id)
    journal = len(entries(school.id))
    assert outcomes(sync(teacher.client, *batch)) == ["UNCHANGED"] * 3
    assert len(entries(school.id)) == journal
    assert admin.get(f"/api/attendance/student/{pupils[0]}/summary").data["totalDays"] == 2
    assert admin.get("/api/attendance/report").data[0]["totalDays"] == 4


def test_a_phone_that_syncs_late_does_not_undo_what_somebody_else_marked_later(admin, teacher, room, pupils, entry):
    mark(admin, room, {pupils[0]: "PRESENT"})
    told = sync(teacher.client, entry(1), entry(2, studentId=pupils[1]))
    assert outcomes(told) == ["CONFLICT", "APPLIED"]
    assert told[0]["conflicts"][0]["status"] == "PRESENT"
    assert told[0]["conflicts"][0]["studentId"] == pupils[0]
    assert statuses(admin, room) == {pupils[0]: "PRESENT", pupils[1]: "ABSENT"}
    assert outcomes(sync(teacher.client, entry(1), entry(2, studentId=pupils[1]))) == ["CONFLICT", "UNCHANGED"]


def test_the_rest_of_an_entry_in_conflict_is_taken(admin, teacher, room, pupils, entry):
    mark(admin, room, {pupils[0]: "PRESENT"})
    told = sync(teacher.client, entry(1, records=[{"studentId": p, "status": "ABSENT"} for p in pupils]))
    assert (told[0]["outcome"], [c["studentId"] for c in told[0]["conflicts"]]) == ("CONFLICT", [pupils[0]])
    assert statuses(admin, room) == {pupils[0]: "PRESENT", pupils[1]: "ABSENT", pupils[2]: "ABSENT"}


def test_a_phone_that_marked_later_or_had_seen_the_register_wins(admin, teacher, room, pupils, entry):
    at("2026-11-24T09:00:00+05:30")
    mark(admin, room, {pupils[0]: "PRESENT"})
    at("2026-11-24T10:00:00+05:30")
    assert outcomes(sync(teacher.client, entry(1))) == ["APPLIED"]
    mark(admin, room, {pupils[0]: "PRESENT"})
    assert outcomes(sync(teacher.client, entry(2, baseVersion=2))) == ["CONFLICT"]
    assert outcomes(sync(teacher.client, entry(3, baseVersion=3))) == ["APPLIED"]
    assert statuses(admin, room) == {pupils[0]: "ABSENT"}


def test_an_old_batch_does_not_undo_the_teachers_own_later_correction(admin, teacher, room, pupils, entry):
    sync(teacher.client, entry(1))
    mark(teacher.client, room, {pupils[0]: "LATE"})
    told = sync(teacher.client, entry(1))
    assert (told[0]["outcome"], told[0]["reason"]) == ("UNCHANGED", "You marked later yourself")
    assert statuses(admin, room) == {pupils[0]: "LATE"}


def test_entries_are_merged_in_the_order_in_which_they_were_marked(admin, teacher, room, pupils, entry):
    later = entry(1, status="PRESENT", markedAt="2026-11-24T04:00:00Z")
    assert outcomes(sync(teacher.client, later, entry(2))) == ["APPLIED", "APPLIED"]
    assert statuses(admin, room) == {pupils[0]: "PRESENT"}
    assert outcomes(sync(teacher.client, later, entry(2))) == ["UNCHANGED", "UNCHANGED"]


def test_each_entry_that_is_refused_says_why_and_the_others_are_taken(admin, teacher, room, other_room, pupils, enrol, entry):
    stranger = enrol(other_room, "Dara")
    sent = [
        entry(1),
        entry(2, studentId=stranger),
        entry(3, classId=other_room, studentId=stranger),
        entry(4, date="2026-11-22"),
        entry(5, date="2026-06-01"),
        entry(6, markedAt="2026-11-24T05:00:00Z"),
        entry(7, classId="0198a2b4-0000-7000-8000-00000000dead"),
        {k: v for k, v in entry(8).items() if k != "status"},
        entry(9, records=[{"studentId": pupils[0], "status": "LATE"}], studentId=pupils[1]),
    ]
    told = sync(teacher.client, *sent)
    assert outcomes(told) == ["APPLIED", *["REFUSED"] * 8]
    reasons = [r["reason"] for r in told]
    for reason, part in zip(
        reasons[1:],
        ("Dara", "not allowed", "Sunday", "admin", "clock is ahead", "No class", "Send studentId", "Send studentId"),
        strict=True,
    ):
        assert part in reason
    assert statuses(admin, room) == {pupils[0]: "ABSENT"}


def test_the_batch_is_bounded_and_its_fields_are_checked(teacher, room, entry):
    many = [
        entry(n, date=f"2026-{m:02d}-{d:02d}", reason="Because")
        for n, (m, d) in enumerate([(m, d) for m in (6, 7, 8) for d in range(1, 29)])
    ]
    admin_only = teacher.client.post("/api/attendance/sync", {"entries": many})
    assert set(outcomes(admin_only.data["results"])) == {"REFUSED"}
    for bad in ({"markedAt": 1}, {"markedAt": "2026-11-24T03:45:00"}, {"clientId": ""}, {"baseVersion": -1}):
        assert teacher.client.post("/api/attendance/sync", {"entries": [entry(1, **bad)]}).status == 400, bad


def test_no_more_than_thirty_registers_go_into_one_transaction(admin, entry):
    days = [f"2026-{m:02d}-{d:02d}" for m in (6, 7) for d in range(1, 30)]
    many = [entry(n, date=day, reason="Paper register") for n, day in enumerate(days)]
    assert admin.post("/api/attendance/sync", {"entries": many}).error["details"][0]["field"] == "entries"
    weekdays = sync(admin, *many[:28])
    assert outcomes(weekdays).count("APPLIED") == 20
    assert admin.get(f"/api/attendance/student/{many[0]['studentId']}/summary").data["totalDays"] == 20


def test_a2_others_may_not_sync(school, entry):
    for role in (Role.STUDENT_PARENT, Role.ACCOUNTANT):
        assert make_person(school, role).client.post("/api/attendance/sync", {"entries": [entry()]}).status == 403
