"""One-time schedules: created, changed, taken away, also when another is quicker or they fire in between."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ClientError

from shared import clock
from shared.gateways import scheduler
from shared.settings import SettingsError

AT = datetime(2030, 5, 1, 8, 0, tzinfo=UTC)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Schedule")


class Stub:
    """Answers each call with what the test says: nothing, or an error."""

    def __init__(self, **answers: list[str]) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> None:
            self.calls.append((name, request))
            answers = self._answers.get(name, [])
            if code := (answers.pop(0) if answers else ""):
                raise error(code)

        return call


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("GROUP", "ROLE_ARN", "QUEUE_ARN", "DEAD_LETTERS_ARN"):
        monkeypatch.setenv(f"SCHEDULER_{name}", name.lower())

    def put_in_place(stub: Stub) -> Stub:
        monkeypatch.setattr(scheduler, "client", lambda _: stub)
        return stub

    return put_in_place


def test_a_schedule_is_made_with_its_queue_role_retries_and_dead_letters(use: Any) -> None:
    stub = use(Stub())
    scheduler.put("notice-1", datetime(2030, 5, 1, 13, 30, 59, 999_999, tzinfo=ZoneInfo("Asia/Kolkata")), {"notice": "1"})
    ((name, request),) = stub.calls
    assert name == "create_schedule"
    assert (request["ScheduleExpression"], request["ScheduleExpressionTimezone"]) == ("at(2030-05-01T08:00:59)", "UTC")
    assert (request["GroupName"], request["ActionAfterCompletion"]) == ("group", "DELETE")
    target = request["Target"]
    assert (target["Arn"], target["RoleArn"], target["Input"]) == ("queue_arn", "role_arn", '{"notice":"1"}')
    assert target["DeadLetterConfig"] == {"Arn": "dead_letters_arn"}


def test_n2_one_that_exists_is_changed(use: Any) -> None:
    stub = use(Stub(create_schedule=["ConflictException"]))
    scheduler.put("notice-1", AT, {})
    assert [name for name, _ in stub.calls] == ["create_schedule", "update_schedule"]


def test_n2_one_that_fires_while_it_is_changed_is_made_anew(use: Any) -> None:
    stub = use(Stub(create_schedule=["ConflictException", ""], update_schedule=["ResourceNotFoundException"]))
    scheduler.put("notice-1", AT, {})
    assert [name for name, _ in stub.calls] == ["create_schedule", "update_schedule", "create_schedule"]


def test_an_instant_that_has_passed_becomes_one_that_is_near(use: Any) -> None:
    stub = use(Stub())
    clock.use(lambda: AT)
    scheduler.put("notice-1", AT - timedelta(days=1), {})
    assert stub.calls[0][1]["ScheduleExpression"] == "at(2030-05-01T08:00:30)"


def test_taking_away_what_is_not_there_is_no_error(use: Any) -> None:
    use(Stub(delete_schedule=["ResourceNotFoundException"]))
    assert scheduler.remove("notice-1") is False
    use(Stub())
    assert scheduler.remove("notice-1") is True


@pytest.mark.parametrize("call", ["create_schedule", "update_schedule", "delete_schedule"])
def test_other_failures_are_the_callers_to_see(use: Any, call: str) -> None:
    use(Stub(**{"create_schedule": ["ConflictException"], call: ["ThrottlingException"]}))
    with pytest.raises(ClientError, match="Throttling"):
        if call == "delete_schedule":
            scheduler.remove("n")
        scheduler.put("n", AT, {})


@pytest.mark.parametrize("name", ["", "a/b", "x" * 65, "with space"])
def test_a_name_that_eventbridge_would_refuse_is_refused_here(use: Any, name: str) -> None:
    use(Stub())
    with pytest.raises(ValueError, match="name of a schedule"):
        scheduler.put(name, AT, {})


def test_an_instant_without_a_zone_is_refused(use: Any) -> None:
    use(Stub())
    with pytest.raises(ValueError, match="zone"):
        scheduler.put("n", datetime(2030, 1, 1), {})  # noqa: DTZ001 - what the test is about


def test_a_module_without_the_grant_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHEDULER_GROUP", raising=False)
    with pytest.raises(SettingsError, match=r"Grant\.SCHEDULER"):
        scheduler.put("n", AT, {})
