"""The stack of work that is not a request, and its alarms."""

import json
from typing import Any

from tests.infra.conftest import Synthesised


def handler_of(made: Synthesised, reference: dict[str, Any]) -> str:
    name = reference.get("Ref") or reference["Fn::GetAtt"][0]
    handler: str = made.functions()[name]["Properties"]["Handler"]
    return handler


def streams(made: Synthesised) -> list[dict[str, Any]]:
    mappings = [m["Properties"] for m in made.resources("AWS::Lambda::EventSourceMapping").values()]
    return [m for m in mappings if "StartingPosition" in m]


def test_consumers_are_given_journal_entries_of_their_kinds_alone(dev: Synthesised) -> None:
    patterns = [json.loads(f["Pattern"]) for m in streams(dev) for f in m["FilterCriteria"]["Filters"]]
    journal = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"type": {"S": ["Journal"]}}}}
    kinds = {"S": ["STUDENT_CREATED", "STUDENT_MOVED"]}
    some = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"type": {"S": ["Journal"]}, "kind": kinds}}}
    assert len(patterns) == 2
    assert journal in patterns
    assert some in patterns


def test_a_poisoned_entry_is_found_and_put_aside(dev: Synthesised) -> None:
    for mapping in streams(dev):
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert 1 <= mapping["MaximumRetryAttempts"] <= 10
        queue = mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert queue in dev.resources("AWS::SQS::Queue")


def test_a_queue_hides_a_message_six_times_as_long_as_its_worker_may_take(dev: Synthesised) -> None:
    (mapping,) = [
        m["Properties"] for m in dev.resources("AWS::Lambda::EventSourceMapping").values() if "StartingPosition" not in m["Properties"]
    ]
    queue = dev.resources("AWS::SQS::Queue")[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
    assert queue["VisibilityTimeout"] == 6 * 30
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 4
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert handler_of(dev, mapping["FunctionName"]) == "functions.sample.work.lambda_handler"


def test_messages_travel_encrypted_only(dev: Synthesised) -> None:
    guarded = {q["Ref"] for p in dev.resources("AWS::SQS::QueuePolicy").values() for q in p["Properties"]["Queues"]}
    assert guarded == set(dev.resources("AWS::SQS::Queue"))


def test_a_schedule_starts_its_function_with_its_name(dev: Synthesised) -> None:
    schedule = dev.properties("AWS::Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "cron(0 1 * * ? *)"
    assert json.loads(schedule["Target"]["Input"]) == {"schedule": "nightly"}
    assert handler_of(dev, schedule["Target"]["Arn"]) == "functions.sample.work.lambda_handler"


def test_the_scheduler_may_start_scheduled_functions_alone(dev: Synthesised) -> None:
    role = dev.properties("AWS::Scheduler::Schedule")["Target"]["RoleArn"]["Fn::GetAtt"][0]
    (policy,) = [p["Properties"] for p in dev.resources("AWS::IAM::Policy", "work").values() if {"Ref": role} in p["Properties"]["Roles"]]
    invoked = [s["Resource"] for s in policy["PolicyDocument"]["Statement"] if s["Action"] == "lambda:InvokeFunction"]
    assert [handler_of(dev, r) for r in invoked] == ["functions.sample.work.lambda_handler"]


def test_every_dead_letter_queue_has_an_alarm(dev: Synthesised) -> None:
    dead = [name for name, q in dev.resources("AWS::SQS::Queue").items() if "RedrivePolicy" not in q["Properties"]]
    alarms = dev.resources("AWS::CloudWatch::Alarm")
    watched = [a for a in alarms.values() if a["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"]
    assert len(watched) == len(dead) == 4
    assert all(a["Properties"]["AlarmActions"] for a in alarms.values())
