"""The unit of work on DynamoDB Local: all or nothing, with its journal entry."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from shared.data import counter, reader
from shared.data.item import Item
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.academics import Subject
from shared.entities.ground import Counter, Journal
from shared.errors import Conflict
from shared.ids import new_id


@pytest.fixture
def school_id(world):
    return new_id()


def unit_of(school_id: str) -> UnitOfWork:
    return UnitOfWork(school_id, Actor("u1", "SCHOOL_ADMIN", "r1", "192.0.2.1", "pytest"), "classes")


def add(school_id: str, **fields) -> Subject:
    unit, made = unit_of(school_id), Subject(school_id=school_id, id=new_id(), **{"name": "Art", **fields})
    unit.create(made)
    unit.claim("SUBJECT_NAME", made.name.casefold(), made.id, Conflict.of("name", "taken"))
    unit.commit()
    return made


def journal(school_id: str, kind: str = "Subject") -> list[dict]:
    return [reader.plain(r) for r in reader.query(Journal.partition_of(school_id=school_id, kind=kind), consistent=True)]


def test_g11_a_change_carries_its_journal_entry_with_before_and_after(school_id):
    made = add(school_id)
    found = reader.load(Subject, school_id=school_id, id=made.id)
    found.name, found.code = "Fine Art", "ART"
    unit = unit_of(school_id)
    unit.update(found)
    unit.commit()
    first, second = journal(school_id)
    assert (first["action"], second["action"]) == ("CREATE_SUBJECT", "UPDATE_SUBJECT")
    assert (second["userId"], second["requestId"], second["ipAddress"], second["status"]) == ("u1", "r1", "192.0.2.1", "SUCCESS")
    assert orjson.loads(second["changes"])[0]["fields"] == {"name": ["Art", "Fine Art"], "code": [None, "ART"]}


def test_a_failed_condition_leaves_neither_the_change_nor_a_journal_entry(school_id):
    add(school_id)
    with pytest.raises(Conflict, match="taken"):
        add(school_id)
    assert len(journal(school_id)) == 1
    assert len(list(reader.query(Subject.partition_of(school_id=school_id)))) == 1


def test_two_writers_of_one_version_never_overwrite_each_other(school_id):
    made = add(school_id)
    one, two = (reader.load(Subject, school_id=school_id, id=made.id) for _ in range(2))
    one.name, two.name = "One", "Two"
    first, second = unit_of(school_id), unit_of(school_id)
    first.update(one)
    second.update(two)
    first.commit()
    with pytest.raises(RetryWrite):
        second.commit()
    assert reader.load(Subject, school_id=school_id, id=made.id).name == "One"


def test_s1_a_hundred_claims_of_one_value_at_once_give_one_and_ninety_nine_conflicts(school_id):
    def attempt(_):
        try:
            add(school_id)
        except Conflict:
            return "conflict"
        except RetryWrite:
            return "retry"
        return "made"

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(attempt, range(100)))
    assert (results.count("made"), results.count("conflict")) == (1, 99)
    assert len(journal(school_id)) == 1


def test_a_released_value_can_be_claimed_again(school_id):
    made = add(school_id)
    found = reader.load(Subject, school_id=school_id, id=made.id)
    unit = unit_of(school_id)
    unit.delete(found)
    unit.release("SUBJECT_NAME", "art", made.id)
    unit.commit()
    assert add(school_id).id != made.id
    assert journal(school_id)[1]["action"] == "DELETE_SUBJECT"


def test_secrets_are_told_as_changed_and_never_as_what_they_are(school_id):
    class Locker(Subject):
        unjournalled = frozenset({"code"})

    unit = unit_of(school_id)
    unit.create(Locker(school_id=school_id, id=new_id(), name="x", code="1234"))
    unit.commit()
    assert "1234" not in journal(school_id, "Locker")[0]["changes"]


def test_f3_numbers_taken_inside_the_transaction_have_no_gap_and_no_double(school_id):
    def take(number: int) -> int:
        while True:
            unit = unit_of(school_id)
            value = counter.next_without_gap(unit, "receipts")
            unit.note("PAY", "Payment", str(number))
            try:
                unit.commit()
            except RetryWrite:
                continue
            return value

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(40))) == list(range(1, 41))
    assert reader.load(Counter, school_id=school_id, name="receipts").value == 40


def test_numbers_taken_at_once_are_never_given_twice(school_id):
    with ThreadPoolExecutor(8) as pool:
        starts = sorted(pool.map(lambda _: counter.take(school_id, "roll", 3), range(30)))
    assert starts == list(range(1, 91, 3))


def test_more_than_a_hundred_operations_are_refused_before_anything_is_sent(school_id):
    unit = unit_of(school_id)
    for _ in range(101):
        unit.put(Counter(school_id=school_id, name=new_id(), value=1), Item.pk.does_not_exist(), RetryWrite())
    with pytest.raises(ValueError, match="do not fit"):
        unit.commit()


def test_a_batch_journals_once_with_its_ids(school_id):
    unit = unit_of(school_id)
    made = [Subject(school_id=school_id, id=new_id(), name=f"S{i}") for i in range(30)]
    for one in made:
        unit.create(one)
    unit.commit()
    (entry,) = journal(school_id)
    assert entry["entityIds"] == [one.id for one in made]
