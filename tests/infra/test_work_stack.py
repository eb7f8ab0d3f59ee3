"""The stack of work that is not a request, and its alarms."""

import json
from typing import Any

from shared import job_list
from tests.infra.conftest import Synthesised


def handler_of(made: Synthesised, reference: dict[str, Any]) -> str:
    name = reference.get("Ref") or reference["Fn::GetAtt"][0]
    handler: str = made.functions()[name]["Properties"]["Handler"]
    return handler


def working(made: Synthesised, queue: str) -> dict[str, Any]:
    """The mapping that has a queue worked off."""
    found = [m["Properties"] for m in made.resources("AWS::Lambda::EventSourceMapping").values()]
    (mapping,) = [m for m in found if str(m["EventSourceArn"].get("Fn::GetAtt", [""])[0]).startswith(queue)]
    return mapping


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
    mapping = working(dev, "SampleSendOutQueue")
    queue = dev.resources("AWS::SQS::Queue")[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
    assert queue["VisibilityTimeout"] == 6 * 30
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 4
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert handler_of(dev, mapping["FunctionName"]) == "functions.sample.work.lambda_handler"


def test_a_full_queue_takes_few_functions_at_once(dev: Synthesised) -> None:
    assert working(dev, "SampleSendOutQueue")["ScalingConfig"] == {"MaximumConcurrency": 10}


def test_a_large_batch_has_the_window_that_sqs_wants(dev: Synthesised) -> None:
    assert working(dev, "SampleToldQueue")["MaximumBatchingWindowInSeconds"] == 1
    assert "MaximumBatchingWindowInSeconds" not in working(dev, "SampleSendOutQueue")


def test_a_module_that_schedules_once_is_told_where_and_only_it(dev: Synthesised) -> None:
    for function in [*dev.resources("AWS::Lambda::Function", "api").values(), *dev.resources("AWS::Lambda::Function", "work").values()]:
        told = function["Properties"]["Environment"]["Variables"]
        mine = told["POWERTOOLS_SERVICE_NAME"] == "sample"
        assert (told.get("SCHEDULER_GROUP") == "homeroom-dev-once") == mine
        assert all((name in told) == mine for name in ("SCHEDULER_ROLE_ARN", "SCHEDULER_QUEUE_ARN", "SCHEDULER_DEAD_LETTERS_ARN"))
        assert told["MAIL_CONFIGURATION_SET"] == "homeroom-dev"


def test_the_jobs_of_every_module_reach_the_one_that_asks_for_runs(dev: Synthesised) -> None:
    (told,) = [
        f["Properties"]["Environment"]["Variables"]
        for f in dev.functions().values()
        if f["Properties"]["Handler"] == "functions.sample.handler.lambda_handler"
    ]
    assert [(j.name, j.queue, j.at, j.dry_run) for j in job_list.parse(told["JOBS"])] == [
        ("plain-night", "plain-jobs", "03:00", True),
        ("sample-night", "sample-jobs", "02:30", False),
    ]
    assert {"QUEUE_URL_PLAIN_JOBS", "QUEUE_URL_SAMPLE_JOBS"} <= set(told)


def test_what_becomes_of_an_email_reaches_the_queue_that_is_fed_by_it(dev: Synthesised) -> None:
    events = dev.properties("AWS::SES::ConfigurationSetEventDestination")
    assert dev.properties("AWS::SES::ConfigurationSet")["Name"] == "homeroom-dev"
    assert events["EventDestination"]["MatchingEventTypes"] == ["send", "delivery", "bounce", "complaint", "reject"]
    topic = events["EventDestination"]["SnsDestination"]["TopicARN"]
    subscription = dev.properties("AWS::SNS::Subscription")
    assert subscription["TopicArn"] == topic
    assert subscription["Protocol"] == "sqs"
    assert subscription["Endpoint"]["Fn::GetAtt"][0].startswith("SampleToldQueue")
    assert "RawMessageDelivery" not in subscription
    policies = [p["Properties"]["PolicyDocument"]["Statement"] for p in dev.resources("AWS::SNS::TopicPolicy", "work").values()]
    (ses,) = [s for statements in policies for s in statements if s.get("Principal") == {"Service": "ses.amazonaws.com"}]
    (named,) = dev.resources("AWS::SES::ConfigurationSet")
    assert ses["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Join"][1][-2:] == [":configuration-set/", {"Ref": named}]


def test_addresses_that_bounce_or_complain_are_not_written_to_again(dev: Synthesised) -> None:
    options = dev.properties("AWS::SES::ConfigurationSet")["SuppressionOptions"]
    assert set(options["SuppressedReasons"]) == {"BOUNCE", "COMPLAINT"}


def test_what_becomes_of_a_text_message_is_read_from_the_logs_in_one_stage_of_an_account(dev: Synthesised, prod: Synthesised) -> None:
    filters = [f["Properties"] for f in prod.resources("AWS::Logs::SubscriptionFilter").values()]
    assert {f["LogGroupName"]["Ref"][:-8] for f in filters} == {"SmsStatusDelivered", "SmsStatusFailed"}
    assert {handler_of(prod, f["DestinationArn"]) for f in filters} == {"functions.sample.work.lambda_handler"}
    names = {
        g["Properties"]["LogGroupName"]["Fn::Join"][1][-1]
        for g in prod.resources("AWS::Logs::LogGroup").values()
        if "LogGroupName" in g["Properties"]
    }
    assert names == {"/DirectPublishToPhoneNumber", "/DirectPublishToPhoneNumber/Failure"}
    assert not dev.resources("AWS::Logs::SubscriptionFilter")


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
    assert len(watched) == len(dead) == 8
    assert all(a["Properties"]["AlarmActions"] for a in alarms.values())
