"""Jobs over their handler: what is seen of them, and runs by hand."""

from datetime import timedelta
from typing import Any

import pytest

from shared import clock, jobs
from shared.auth.permissions import Role
from shared.entities.tenancy import School
from shared.errors import Conflict
from tests.api.jobs.conftest import Asked
from tests.support.world import Person, make_person, make_school

TODAY = clock.today("Asia/Kolkata")
DAY = TODAY.isoformat()


def ago(days: int) -> str:
    """The date so many days ago."""
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def school(asked: Asked) -> School:
    return make_school()


@pytest.fixture
def admin(school: School) -> Person:
    return make_person(school)


def done(message: dict[str, Any], result: dict[str, Any] | None = None) -> Any:
    return jobs.perform("fees", lambda *_: result or {"flagged": 3}, message)


def test_jobs_are_listed_with_their_last_run_and_when_they_are_due(admin: Person, school: School) -> None:
    done(jobs.asked("fees-night", school.id, ago(4)))
    done(jobs.asked("fees-night", school.id, DAY))
    done(jobs.asked("absence-messages", school.id, ago(22)))
    shown = {job["name"]: job for job in admin.client.get("/api/jobs").data}
    assert list(shown) == ["fees-night", "absence-messages", "orphaned-files"]
    assert shown["fees-night"]["nextDue"].endswith("T20:30:00.000Z")
    assert shown["fees-night"]["nextDue"] > clock.stamp()
    assert shown["fees-night"]["lastRun"]["day"] == DAY
    assert shown["fees-night"]["lastRun"]["result"] == {"flagged": 3}
    assert shown["absence-messages"]["lastRun"]["day"] == ago(22)
    assert shown["orphaned-files"]["lastRun"] is None
    assert shown["orphaned-files"]["canDryRun"] is True


def test_a_job_is_run_by_hand_and_told_of(admin: Person, asked: Asked) -> None:
    reply = admin.client.post("/api/jobs/fees-night/run")
    assert reply.status == 202
    assert (reply.data["id"], reply.data["state"], reply.data["askedBy"]) == (f"{DAY}.fees-night", "ASKED", admin.id)
    (message,) = asked.take()
    run = done(message)
    assert run.state == "DONE"
    shown = admin.client.get(f"/api/jobs/runs/{reply.data['id']}").data
    assert (shown["state"], shown["result"], shown["title"]) == ("DONE", {"flagged": 3}, "Flag overdue fees")
    assert shown["finishedAt"]


def test_a_second_run_of_a_day_wants_to_be_asked_for(admin: Person, asked: Asked) -> None:
    admin.client.post("/api/jobs/fees-night/run")
    done(asked.take()[0])
    assert admin.client.post("/api/jobs/fees-night/run").status == 409
    assert asked.take() == []
    further = admin.client.post("/api/jobs/fees-night/run", {"again": True})
    assert further.status == 202
    assert further.data["further"] is True
    assert done(asked.take()[0]).id == further.data["id"]
    assert admin.client.get("/api/jobs/runs", job="fees-night").json["pagination"]["totalRecords"] == 2


def test_two_people_who_run_a_job_at_once_run_it_once(admin: Person, asked: Asked, school: School) -> None:
    other = make_person(school)
    assert [p.client.post("/api/jobs/fees-night/run").status for p in (admin, other)] == [202, 409]
    (message,) = asked.take()
    assert done(message) is not None
    assert done(message) is None


def test_the_clock_and_a_person_run_a_day_once(admin: Person, asked: Asked, school: School) -> None:
    admin.client.post("/api/jobs/fees-night/run")
    done(asked.take()[0])
    assert done(jobs.asked("fees-night", school.id, DAY)) is None


def test_a_run_that_failed_can_be_asked_for_again_and_tells_nothing_of_the_inside(admin: Person, asked: Asked, school: School) -> None:
    def broken(*_: Any) -> dict[str, Any]:
        raise KeyError("SCHOOL#other")

    with pytest.raises(KeyError):
        jobs.perform("fees", broken, jobs.asked("fees-night", school.id, DAY))
    shown = admin.client.get(f"/api/jobs/runs/{DAY}.fees-night").data
    assert (shown["state"], shown["error"]) == ("FAILED", "KeyError")
    assert admin.client.post("/api/jobs/fees-night/run").status == 202
    assert done(asked.take()[0]).state == "DONE"
    shown = admin.client.get(f"/api/jobs/runs/{DAY}.fees-night").data
    assert (shown["state"], shown["error"]) == ("DONE", None)


