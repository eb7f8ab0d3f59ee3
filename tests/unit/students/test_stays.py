"""Class history: who was in which class on which day (rule S3)."""

import pytest

from shared import stays

ADMITTED = stays.admitted("nine", "2025-04-01")
MOVED = stays.moved(ADMITTED, "ten", "2026-04-01", "PROMOTED")


def test_s3_a_move_ends_the_last_stay_the_day_before():
    assert MOVED == [
        {"classId": "nine", "since": "2025-04-01", "reason": "ADMITTED", "until": "2026-03-31"},
        {"classId": "ten", "since": "2026-04-01", "reason": "PROMOTED"},
    ]
    assert ADMITTED == [{"classId": "nine", "since": "2025-04-01", "reason": "ADMITTED"}]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-03-31", None), ("2025-04-01", "nine"), ("2026-03-31", "nine"), ("2026-04-01", "ten"), ("2030-01-01", "ten")],
)
def test_s3_last_years_records_stay_with_the_class_of_their_time(day, expected):
    assert stays.class_on(MOVED, day) == expected


def test_a_move_on_the_day_of_the_last_one_mends_it_and_keeps_its_reason():
    mended = stays.moved(ADMITTED, "nine-b", "2025-04-01", "TRANSFERRED")
    assert mended == [{"classId": "nine-b", "since": "2025-04-01", "reason": "ADMITTED"}]


def test_a_move_before_the_present_stay_is_refused():
    with pytest.raises(stays.TooEarly, match="2026-04-01"):
        stays.moved(MOVED, "eight", "2026-03-31", "TRANSFERRED")
    with pytest.raises(stays.TooEarly):
        stays.ended(MOVED, "2026-03-31")


def test_who_leaves_is_in_the_class_on_the_last_day_and_not_after():
    left = stays.ended(MOVED, "2026-09-30")
    assert (stays.class_on(left, "2026-09-30"), stays.class_on(left, "2026-10-01")) == ("ten", None)
    assert stays.ended(left, "2026-12-31") == left


def test_who_is_back_at_once_never_left_and_who_is_back_later_has_a_new_stay():
    left = stays.ended(MOVED, "2026-09-30")
    assert stays.resumed(left, "ten", "2026-10-01") == MOVED
    assert stays.resumed(MOVED, "ten", "2026-10-01") == MOVED
    later = stays.resumed(left, "ten", "2026-11-01")
    assert later[-1] == {"classId": "ten", "since": "2026-11-01", "reason": "READMITTED"}
    assert stays.class_on(later, "2026-10-15") is None
    elsewhere = stays.resumed(left, "eleven", "2026-09-30")
    assert (elsewhere[-2]["until"], elsewhere[-1]["classId"]) == ("2026-09-29", "eleven")


def test_another_day_of_admission_moves_the_first_stay_within_its_bounds():
    assert stays.admitted_on(MOVED, "2025-06-01")[0]["since"] == "2025-06-01"
    with pytest.raises(stays.TooEarly):
        stays.admitted_on(MOVED, "2026-04-02")
    assert stays.admitted_on([], "2026-04-02") == []


def test_a_student_from_before_the_history_gets_one_with_its_first_move():
    assert stays.moved([], "ten", "2026-04-01", "PROMOTED") == [{"classId": "ten", "since": "2026-04-01", "reason": "PROMOTED"}]
    assert stays.ended([], "2026-04-01") == []
    assert stays.class_on([], "2026-04-01") is None
