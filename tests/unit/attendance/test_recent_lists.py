"""A list that may be a moment old costs nothing, and is never behind what its own process wrote."""

import time

from shared import lists
from shared.data import list_model, touched
from shared.data.list_model import ListModel
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Subject
from shared.ids import new_id
from shared.lists import class_of, student_row


def add(school_id: str, name: str) -> None:
    unit = UnitOfWork(school_id, Actor(), "classes")
    unit.create(Subject(school_id=school_id, id=new_id(), name=name))
    unit.commit()


def names(model: ListModel, school_id: str) -> set[str]:
    return {row["name"] for row in model.recent(school_id).values()}


def test_a_recent_list_is_asked_for_again_after_this_process_wrote_and_else_after_a_while(world, monkeypatch):
    school_id, model = new_id(), ListModel(Subject, lambda plain: plain, ())
    add(school_id, "Art")
    assert names(model, school_id) == {"Art"}
    world.calls.clear()
    assert names(model, school_id) == {"Art"}
    assert world.calls == [], "nothing was written since"
    add(school_id, "Biology")
    assert names(model, school_id) == {"Art", "Biology"}
    touched._moments.clear()  # as if another container had written
    with monkeypatch.context() as patched:
        patched.setattr(touched, "note", lambda *_: None)
        add(school_id, "Chemistry")
    assert names(model, school_id) == {"Art", "Biology"}
    real = time.time
    monkeypatch.setattr(list_model.time, "time", lambda: real() + list_model.RECENT_MS / 1000 + 1)
    assert names(model, school_id) == {"Art", "Biology", "Chemistry"}


def test_what_is_committed_is_remembered_for_a_bounded_number_of_schools():
    touched.note("a", "Class")
    assert touched.last("a", "Class") > 0
    for n in range(touched._KEPT):
        touched.note(str(n), "Class")
    assert (touched.last("a", "Class"), touched.last("never", "Class"), len(touched._moments)) == (0, 0, touched._KEPT)


def test_a_students_row_holds_its_history_where_that_says_more_than_its_class():
    plain = {"id": "s", "classId": "b", "admissionDate": "2026-04-01"}
    usual = student_row({**plain, "stays": [{"classId": "b", "since": "2026-04-01", "reason": "ADMITTED"}]})
    assert "stays" not in usual
    assert "stays" not in student_row(plain)
    assert (class_of(usual, "2026-03-31"), class_of(usual, "2026-04-01"), class_of(usual, "2030-01-01")) == (None, "b", "b")
    moved = student_row(
        {**plain, "stays": [{"classId": "a", "since": "2026-04-01", "until": "2026-06-30"}, {"classId": "b", "since": "2026-07-01"}]}
    )
    assert [class_of(moved, day) for day in ("2026-03-31", "2026-06-30", "2026-07-01")] == [None, "a", "b"]
    left = student_row({**plain, "stays": [{"classId": "b", "since": "2026-04-01", "until": "2026-06-30"}]})
    assert [class_of(left, day) for day in ("2026-06-30", "2026-07-01")] == ["b", None]
    assert lists.STUDENTS.hidden == {"stays"}
