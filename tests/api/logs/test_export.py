"""GET /api/logs/export and GET /api/logs/verify over HTTP."""

import csv
import io
import time

import httpx
import pytest

from functions.logs import archiving, export, verifying
from shared.data.connection import client
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.settings import settings
from tests.support.journal import actions, entries


def note(school, count=1, value="x"):
    for number in range(count):
        unit = UnitOfWork(school.id, Actor("someone", "SCHOOL_ADMIN", "r", "192.0.2.1", "pytest"), "tests")
        unit.note("TEST", "Test", f"record-{number}", {"text": [None, value]})
        unit.commit()


def rows(content: bytes):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_g12_the_log_is_exported_with_hashes_the_oldest_first_and_defused(school, admin):
    note(school, 3, value="=1+1")
    reply = admin.get("/api/logs/export", entityType="Test")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    found = rows(reply.body)
    assert [r["entityId"] for r in found] == ["record-0", "record-1", "record-2"]
    assert [r["id"] for r in found] == [e.id for e in entries(school.id, "Test")]
    assert {r["source"] for r in found} == {"SERVER"}
    assert all(len(r["hash"]) == 64 for r in found)
    assert len(reply.headers["x-audit-head"]) == 64


def test_g11_an_export_is_in_the_log_itself(school, admin):
    assert admin.get("/api/logs/export").status == 200
    assert ("EXPORT_LOGS", "SUCCESS") in actions(school.id)


def test_a_large_export_lies_in_storage(school, admin, monkeypatch):
    monkeypatch.setattr(export, "INLINE", 500)
    note(school, 20)
    told = admin.get("/api/logs/export", entityType="Test").data
    found = rows(httpx.get(told["url"]).raise_for_status().content)
    assert len(found) == 20
    assert len(told["head"]["hash"]) == 64


def test_expired_entries_are_exported_from_the_archive(school, admin, made_on, days_ago):
    made_on(days_ago(400))
    note(school, 3)
    made_on.back()
    archiving.archive_days(school.id)
    for entry in entries(school.id, "Test"):
        client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": entry.pk}, "sk": {"S": entry.sk}})
    day = days_ago(400).date().isoformat()
    found = rows(admin.get("/api/logs/export", entityType="Test", **{"from": day, "to": day}).body)
    assert [r["entityId"] for r in found] == ["record-0", "record-1", "record-2"]


def test_verify_tells_ok_the_head_and_how_far_it_came(school, admin, deliver):
    note(school, 3)
    deliver()
    linked = len(entries(school.id))
    told = admin.get("/api/logs/verify").data
    assert (told["status"], told["complete"], told["entries"], told["broken"], told["nightly"]) == ("OK", True, linked, None, None)
    assert (told["head"]["links"], told["head"]["block"]) == (linked, 1)
    assert told["from"] < told["to"]
    assert admin.get("/api/logs/export").headers["x-audit-head"] == told["head"]["hash"]


def test_verify_of_a_long_log_goes_on_where_it_stopped(school, admin, deliver, monkeypatch):
    monkeypatch.setattr(verifying, "_CHUNK", 3)
    for _ in range(7):
        note(school, 2)
        time.sleep(0.002)
    deliver()
    monkeypatch.setattr(verifying.verify, "__defaults__", (4,))
    total, window, rounds = 0, {}, 0
    while True:
        told = admin.get("/api/logs/verify", **window).data
        assert told["status"] == "OK", told
        total, rounds = total + told["entries"], rounds + 1
        if told["complete"]:
            break
        window = {"from": told["to"]}
    assert rounds > 2
    assert total >= len(entries(school.id))


@pytest.mark.parametrize("path", ["export", "verify"])
def test_others_than_admins_see_nothing_of_it(school, path):
    from tests.support.world import make_person

    for role in ("TEACHER", "ACCOUNTANT", "STUDENT_PARENT"):
        assert make_person(school, role).client.get(f"/api/logs/{path}").status == 403
