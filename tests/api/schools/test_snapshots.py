"""What the platform's list of a thousand schools costs, and that its snapshot follows the journal."""

from functions.schools import consumers as schools_consumers
from functions.users import consumers as users_consumers
from shared import list_refresh
from shared.data import snapshots
from shared.data.connection import client
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import School, SchoolListing
from shared.errors import Conflict
from shared.ids import new_id
from shared.lists import SCHOOLS
from shared.names import PLATFORM_SCHOOL
from tests.api.schools.conftest import new_school
from tests.support.journal import entries, stream_event
from tests.support.world import make_person, make_school

SOME = 1_000


def _units_of(call):
    """What a call reads, in read units, as the engine counts them."""
    spent: list[float] = []

    def ask(params, **_):
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed, **_):
        spent.append(float(parsed.get("ConsumedCapacity", {}).get("CapacityUnits", 0)))

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.Query", ask)
    events.register("after-call.dynamodb.Query", note)
    try:
        call()
    finally:
        events.unregister("provide-client-params.dynamodb.Query", ask)
        events.unregister("after-call.dynamodb.Query", note)
    return sum(spent)


def _many_schools():
    mark = new_id()
    fields = {"timezone": "Asia/Kolkata", "currency": "INR", "country": "IN", "principal_name": "Meera Iyer"}
    for start in range(0, SOME, 50):
        unit = UnitOfWork(PLATFORM_SCHOOL, Actor(), "tests")
        ids = [new_id() for _ in range(50)]
        for number, school_id in enumerate(ids, start):
            made = School(school_id=school_id, id=school_id, name=f"School {number} {mark}", email="office@school.example", **fields)
            unit.put(SchoolListing.of(made), None, Conflict())
        unit.note_batch("CREATE_SCHOOL", "SchoolListing", ids)
        unit.commit()
    return mark


def test_the_list_of_a_thousand_schools_costs_little_warm_and_its_snapshot_makes_a_cold_start_cheap(operator, monkeypatch):
    mark = _many_schools()

    def a_page():
        reply = operator.client.get("/api/schools", search=mark, page=3, pageSize=100)
        assert (reply.json["pagination"]["totalRecords"], len(reply.data)) == (SOME, 100)

    SCHOOLS.forget()
    whole = _units_of(a_page)
    monkeypatch.setattr("shared.data.list_model.OVERLAP_MS", 0)  # what was written just now is no part of the cost
    a_page()
    assert _units_of(a_page) <= 3
    list_refresh.refresh(SCHOOLS, PLATFORM_SCHOOL, least=1)
    assert snapshots.header(PLATFORM_SCHOOL, "SchoolListing")[1] >= SOME
    SCHOOLS.forget()
    assert _units_of(a_page) < whole / 2


def test_the_consumers_of_both_lists_take_their_entries_as_the_stream_brings_them_and_again(operator):
    made = operator.client.post("/api/schools", new_school()).data
    school = make_school()
    make_person(school)
    of_schools = [e for e in entries(PLATFORM_SCHOOL, "SchoolListing") if e.entity_id == made["id"]]
    for _ in range(2):
        assert schools_consumers.lists(stream_event(*of_schools), None) == {"batchItemFailures": []}
        assert users_consumers.lists(stream_event(*entries(school.id, "User")), None) == {"batchItemFailures": []}
