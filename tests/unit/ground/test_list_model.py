"""Lists in memory: fresh by the journal, exact, in a total order, at the price of one query."""

import time

import pytest

from shared import list_refresh
from shared.data import reader, snapshots
from shared.data.list_model import ListModel
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.academics import Subject
from shared.ids import new_id


def model(**options) -> ListModel:
    return ListModel(Subject, lambda plain: {k: plain.get(k) for k in ("id", "name", "code", "version")}, ("name", "code"), **options)


def add(school_id: str, count: int, prefix: str = "Subject") -> list[Subject]:
    made = [Subject(school_id=school_id, id=new_id(), name=f"{prefix} {i}", code=f"C{i}" if i % 2 else None) for i in range(count)]
    for start in range(0, count, 90):
        unit = UnitOfWork(school_id, Actor(), "classes")
        for one in made[start : start + 90]:
            unit.create(one)
        unit.commit()
    return made


def change(school_id: str, entity_id: str, **fields) -> None:
    found = reader.load(Subject, consistent=True, school_id=school_id, id=entity_id)
    for name, value in fields.items():
        setattr(found, name, value)
    unit = UnitOfWork(school_id, Actor(), "classes")
    unit.update(found)
    unit.commit()


def names(listing) -> list[str]:
    import orjson

    return [orjson.loads(r)["name"] for r in listing.rows]


def test_g6_a_record_is_listed_as_soon_as_it_is_written_by_another_container(world):
    school_id, ours, theirs = new_id(), model(), model()
    assert ours.page(school_id, 1, 10).total == 0
    made = add(school_id, 3)
    assert theirs.page(school_id, 1, 10).total == 3
    assert names(ours.page(school_id, 1, 10, sort="name")) == ["Subject 0", "Subject 1", "Subject 2"]
    change(school_id, made[1].id, name="Zoology")
    assert names(ours.page(school_id, 1, 10, sort="-name"))[0] == "Zoology"
    found = reader.load(Subject, school_id=school_id, id=made[0].id)
    unit = UnitOfWork(school_id, Actor(), "classes")
    unit.delete(found)
    unit.commit()
    assert ours.page(school_id, 1, 10).total == 2


def test_a_warm_page_costs_one_query_and_reads_only_what_changed(world):
    school_id, ours = new_id(), model()
    made = add(school_id, 200)
    ours.page(school_id, 1, 100)
    world.calls.clear()
    ours.page(school_id, 2, 100, sort="-name", search="subject 1")
    assert [c[0] for c in world.calls] == ["Query"]
    change(school_id, made[5].id, name="New")
    world.calls.clear()
    ours.page(school_id, 1, 100)
    assert [c[0] for c in world.calls] == ["Query", "BatchGetItem"]
    world.calls.clear()
    ours.page(school_id, 1, 100)
    assert [c[0] for c in world.calls] == ["Query"], "an entry within the overlap is applied once"


def test_g6_the_order_is_total_and_paging_shows_each_record_once(world):
    school_id, ours = new_id(), model()
    add(school_id, 25, "Same")
    for sort in ("name", "-name", "code", "-code", "version"):
        seen = [r for page in range(1, 6) for r in ours.page(school_id, page, 6, sort=sort).rows]
        assert len(seen) == len(set(seen)) == 25
    assert ours.page(school_id, 99, 6).rows == []


def test_absent_values_come_last_in_either_direction_and_numbers_in_their_natural_order(world):
    school_id, ours = new_id(), model()
    add(school_id, 12)
    assert names(ours.page(school_id, 1, 100, sort="name"))[-1] == "Subject 11"
    for sort in ("code", "-code"):
        assert list(names(ours.page(school_id, 1, 100, sort=sort))[-6:]) == [f"Subject {i}" for i in (0, 2, 4, 6, 8, 10)]


def test_g4_search_ignores_case_and_accents(world):
    school_id, ours = new_id(), model()
    add(school_id, 1, "Économie")
    assert ours.page(school_id, 1, 10, search="ECONOMIE").total == 1
    assert ours.page(school_id, 1, 10, search="0 econ").total == 1
    assert ours.page(school_id, 1, 10, search="art").total == 0


def test_filters_take_a_value_a_set_or_a_test(world):
    school_id, ours = new_id(), model()
    add(school_id, 6)
    assert ours.page(school_id, 1, 10, equal={"code": "C1"}).total == 1
    assert ours.page(school_id, 1, 10, equal={"code": {"C1", "C3", None}}).total == 5
    assert ours.page(school_id, 1, 10, keep=lambda r: r["name"] > "Subject 3").total == 2


def test_a_cold_container_starts_from_the_snapshot_and_catches_up(world):
    school_id, ours = new_id(), model(snapshot=True)
    made = add(school_id, 60)
    assert list_refresh.refresh(ours, school_id, least=10)
    assert not list_refresh.refresh(ours, school_id, least=61), "nothing much has changed since"
    change(school_id, made[0].id, name="After")
    cold = model(snapshot=True)
    world.calls.clear()
    listing = cold.page(school_id, 1, 100)
    assert (listing.total, len(world.calls)) == (60, 3)
    assert "After" in names(listing)


def test_a_snapshot_of_many_parts_is_whole_or_not_there(world, monkeypatch):
    monkeypatch.setattr(snapshots, "_PART", 400)
    school_id, ours = new_id(), model(snapshot=True)
    add(school_id, 80)
    assert list_refresh.refresh(ours, school_id, least=1)
    assert len(snapshots.load(school_id, "Subject").rows) == 80
    parts = list(reader.query(snapshots.Snapshot.partition_of(school_id=school_id, kind="Subject")))
    assert len(parts) > 1


def test_a_school_that_changed_much_is_read_again_as_a_whole(world, monkeypatch):
    monkeypatch.setattr("shared.data.list_model._RELOAD_MIN", 20)
    school_id, ours = new_id(), model()
    ours.page(school_id, 1, 10)
    add(school_id, 50)
    world.calls.clear()
    assert ours.page(school_id, 1, 10).total == 50
    assert "BatchGetItem" not in [c[0] for c in world.calls]


def test_two_schools_in_one_warm_container_see_only_their_own(world):
    one, two, ours = new_id(), new_id(), model()
    add(one, 3, "One")
    add(two, 4, "Two")
    for _ in range(3):
        assert all(n.startswith("One") for n in names(ours.page(one, 1, 10)))
        assert all(n.startswith("Two") for n in names(ours.page(two, 1, 10)))


def test_a_container_lets_go_of_schools_that_it_has_no_room_for(world, monkeypatch):
    monkeypatch.setattr("shared.data.list_model._MAX_ROWS", 5)
    ours, schools = model(), [new_id() for _ in range(3)]
    for school_id in schools:
        add(school_id, 3)
        ours.page(school_id, 1, 10)
    assert len(ours._schools) == 1


@pytest.mark.slow
def test_a_page_of_a_hundred_of_ten_thousand_takes_little_cpu(world):
    school_id, ours = new_id(), model()
    rows = ours.of(school_id)
    ours._put(rows, ({"id": new_id(), "name": f"Name {i}", "code": f"C{i % 7}", "version": 1} for i in range(10_000)))
    ours.page(school_id, 1, 100, sort="name")
    started = time.process_time()
    for number in range(50):
        ours.page(school_id, number + 1, 100, sort="name", search=f"name {number}", equal={"code": "C3"})
    assert (time.process_time() - started) / 50 < 0.02
