"""A large import over HTTP, the whole local stack killed halfway: it goes on where it was, nothing lost, nothing doubled."""

import os
import time
from pathlib import Path

import httpx
import pytest

from infra.local.stack import LocalStack
from tools.bench.importing import file_of

ROWS = int(os.environ.get("HOMEROOM_IMPORT_ROWS", "2600"))
_PASSWORD = "Fault-school-2026"
_PATIENCE = 600


def _provisioned(http: httpx.Client, stack: LocalStack) -> str:
    """A school with an admin and room for all; the admin's access token."""
    email, password = stack.super_admin
    operator = http.post("/api/auth/login", json={"email": email, "password": password}).raise_for_status().json()["data"]
    bearer = {"authorization": f"Bearer {operator['accessToken']}"}
    school = {
        "name": "Fault School", "address": "1 Fault Street", "phone": "+912222222222", "email": "office@fault.example", "establishedYear": 1990,
        "principalName": "F. Ault", "subscriptionTier": "PREMIUM", "timezone": "Asia/Kolkata", "currency": "INR", "country": "IN", "locale": "en-IN",
        "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
        "admin": {"firstName": "First", "lastName": "Admin", "email": "first@fault.example"},
    }  # fmt: skip
    made = http.post("/api/schools", json=school, headers=bearer).raise_for_status().json()["data"]
    admin = {
        "email": "admin@fault.example",
        "firstName": "A",
        "lastName": "B",
        "role": "SCHOOL_ADMIN",
        "password": _PASSWORD,
        "mustChangePassword": False,
    }
    school_id = (made.get("school") or made)["id"]
    http.post("/api/users", json=admin, headers={**bearer, "x-school-id": school_id}).raise_for_status()
    return _sign_in(http)


def _sign_in(http: httpx.Client) -> str:
    told = http.post("/api/auth/login", json={"email": "admin@fault.example", "password": _PASSWORD}).raise_for_status().json()["data"]
    return f"Bearer {told['accessToken']}"


def _until(http: httpx.Client, path: str, done) -> dict:
    """Ask until it is done."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = http.get(path).raise_for_status().json()["data"]
        if done(found):
            return found
        time.sleep(0.25)
    raise AssertionError(f"not done after {_PATIENCE} s: {found}")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_s4_an_import_killed_halfway_goes_on_and_makes_each_student_once(tmp_path: Path):
    rooms = max(1, ROWS // 100)
    with LocalStack(tmp_path / "data", workers=2) as stack:
        with httpx.Client(base_url=stack.url, timeout=60) as http:
            http.headers["authorization"] = _provisioned(http, stack)
            for n in range(rooms):
                room = {"name": f"Class {1 + n // 20}", "section": chr(65 + n % 20), "grade": str(1 + n // 20), "capacity": 120}
                http.post("/api/classes", json=room).raise_for_status()
            began = time.monotonic()
            content = file_of(ROWS, rooms)
            reply = http.post("/api/students/bulk-import", content=content, headers={"content-type": "text/csv"})
            assert reply.status_code == 202, reply.text
            path = f"/api/imports/{reply.json()['data']['importId']}"
            halfway = _until(http, path, lambda job: job["position"] >= ROWS // 4)
            assert halfway["position"] < ROWS, "the kill must come halfway"
        stack.kill()
        stack.restart()
        with httpx.Client(base_url=stack.url, timeout=60) as http:
            http.headers["authorization"] = _sign_in(http)
            job = _until(http, path, lambda job: job["state"] not in ("QUEUED", "CHECKING", "WRITING"))
            print(f"{ROWS} rows: {job['state']} {time.monotonic() - began:.1f} s after the upload, a kill and a restart included")
            assert job["state"] == "DONE", job
            listed = http.get("/api/students", params={"pageSize": 100}).json()["pagination"]["totalRecords"]
            assert listed == ROWS
            numbers = set()
            for page in range(1, ROWS // 100 + 2):
                found = http.get("/api/students", params={"pageSize": 100, "page": page, "sort": "admissionNumber"}).json()["data"]
                numbers |= {row["admissionNumber"] for row in found}
            assert numbers == {f"A{n:06d}" for n in range(ROWS)}
            again = http.post("/api/students/bulk-import", content=content, headers={"content-type": "text/csv"})
            assert again.status_code == 200, again.text
            assert (again.json()["data"]["created"], again.json()["data"]["unchanged"]) == (0, ROWS)
