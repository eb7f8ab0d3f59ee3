"""Roll-ups equal a rebuild from scratch however events come, absences are told once (rule T4), and the daily job puts right what differs."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.attendance import jobs, rollups
from functions.attendance.consumers import absences, roll_ups
from functions.attendance.module import MODULE
from shared import messages
from shared.attendance_codes import unpack_counts, unpack_sheet
from shared.attendance_totals import low_attendance, still_absent
from shared.data import reader
from shared.entities.attendance import LowAttendance, MonthCounts, MonthSheet, Register
from shared.entities.messages import Message
from shared.ids import new_id
from shared.jobs import asked, perform
from shared.registry import handler_of
from tests.api.attendance.conftest import TODAY, at, mark
from tests.support.client import Context
from tests.support.journal import entries, stream_event
from tests.support.world import make_person, make_school

GOOD = {"batchItemFailures": []}


def play(handler, school, *found) -> None:
    assert handler(stream_event(*(found or entries(school.id, "Register"))), Context()) == GOOD


def rolled_up(school, room: str, month: str = "2026-11") -> tuple:
    sheet = reader.load(MonthSheet, consistent=True, school_id=school.id, class_id=room, month=month)
    raw = reader.get(MonthSheet.key_of(school_id=school.id, class_id=room, month=month), consistent=True)
    counts = reader.load(MonthCounts, consistent=True, school_id=school.id, class_id=room, month=month)
    return (unpack_sheet(month, reader.blob(raw, "content")) if sheet else None, unpack_counts(counts.days) if counts else None)


def from_scratch(school, room: str, month: str = "2026-11") -> tuple:
    """What the registers say, reckoned apart."""
    sheet: dict = {}
    counts: dict = {}
    for raw in reader.query(Register.partition_of(school_id=school.id, class_id=room), prefix=month, consistent=True):
        from shared.attendance_codes import Counts, letters_of

        letters = letters_of(raw["marks"]["S"])
        day = raw["day"]["S"]
        for student, letter in letters.items():
            sheet.setdefault(student, {})[day] = letter
        counts[int(day[8:])] = Counts(*(list(letters.values()).count(c) for c in "PALHE"))
    return sheet, counts


def owed(school) -> list[Message]:
    found = reader.query(Message.partition_of(school_id=school.id), consistent=True)
    return [Message.from_item(raw) for raw in found]


def test_the_manifest_names_the_consumers_and_the_job():
    assert {c.name: (handler_of(c.handler), c.kinds) for c in MODULE.consumers} == {
        "attendance-roll-ups": (roll_ups, ("Register",)),
        "attendance-absences": (absences, ("Register",)),
    }
    assert MODULE.jobs[0].name == "attendance-reconcile"
    assert handler_of(MODULE.queues[0].handler) is jobs.lambda_handler


STATUS = st.sampled_from(["PRESENT", "ABSENT", "LATE", "HALF_DAY", "EXCUSED"])
MARKING = st.tuples(st.sampled_from(["2026-11-20", "2026-11-23", TODAY]), st.dictionaries(st.integers(0, 2), STATUS, min_size=1))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(markings=st.lists(MARKING, min_size=1, max_size=5), seed=st.integers(0, 10**6))
def test_events_three_times_and_out_of_order_end_as_a_rebuild_from_scratch(admin, school, enrol, markings, seed):
    room = admin.post("/api/classes", {"name": new_id(), "section": "A", "grade": "1", "capacity": 9}).data["id"]
    pupils = [enrol(room, name) for name in ("A", "B", "C")]
    chance = random.Random(seed)
    for day, marks in markings:
        assert mark(admin, room, {pupils[n]: status for n, status in marks.items()}, day).status in (200, 201)
        if chance.random() < 0.5:  # the consumer is midway: some events come before later changes
            play(roll_ups, school, entries(school.id, "Register")[-1])
    events = [e for e in entries(school.id, "Register") if e.entity_id.startswith(room)] * 3
    chance.shuffle(events)
    play(roll_ups, school, *events)
    assert rolled_up(school, room) == from_scratch(school, room)


def test_a_consumer_killed_between_its_writes_ends_right_when_the_event_comes_again(admin, school, room, pupils, monkeypatch):
    mark(admin, room, dict.fromkeys(pupils, "ABSENT"))
    writing, turns = rollups._replace, []

    def dying(made, known):
        turns.append(type(made).__name__)
        if len(turns) == 2:
            raise KeyboardInterrupt
        return writing(made, known)

    monkeypatch.setattr(rollups, "_replace", dying)
    with pytest.raises(KeyboardInterrupt):
        roll_ups(stream_event(*entries(school.id, "Register")), Context())
    play(roll_ups, school)
    assert rolled_up(school, room) == from_scratch(school, room)
    assert len(low_attendance(school.id, below=85)) == 3


def test_two_consumers_at_once_do_not_leave_the_older_view(admin, school, room, pupils, monkeypatch):
    mark(admin, room, {pupils[0]: "ABSENT"})
    making, turns = rollups.month_of, []

    def overtaken(*arguments):
        made = making(*arguments)
        if not turns:
            turns.append(None)
            mark(admin, room, {pupils[0]: "PRESENT", pupils[1]: "LATE"})
            rollups.rebuild(school.id, room, "2026-11")
        return made

    monkeypatch.setattr(rollups, "month_of", overtaken)
    rollups.rebuild(school.id, room, "2026-11")
    assert rolled_up(school, room) == from_scratch(school, room)


def test_a_poisoned_entry_is_reported_alone(admin, school, room, other_room, pupils, enrol, monkeypatch):
    mark(admin, room, {pupils[0]: "ABSENT"})
    mark(admin, other_room, {enrol(other_room): "ABSENT"})
    good, bad = entries(school.id, "Register")
    bad.entity_id = "nonsense"
    assert roll_ups(stream_event(bad, good), Context()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert rolled_up(school, room)[0] == {pupils[0]: {TODAY: "A"}}


def test_whose_attendance_is_low_is_listed_with_its_numbers_the_lowest_first(admin, school, room, other_room, pupils):
    a, b, c = pupils
    for day, first, second in (("2026-11-20", "PRESENT", "ABSENT"), ("2026-11-23", "PRESENT", "HALF_DAY"), (TODAY, "ABSENT", "ABSENT")):
        mark(admin, room, {a: first, b: second, c: "PRESENT"}, day)
    play(roll_ups, school)
    low = low_attendance(school.id, below=75)
    assert [(x.student_id, x.class_id, str(x.percentage), x.counts.total) for x in low] == [(b, room, "16.67", 3), (a, room, "66.67", 3)]
    assert [x.student_id for x in low_attendance(school.id, below=50)] == [b]
    assert low_attendance(school.id, below=75, class_ids={other_room}) == []
    admin.put(f"/api/students/{b}", {"status": "INACTIVE"})
    assert [x.student_id for x in low_attendance(school.id, below=75)] == [a]
    for day in ("2026-11-20", "2026-11-23", TODAY):
        mark(admin, room, {a: "PRESENT"}, day)
    play(roll_ups, school)
    assert low_attendance(school.id, below=75) == []


# Rule T4


@pytest.fixture
def telling(admin):
    """The school tells absences."""
    assert (
        admin.put("/api/schools/current", {"settings": {"attendance": {"absenceMessages": True, "absenceMessagesAt": "10:30"}}}).status
        == 200
    )


def test_t4_guardians_are_owed_one_message_a_day_however_often_the_class_is_marked(admin, school, room, pupils, telling):
    a, b, _ = pupils
    mark(admin, room, {a: "ABSENT", b: "PRESENT"})
    for _ in range(3):
        play(absences, school)
    mark(admin, room, {a: "PRESENT"})
    mark(admin, room, {a: "ABSENT"})
    play(absences, school, *entries(school.id, "Register")[::-1] * 3)
    (message,) = owed(school)
    assert (message.id, message.topic, message.student_id, message.state) == (f"ABSENCE#{a}#{TODAY}", "ABSENCE", a, "OWED")
    assert message.not_before == "2026-11-24T05:00:00.000Z", "half past ten in Kolkata"
    row = admin.get("/api/attendance", studentId=a).data[0]
    assert message.facts == {"date": TODAY, "classId": room, "className": "Class 10 A", "studentName": "Asha", "attendanceId": row["id"]}


def test_t4_a_mark_that_is_corrected_before_the_message_is_sent_stops_it(admin, school, room, pupils, telling):
    a, b, _ = pupils
    mark(admin, room, {a: "ABSENT", b: "ABSENT"})
    first = entries(school.id, "Register")
    mark(admin, room, {b: "LATE"})
    play(absences, school, *first)
    (message,) = owed(school)
    assert message.student_id == a, "what was corrected before the event came is not even owed"
    assert still_absent(school.id, a, message.facts)
    mark(admin, room, {a: "PRESENT"})
    assert not still_absent(school.id, a, message.facts)


def test_t4_nothing_is_owed_unless_the_school_says_so_nor_for_another_day(admin, school, room, pupils):
    mark(admin, room, {pupils[0]: "ABSENT"})
    play(absences, school)
    assert owed(school) == []
    admin.put("/api/schools/current", {"settings": {"attendance": {"absenceMessages": True}}})
    mark(admin, room, {pupils[1]: "ABSENT"}, "2026-11-23")
    play(absences, school, entries(school.id, "Register")[-1])
    assert owed(school) == []
    at("2026-11-25T00:30:00+05:30")
    play(absences, school)
    assert owed(school) == [], "yesterday's absence is no news"


def test_t4_a_message_that_dies_midway_is_owed_once_when_the_event_comes_again(admin, school, room, pupils, telling, monkeypatch):
    mark(admin, room, dict.fromkeys(pupils, "ABSENT"))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(messages.UnitOfWork, "commit", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        absences(stream_event(*entries(school.id, "Register")), Context())
    play(absences, school)
    assert [m.student_id for m in owed(school)] == sorted(pupils)


# The daily job


def test_the_job_reports_any_difference_and_puts_it_right(admin, school, room, other_room, pupils):
    from shared.data.derived import put_if

    mark(admin, room, {pupils[0]: "ABSENT", pupils[1]: "PRESENT"})
    mark(admin, room, {pupils[0]: "PRESENT"}, "2026-10-30", reason="Paper register")
    play(roll_ups, school)
    run = perform("attendance", jobs.reconcile, asked("attendance-reconcile", school.id, TODAY))
    assert run.result == {"classes": 2, "months": 4, "sheetsPutRight": 0, "countsPutRight": 0, "lowListsPutRight": 0}
    put_if(MonthCounts(school_id=school.id, class_id=room, month="2026-11", days="x1", version=9), None)
    key = MonthSheet.key_of(school_id=school.id, class_id=room, month="2026-10")
    from shared.data.connection import client as engine
    from shared.settings import settings as told

    engine("dynamodb").delete_item(TableName=told().table, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})
    put_if(LowAttendance(school_id=school.id, class_id=room, students={}, below="85", version=3), None)
    again = perform("attendance", jobs.reconcile, asked("attendance-reconcile", school.id, TODAY, again="by hand"))
    assert again.result == {"classes": 2, "months": 4, "sheetsPutRight": 1, "countsPutRight": 1, "lowListsPutRight": 1}
    for month in ("2026-10", "2026-11"):
        assert rolled_up(school, room, month) == from_scratch(school, room, month)
    assert perform("attendance", jobs.reconcile, asked("attendance-reconcile", school.id, TODAY)) is None, "the day is done"


@pytest.mark.parametrize(
    ("timezone", "now", "day", "not_before"),
    [
        ("Pacific/Honolulu", "2027-01-01T05:00:00Z", "2026-12-31", "2026-12-31T20:30:00.000Z"),
        ("Pacific/Kiritimati", "2026-12-30T18:30:00Z", "2026-12-31", "2026-12-30T20:30:00.000Z"),
        ("Europe/Berlin", "2026-10-23T06:00:00Z", "2026-10-23", "2026-10-23T08:30:00.000Z"),  # summer time
        ("Europe/Berlin", "2026-10-26T06:00:00Z", "2026-10-26", "2026-10-26T09:30:00.000Z"),  # the clock has gone back
    ],
)
def test_t4_not_before_the_schools_own_time_of_day(world, timezone, now, day, not_before):
    at(now)
    told = {"attendance": {"absenceMessages": True, "absenceMessagesAt": "10:30"}}
    school = make_school(timezone=timezone, settings=told)
    client = make_person(school).client
    room = client.post("/api/classes", {"name": "C", "section": "A", "grade": "1", "capacity": 9}).data["id"]
    born = {"firstName": "A", "dateOfBirth": "2012-01-01", "gender": "MALE", "admissionDate": "2026-04-01", "classId": room}
    pupil = client.post("/api/students", born).data["id"]
    assert mark(client, room, {pupil: "ABSENT"}, day).status == 201
    play(absences, school)
    assert [(m.id, m.not_before) for m in owed(school)] == [(f"ABSENCE#{pupil}#{day}", not_before)]
