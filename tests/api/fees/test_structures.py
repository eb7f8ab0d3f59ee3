"""Fee structures and concessions: F4, and what becomes of a structure that changes after it was assigned."""

import pytest

UNKNOWN = "0198a000-0000-7000-8000-000000000000"


def test_a_structure_is_made_listed_changed_and_removed(admin, cashier, structure):
    made = structure(description="Every month")
    assert (made["amount"], made["frequency"], made["academicYear"], made["startsOn"]) == (1500, "MONTHLY", "2026-2027", "2026-04-01")
    assert cashier.get(f"/api/fee-structures/{made['id']}").data == made
    changed = admin.put(f"/api/fee-structures/{made['id']}", {"amount": 1600.5, "name": "Tuition"}).data
    assert (changed["amount"], changed["name"], changed["version"]) == (1600.5, "Tuition", 2)
    structure(name="Bus", frequency="QUARTERLY")
    reply = cashier.get("/api/fee-structures", sort="name", search="tuit")
    assert [(s["name"], s["amount"]) for s in reply.data] == [("Tuition", 1600.5)]
    assert b'"amount":1600.50,' in reply.body
    assert [s["name"] for s in cashier.get("/api/fee-structures", frequency="QUARTERLY").data] == ["Bus"]
    assert admin.delete(f"/api/fee-structures/{made['id']}").data["outcome"] == "removed"
    assert [s["name"] for s in cashier.get("/api/fee-structures").data] == ["Bus"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 1.001}, "amount"),
        ({"frequency": "WEEKLY"}, "frequency"),
        ({"dueDay": 32}, "dueDay"),
        ({"dueDate": "2026-05-01"}, "dueDate"),
        ({"frequency": "ANNUALLY", "dueDate": "2026-03-31"}, "dueDate"),
        ({"instalments": 3}, "instalments"),
        ({"applicableTo": "CLASS_SPECIFIC"}, "classIds"),
        ({"applicableTo": "CLASS_SPECIFIC", "classIds": [UNKNOWN]}, "classIds[0]"),
        ({"classIds": [UNKNOWN]}, "classIds"),
        ({"academicYear": "Golden Jubilee"}, "startsOn"),
    ],
)
def test_bad_structures_are_refused_by_field(admin, body, field):
    reply = admin.post("/api/fee-structures", {"name": "Fee", "amount": 100, "frequency": "MONTHLY", **body})
    assert reply.status == 400
    assert [d["field"] for d in reply.error["details"]] == [field]


def test_a_structure_of_a_coming_year_begins_a_year_later(structure):
    assert structure(academicYear="2027-2028")["startsOn"] == "2027-04-01"
    assert structure(academicYear="Golden Jubilee", startsOn="2030-06-15")["startsOn"] == "2030-06-15"


def test_a_class_of_another_year_is_no_class_of_the_structure(admin, structure):
    from tests.api.fees.conftest import make_room

    room = make_room(admin, "Class 11", academicYear="2027-2028")
    body = {"name": "Fee", "amount": 1, "frequency": "MONTHLY", "applicableTo": "CLASS_SPECIFIC", "classIds": [room["id"]]}
    assert admin.post("/api/fee-structures", body).error["details"][0] == {"field": "classIds[0]", "message": "This class is of 2027-2028"}


def test_the_field_defect_of_a_structure_that_changes_after_it_was_assigned_one_in_use_keeps_its_terms(admin, student, structure):
    made = structure()
    path = f"/api/fee-structures/{made['id']}"
    assert admin.post(f"{path}/assign", {}).data["made"] == 12
    for change in ({"amount": 1}, {"frequency": "ANNUALLY"}, {"dueDay": 5}, {"academicYear": "2027-2028"}):
        assert admin.put(path, change).status == 409, change
    told = admin.put(path, {"name": "Tuition and books", "amount": 1500}).data
    assert told["name"] == "Tuition and books"
    assert admin.delete(path).data["outcome"] == "deactivated"
    assert admin.get("/api/fee-structures").data == []
    assert admin.post(f"{path}/assign", {}).status == 409
    assert [s["status"] for s in admin.get("/api/fee-structures", includeInactive="true").data] == ["INACTIVE"]


def test_classes_can_be_added_to_a_structure_in_use_and_none_taken_away(admin, student, room, other_room, structure):
    made = structure(applicableTo="CLASS_SPECIFIC", classIds=[room["id"]])
    path = f"/api/fee-structures/{made['id']}"
    admin.post(f"{path}/assign", {})
    assert admin.put(path, {"classIds": [other_room["id"]]}).status == 409
    assert admin.put(path, {"classIds": [room["id"], other_room["id"]]}).status == 200


def test_concessions_are_kept_with_their_reasons(admin, cashier, student):
    body = {"studentId": student["id"], "kind": "SCHOLARSHIP", "percentage": 12.5, "reason": "District chess champion"}
    made = admin.post("/api/fee-concessions", body).data
    assert (made["percentage"], made["amount"], made["academicYear"], made["status"]) == (12.5, None, "2026-2027", "ACTIVE")
    assert cashier.get("/api/fee-concessions", studentId=student["id"]).data == [made]
    assert admin.delete(f"/api/fee-concessions/{made['id']}").data["outcome"] == "deactivated"
    assert cashier.get("/api/fee-concessions").data == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"percentage": 10, "amount": 5}, "amount"),
        ({}, "amount"),
        ({"percentage": 100.01}, "percentage"),
        ({"percentage": 0}, "percentage"),
        ({"amount": 0}, "amount"),
        ({"amount": 5, "reason": "x"}, "reason"),
        ({"amount": 5, "studentId": UNKNOWN}, "studentId"),
        ({"amount": 5, "feeStructureId": UNKNOWN}, "feeStructureId"),
    ],
)
def test_bad_concessions_are_refused_by_field(admin, student, body, field):
    reply = admin.post("/api/fee-concessions", {"studentId": student["id"], "kind": "DISCOUNT", "reason": "Staff child", **body})
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, [field])
