"""POST /api/logs: what clients report, and that it never passes for the server's own."""

import pytest

from tests.support.world import make_person

EVENT = {
    "action": "PRINT_RECEIPT",
    "message": "Printed",
    "entityType": "Receipt",
    "entityReference": "RCP-2026-0001",
    "details": {"copies": 2, "ok": True},
}


def test_every_signed_in_user_may_report_and_the_log_marks_it_as_a_clients(school, admin):
    for role in ("TEACHER", "ACCOUNTANT", "STUDENT_PARENT"):
        who = make_person(school, role)
        reply = who.client.post("/api/logs", EVENT)
        assert reply.status == 201
        entry = admin.get("/api/logs", userId=who.id).data[0]
        assert (entry["action"], entry["source"], entry["entityType"], entry["userId"]) == (
            "CLIENT_PRINT_RECEIPT",
            "CLIENT",
            "ClientEvent",
            who.id,
        )
        assert entry["changes"][0]["after"] == {
            "message": "Printed",
            "entityType": "Receipt",
            "entityReference": "RCP-2026-0001",
            "details.copies": 2,
            "details.ok": True,
        }


def test_an_event_is_about_itself_and_not_in_the_history_of_the_record_that_it_names(school, admin):
    room = admin.post("/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 3}).data
    before = admin.get("/api/logs", entityId=room["id"]).json["pagination"]["totalRecords"]
    assert admin.post("/api/logs", {**EVENT, "action": "DELETE_CLASS", "entityType": "Class", "entityReference": room["id"]}).status == 201
    assert admin.get("/api/logs", entityId=room["id"]).json["pagination"]["totalRecords"] == before
    assert admin.get("/api/logs", action="DELETE_CLASS").json["pagination"]["totalRecords"] == 0
    assert admin.get("/api/logs", source="SERVER", search="DELETE_CLASS").json["pagination"]["totalRecords"] == 0
    assert admin.get("/api/logs", source="CLIENT").json["pagination"]["totalRecords"] == 1


@pytest.mark.parametrize(
    "extra",
    [
        {"source": "SERVER"}, {"userId": "somebody"}, {"timestamp": "2020-01-01T00:00:00Z"}, {"kind": "Student"}, {"ipAddress": "192.0.2.9"},
        {"schoolId": "s"}, {"status": "FAILED"}, {"action": "update"}, {"action": "X" * 41}, {"message": "x" * 201},
        {"details": {str(n): n for n in range(21)}}, {"details": {"a": {"b": 1}}}, {"details": {"a b": 1}}, {"message": "a\u0000b"},
    ],
)  # fmt: skip
def test_what_the_server_says_itself_or_what_is_too_much_is_refused(admin, extra):
    assert admin.post("/api/logs", {**EVENT, **extra}).status == 400


def test_a_large_event_is_refused(admin):
    assert (
        admin.request(
            "POST", "/api/logs", raw=b'{"action":"' + b"X" * 1_000_000 + b'"}', headers={"content-type": "application/json"}
        ).status
        == 413
    )


@pytest.mark.parametrize(
    "name", ["password", "newPassword", "accessToken", "Authorization", "sessionId", "clientSecret", "otp", "messageBody"]
)
def test_g11_secrets_are_never_kept(admin, name):
    assert admin.post("/api/logs", {**EVENT, "details": {name: "Blue-Kite-42", "copies": 2}}).status == 201
    entry = admin.get("/api/logs", source="CLIENT").data[0]
    assert entry["changes"][0]["after"][f"details.{name}"] == "…"
    assert "Blue-Kite-42" not in str(entry)


def test_nobody_reports_without_signing_in():
    from tests.support.client import Client

    assert Client().post("/api/logs", EVENT).status == 401