def test_a_refusal_of_the_domain_is_told_in_its_own_words(admin: Person, school: School) -> None:
    def refuse(*_: Any) -> dict[str, Any]:
        raise Conflict("The year is closed")

    with pytest.raises(Conflict):
        jobs.perform("fees", refuse, jobs.asked("fees-night", school.id, DAY))
    assert admin.client.get(f"/api/jobs/runs/{DAY}.fees-night").data["error"] == "CONFLICT: The year is closed"


def test_g9_a_repeated_request_asks_for_one_run(admin: Person, asked: Asked) -> None:
    key = {"Idempotency-Key": "hand-1"}
    first = admin.client.post("/api/jobs/fees-night/run", {"again": True}, headers=key)
    second = admin.client.post("/api/jobs/fees-night/run", {"again": True}, headers=key)
    assert (first.status, second.status) == (202, 202)
    assert first.data["id"] == second.data["id"]
    messages = asked.take()
    assert [done(message) is not None for message in messages] == [True] + [False] * (len(messages) - 1)


def test_a_dry_run_is_told_to_the_work_and_is_not_the_days_run(admin: Person, asked: Asked, school: School) -> None:
    reply = admin.client.post("/api/jobs/orphaned-files/run", {"dryRun": True})
    assert (reply.status, reply.data["dryRun"], reply.data["further"]) == (202, True, True)
    (message,) = asked.take()
    run = jobs.perform("jobs", lambda *_, dry_run=False: {"dryRun": dry_run}, message)
    assert run is not None
    assert run.result == {"dryRun": True}
    assert admin.client.post("/api/jobs/orphaned-files/run").status == 202


def test_only_a_job_that_can_tell_beforehand_is_dry_run(admin: Person, asked: Asked) -> None:
    reply = admin.client.post("/api/jobs/fees-night/run", {"dryRun": True})
    assert (reply.status, reply.error["details"][0]["field"]) == (400, "dryRun")
    assert asked.take() == []


def test_unknown_jobs_and_runs_are_not_found(admin: Person) -> None:
    assert admin.client.post("/api/jobs/no-such-job/run").status == 404
    assert admin.client.get("/api/jobs/runs/2026-11-24.no-such-job").status == 404
    assert admin.client.get(f"/api/jobs/runs/{'x' * 300}").status == 404


def test_runs_are_paged_and_filtered_newest_first(admin: Person, school: School) -> None:
    for days in range(5):
        done(jobs.asked("fees-night", school.id, ago(days)))
        done(jobs.asked("absence-messages", school.id, ago(days)))
    page = admin.client.get("/api/jobs/runs", page=2, pageSize=3)
    assert page.json["pagination"] == {"page": 2, "pageSize": 3, "totalPages": 4, "totalRecords": 10}
    shown = [run["day"] for run in admin.client.get("/api/jobs/runs", pageSize=100).data]
    assert shown == sorted(shown, reverse=True)
    some = admin.client.get("/api/jobs/runs", **{"job": "fees-night", "from": ago(3), "to": ago(1)})
    assert [run["id"] for run in some.data] == [f"{ago(days)}.fees-night" for days in (1, 2, 3)]
    assert admin.client.get("/api/jobs/runs", state="FAILED").data == []


def test_g8_runs_of_another_school_do_not_exist(admin: Person, asked: Asked) -> None:
    done(jobs.asked("fees-night", make_school().id, DAY))
    assert admin.client.get(f"/api/jobs/runs/{DAY}.fees-night").status == 404
    assert admin.client.get("/api/jobs/runs").data == []


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ACCOUNTANT, Role.STUDENT_PARENT])
def test_only_administrators_see_and_run_jobs(school: School, asked: Asked, role: Role) -> None:
    person = make_person(school, role).client
    assert person.get("/api/jobs").status == person.post("/api/jobs/fees-night/run").status == 403
    assert asked.take() == []


def test_a_super_admin_runs_a_job_of_a_school_that_is_named(school: School, asked: Asked) -> None:
    operator = make_person(None, Role.SUPER_ADMIN).client
    assert operator.post("/api/jobs/fees-night/run").status == 403
    named = {"X-School-Id": school.id}
    assert operator.post("/api/jobs/fees-night/run", headers=named).status == 202
    assert asked.take()[0]["school"] == school.id
    assert operator.request("GET", "/api/jobs", headers=named).status == 200


def test_a7_a_read_only_school_waits_for_nothing_but_what_goes_on_there(asked: Asked) -> None:
    admin = make_person(make_school(status="INACTIVE")).client
    due = {job["name"]: job["nextDue"] is None for job in admin.get("/api/jobs").data}
    assert due == {"fees-night": True, "absence-messages": True, "orphaned-files": False}
    assert admin.post("/api/jobs/fees-night/run").status == 403
