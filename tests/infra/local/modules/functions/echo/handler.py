"""Does what the last part of the path says."""

import base64
import json
import os
import time
from datetime import datetime

import boto3

from shared import clock
from shared.gateways import scheduler


def lambda_handler(event, context):
    what = event["rawPath"].rpartition("/")[2]
    return ACTS.get(what, echo)(event, context)


def answer(value):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(value)}


def echo(event, context):
    return answer({"event": event, "remaining": context.get_remaining_time_in_millis(), "function": context.function_name})


def crash(event, context):
    os._exit(7)


def sleep(event, context):
    time.sleep(30)


def fail(event, context):
    raise ValueError("on demand")


def large(event, context):
    return {"statusCode": 200, "body": "x" * 6_300_000}


def binary(event, context):
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "image/png"},
        "isBase64Encoded": True,
        "body": base64.b64encode(b"\x89PNG\x00\xff").decode(),
    }


def cookies(event, context):
    return {"statusCode": 204, "cookies": ["a=1; HttpOnly", "b=2; Secure"], "headers": {"Access-Control-Allow-Origin": "*"}}


def bare(event, context):
    return {"hello": "world"}


def crooked(event, context):
    return {"statusCode": "what"}


def now(event, context):
    return answer({"now": clock.stamp(), "pid": os.getpid()})


def later(event, context):
    told = json.loads(event["body"])
    scheduler.put(told["name"], datetime.fromisoformat(told["at"]), {"said": told["said"]})
    return answer("scheduled")


def never(event, context):
    return answer(scheduler.remove(json.loads(event["body"])["name"]))


def tell(event, context):
    told = json.loads(event["body"])
    body = {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}}}
    for to in told["to"]:
        boto3.client("sesv2").send_email(
            FromEmailAddress=os.environ["MAIL_FROM"],
            Destination={"ToAddresses": [to]},
            Content={"Simple": body},
            ConfigurationSetName=os.environ["MAIL_CONFIGURATION_SET"],
            EmailTags=[{"Name": "school", "Value": "s1"}],
        )
    for phone in told["phones"]:
        boto3.client("sns").publish(PhoneNumber=phone, Message="SMS")
    return answer("sent")


def mail(event, context):
    body = {"Subject": {"Data": "Grüße <b>"}, "Body": {"Text": {"Data": "Text"}, "Html": {"Data": "<p>Html</p>"}}}
    boto3.client("sesv2").send_email(
        FromEmailAddress=os.environ["MAIL_FROM"], Destination={"ToAddresses": ["anna@school.example"]}, Content={"Simple": body}
    )
    boto3.client("sns").publish(PhoneNumber="+4915112345678", Message="SMS")
    return answer("sent")


def enqueue(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL_ECHO_JOBS"], MessageBody=event["body"])
    return answer("queued")


def write(event, context):
    told = json.loads(event["body"])
    place = {"pk": {"S": f"SCHOOL#{told['school']}"}, "n": {"S": str(told["id"])}}
    entry = {**place, "sk": {"S": f"JOURNAL#{told['id']}"}, "type": {"S": "Journal"}, "kind": {"S": told.get("kind", "echo.written")}}
    thing = {**place, "sk": {"S": f"THING#{told['id']}"}}
    puts = [{"Put": {"TableName": os.environ["TABLE_NAME"], "Item": item}} for item in (thing, entry)]
    boto3.client("dynamodb").transact_write_items(TransactItems=puts)
    return answer("written")


ACTS = {f.__name__: f for f in (crash, sleep, fail, large, binary, cookies, bare, crooked, now, mail, enqueue, write, later, never, tell)}
