"""The rules of a student's dates and states."""

from datetime import date

import pytest

from functions.students import rules
from shared import student_dates

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("born", "good"),
    [(date(2012, 2, 29), True), (date(1900, 1, 1), True), (date(2026, 11, 23), True), (TODAY, False), (date(1899, 12, 31), False)],
)
def test_a_date_of_birth_lies_in_the_past_and_not_before_1900(born, good):
    assert (not student_dates.birth_findings(born, TODAY)) is good


@pytest.mark.parametrize(
    ("admitted", "good"),
    [(date(2012, 2, 28), False), (date(2012, 2, 29), True), (date(2027, 11, 25), True), (date(2027, 11, 26), False)],
)
def test_an_admission_is_not_before_the_birth_and_not_far_ahead(admitted, good):
    assert (not student_dates.admission_findings(admitted, date(2012, 2, 29), TODAY)) is good


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("ACTIVE", "ACTIVE", True),
        ("ACTIVE", "SUSPENDED", True),
        ("ACTIVE", "TRANSFERRED", True),
        ("SUSPENDED", "GRADUATED", True),
        ("INACTIVE", "ACTIVE", True),
        ("GRADUATED", "ACTIVE", True),
        ("GRADUATED", "TRANSFERRED", False),
        ("GRADUATED", "SUSPENDED", False),
        ("TRANSFERRED", "INACTIVE", False),
        ("INACTIVE", "SUSPENDED", False),
    ],
)
def test_who_has_left_comes_back_as_active_only(before, after, allowed):
    assert rules.may_become(before, after) is allowed
