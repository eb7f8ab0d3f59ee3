"""Which days may be marked (T2), and how marks merge (T1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.rules import Calendar, Wish, counts_of_days, differences, finding, later_mark, merged
from shared.attendance_codes import Counts, Mark
from shared.ids import new_id

TUESDAY = date(2026, 11, 24)
STUDENTS = [new_id() for _ in range(5)]
WISHES = st.lists(
    st.builds(Wish, st.sampled_from(STUDENTS), st.sampled_from("PALHE"), st.none() | st.sampled_from(["Bus", "Ill"])),
    unique_by=lambda w: w.student_id,
)
WHO = st.sampled_from(["teacher", "admin"])
WHEN = st.integers(0, 59).map(lambda n: f"2026-11-24T04:{n:02d}:00.000Z")


def calendar(**fields) -> Calendar:
    week = ("MON", "TUE", "WED", "THU", "FRI")
    base = {
        "today": TUESDAY,
        "year_start": date(2026, 4, 1),
        "year_end": date(2027, 3, 31),
        "school_days": week,
        "holidays": {},
        "correction_days": 7,
    }
    return Calendar(**{**base, **fields})


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({}, "2026-11-13"),
        ({"correction_days": 0}, "2026-11-24"),
        ({"correction_days": 1}, "2026-11-23"),
        ({"correction_days": 2}, "2026-11-20"),
        ({"holidays": {"2026-11-23": "Mourning"}, "correction_days": 1}, "2026-11-20"),
        ({"school_days": ("MON", "TUE", "WED", "THU", "FRI", "SAT"), "correction_days": 2}, "2026-11-21"),
        ({"today": date(2026, 4, 2)}, "2026-04-01"),
        ({"school_days": ("SUN",), "correction_days": 60}, "2026-04-01"),
    ],
)
def test_t2_the_days_that_anybody_may_mark_are_school_days(fields, first):
    assert str(calendar(**fields).open_from) == first


@pytest.mark.parametrize(
    ("day", "admin", "reason", "field"),
    [
        (date(2026, 11, 24), False, None, None),
        (date(2026, 11, 25), True, "because", "date"),
        (date(2026, 11, 13), False, None, None),
        (date(2026, 11, 12), False, "because", "date"),
        (date(2026, 11, 12), True, None, "reason"),
        (date(2026, 11, 12), True, "because", None),
        (date(2026, 11, 22), True, "because", "date"),
        (date(2026, 3, 31), True, "because", "date"),
    ],
)
def test_t2_what_stands_against_a_day(day, admin, reason, field):
    found = finding(calendar(), day, is_admin=admin, reason=reason)
    assert (found[0] if found else None) == field


def test_t2_a_day_after_the_year_is_refused_when_it_is_over():
    found = finding(calendar(today=date(2027, 5, 1)), date(2027, 4, 30), is_admin=True, reason="because")
    assert found == ("date", "2027-04-30 lies outside the academic year, 2026-04-01 to 2027-03-31")


@given(st.lists(st.tuples(WISHES, WHO, WHEN), max_size=5))
def test_t1_marks_merge_to_one_status_for_each_student_in_lasting_slots(calls):
    marks: list[Mark] = []
    for wishes, by, at in calls:
        after = merged(marks, wishes, by, at)
        assert [m.student_id for m in after][: len(marks)] == [m.student_id for m in marks], "slots stay"
        assert merged(after, wishes, "somebody", "2026-11-25T00:00:00.000Z") == after, "doing it again changes nothing"
        assert {w.student_id: w.letter for w in wishes}.items() <= {m.student_id: m.letter for m in after}.items()
        named = {w.student_id for w in wishes}
        assert [m for m in after if m.student_id not in named] == [m for m in marks if m.student_id not in named], "the rest stays"
        marks = after
    assert len({m.student_id for m in marks}) == len(marks)


@given(WISHES, WISHES)
def test_t1_the_journal_tells_both_versions(first, second):
    before = merged([], first, "teacher", "2026-11-24T04:00:00.000Z")
    after = merged(before, second, "admin", "2026-11-24T05:00:00.000Z")
    told = differences(before, after)
    assert (told == {}) == (before == after)
    if before:
        names = {"P": "PRESENT", "A": "ABSENT", "L": "LATE", "H": "HALF_DAY", "E": "EXCUSED"}
        undone = {m.student_id: names[m.letter] for m in after} | {k: v[0] for k, v in told.items() if "." not in k}
        assert {k: v for k, v in undone.items() if v is not None} == {m.student_id: names[m.letter] for m in before}


def test_a_mark_that_says_something_else_later_stays_and_one_that_says_the_same_is_none():
    mark = Mark("s", "P", "a", "2026-11-24T04:00:00.000Z", "a", "2026-11-24T04:00:00.000Z")
    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert later_mark(mark, Wish("s", "A", None), noon - timedelta(seconds=1))
    assert not later_mark(mark, Wish("s", "A", None), noon)
    assert not later_mark(mark, Wish("s", "P", None), noon - timedelta(hours=1))
    assert not later_mark(None, Wish("s", "A", None), noon)


def test_t3_holidays_never_count():
    assert counts_of_days({"2026-11-23": "A", "2026-11-24": "P"}, {"2026-11-23": "Mourning"}) == Counts(present=1)
