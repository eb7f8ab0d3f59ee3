"""The demo school's people: as many as are promised, in many scripts, always the same."""

import unicodedata
from collections import Counter
from datetime import date
from itertools import pairwise

from functions.admissions import rules as register
from functions.admissions import schemas
from infra.local.demo.people import HEADERS, read_people, students_csv, year_of
from infra.local.demo.school import password_of
from infra.local.demo.staffroom import APPLICANTS, applicant_body, profile_of
from shared.csv_files import read_table
from shared.text import clean


def script(name):
    return unicodedata.name(next(sign for sign in name if sign.isalpha())).split()[0]


def test_there_are_600_students_and_40_staff_in_fifteen_scripts():
    people = read_people()
    assert Counter(p.kind for p in people) == {"student": 600, "staff": 40}
    assert len({script(p.first_name) for p in people if p.kind == "student"}) >= 15
    assert all(clean(text) == text for p in people for text in (p.first_name, p.last_name, p.parent_name))
    assert sum(not p.last_name for p in people if p.kind == "student") > 5


def test_the_file_of_students_is_the_same_all_year_with_fitting_ages_and_full_classes_within_their_seats():
    students = [p for p in read_people() if p.kind == "student"]
    first = students_csv(students, date(2026, 4, 1))
    assert first == students_csv(students, date(2027, 3, 31)) != students_csv(students, date(2027, 4, 1))
    table = read_table(first)
    assert table.headers == list(HEADERS)
    rows = [dict(zip(HEADERS, row.cells, strict=True)) for row in table.rows]
    assert len({r["Admission number"] for r in rows}) == len({r["Roll number"] for r in rows}) == 600
    assert set(Counter((r["Class"], r["Section"]) for r in rows).values()) == {30}
    for row in rows:
        age = (date(2026, 4, 1) - date.fromisoformat(row["Date of birth"])).days // 365
        assert 5 <= age - int(row["Class"].split()[1]) <= 7
        assert row["Date of birth"] < row["Admission date"]


def test_the_academic_year_begins_in_april():
    assert year_of(date(2026, 3, 31)) == ("2025-2026", date(2025, 4, 1), date(2026, 3, 31))
    assert year_of(date(2026, 4, 1))[0] == "2026-2027"


def test_a_second_load_knows_the_passwords_of_the_first_and_each_is_good():
    assert password_of("a", "x@y") == password_of("a", "x@y") != password_of("b", "x@y")
    for number in range(200):
        made = password_of("secret", f"{number}@y")
        assert all(any(map(kind, made)) for kind in (str.isupper, str.islower, str.isdigit))


def test_the_applicants_go_through_the_register_as_it_allows_and_the_staff_has_profiles_of_fitting_age():
    steps = [("ENQUIRY", *applicant.states) for applicant in APPLICANTS]
    assert all(register.may_become(before, after) for states in steps for before, after in pairwise(states))
    assert {states[-1] for states in steps} == {str(state) for state in schemas.Status} - {"ENROLLED"}
    for number, applicant in enumerate(APPLICANTS):
        body = applicant_body(number, applicant, date(2026, 4, 1))
        assert 5 <= 2026 - int(body["dateOfBirth"][:4]) - applicant.grade <= 7
        assert bool(applicant.reason) == (applicant.states[-1:] in (("DECLINED",), ("WITHDRAWN",)))
    joined = [profile_of(number, "Art", date(2026, 4, 1))["joinDate"] for number in range(40)]
    assert max(joined) < "2026-04-01"
    assert len({a.first_name for a in APPLICANTS}) == len(APPLICANTS)
