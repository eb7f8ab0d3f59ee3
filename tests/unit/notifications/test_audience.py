"""The same person is found to be one, however they are known: properties of any school's families."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications import audience, persons
from functions.notifications.persons import Book
from shared.entities.tenancy import School

CHANNELS = ["IN_APP", "EMAIL", "SMS"]
EMAILS = st.sampled_from([None, *(f"{name}@home.example" for name in "abcdef")])
PHONES = st.sampled_from([None, *(f"+91980000000{n}" for n in range(5))])


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.setattr(persons, "key_of", lambda _school: b"key")


@st.composite
def towns(draw):
    """Users of one school, whose e-mail addresses are unique; students with guardians and contacts as they come."""
    count = draw(st.integers(0, 5))
    users = {
        f"u{n}": {
            "id": f"u{n}",
            "email": f"{'abcdefgh'[n]}@home.example",
            "phone": draw(PHONES),
            "role": "STUDENT_PARENT",
            "firstName": "P",
        }
        for n in range(count)
    }
    students = []
    links = {}
    for n in range(draw(st.integers(0, 8))):
        email = draw(EMAILS)
        students.append(
            {
                "id": f"s{n}",
                "classId": draw(st.sampled_from("xy")),
                "parentEmail": email and (email.upper() if draw(st.booleans()) else email),
                "parentPhone": draw(PHONES),
                "parentName": None,
            }
        )
        links[f"s{n}"] = draw(st.lists(st.sampled_from([*users, "gone"]), max_size=2, unique=True))
    return users, students, links


def told(users, students, links):
    book = Book("school", users)
    audience.add_parents(book, students, audience.Links(links))
    people = book.everybody()
    school = School(school_id="school", id="school", timezone="UTC", currency="INR", settings={"messages": {"sms": True}})
    persons.choose_channels(school, people, "ANNOUNCEMENT", CHANNELS, {})
    return people


@given(towns())
def test_n1_each_person_is_there_once_and_each_address_is_used_once(town):
    people = told(*town)
    assert max(Counter(p.id for p in people).values(), default=1) == 1
    used = Counter(persons.address_of(p, c) for p in people for c in p.channels)
    assert max(used.values(), default=1) == 1
    assert not any(p.user_id is None and p.email in {u["email"] for u in town[0].values()} for p in people)


@given(towns())
def test_n1_every_student_whose_family_is_known_is_told_of_and_nobody_else_is_told(town):
    users, students, links = town
    people = told(*town)
    reached = {persons.address_of(p, c) for p in people for c in p.channels}
    expected = set()
    for row in students:
        guardians = [u for u in links[row["id"]] if u in users]
        if guardians:
            assert reached >= {users[u]["email"] for u in guardians}
            expected |= set(guardians) | {users[u]["email"] for u in guardians} | {users[u]["phone"] for u in guardians}
        elif row["parentEmail"] or row["parentPhone"]:
            email = (row["parentEmail"] or "").lower()
            same = {r["parentEmail"].lower() for r in students if r["parentEmail"] and r["parentPhone"] == row["parentPhone"]}
            assert email in reached if email else ({row["parentPhone"]} | same) & reached
            expected |= {email, row["parentPhone"]}
            expected |= {
                v
                for u in users.values()
                if email == u["email"] or row["parentPhone"] == u["phone"]
                for v in (u["id"], u["email"], u["phone"])
            }
            expected |= {r["parentEmail"].lower() for r in students if r["parentEmail"] and r["parentPhone"] == row["parentPhone"]}
    assert reached <= expected


@given(towns(), st.randoms(use_true_random=False))
def test_n1_the_order_of_the_students_does_not_matter_for_who_is_reached(town, random):
    users, students, links = town
    first = told(users, students, links)
    shuffled = list(students)
    random.shuffle(shuffled)
    second = told(users, shuffled, links)
    assert {p.id for p in first if p.user_id} == {p.id for p in second if p.user_id}
    assert {p.email for p in first if p.email} == {p.email for p in second if p.email}
