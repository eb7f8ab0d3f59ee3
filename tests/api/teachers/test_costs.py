"""What the operations on teachers cost."""

from tests.api.students.test_costs import Meter
from tests.api.teachers.conftest import body
from tests.support.write_units import recorded_units


def test_reading_one_teacher_is_one_request_for_profile_and_account(admin, hire):
    path = f"/api/teachers/{hire()['id']}"
    admin.get(path)
    with Meter() as meter:
        admin.get(path)
    assert meter.requests == ["BatchGetItem"]
    assert meter.read_units <= 2


def test_a_warm_page_of_the_list_is_a_look_at_two_journals(admin, hire):
    for _ in range(3):
        hire()
    admin.get("/api/teachers")
    with Meter() as meter:
        admin.get("/api/teachers", sort="-lastName", search="meera")
    assert meter.requests == ["Query", "Query"]
    assert meter.read_units <= 3


def test_a_new_teacher_is_one_transaction_of_account_profile_and_their_unique_values(admin, hire):
    hire()
    with Meter() as meter, recorded_units() as units:
        assert admin.post("/api/teachers", body()).status == 201
    assert meter.requests.count("TransactWriteItems") == 1
    assert len(meter.requests) <= 9, meter.requests
    assert units[0] <= 20, units
