"""The fast parser against botocore's own, on true answers of DynamoDB Local: what differs is that bytes stay in base64."""

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.parsers
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.data import connection
from tests.conftest import ENVIRONMENT
from tests.support.guard import Guard

TABLE = ENVIRONMENT["TABLE_NAME"]
STOCK = botocore.parsers.ResponseParserFactory().create_parser("json")
NESTED = {
    "text": {"S": 'Śarmā 😀 \u2028 "quoted" \\'},
    "empty": {"S": ""},
    "whole": {"N": "12345678901234567890123456789012345678"},
    "exact": {"N": "0.10"},
    "small": {"N": "-1E-100"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "bytes": {"B": b"\x00\xff bytes"},
    "noBytes": {"B": b""},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "manyBytes": {"BS": [b"\x00", b"\x01\x02"]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}, {"M": {}}, {"B": b"inside"}, {"NULL": True}]},
    "map": {"M": {"B": {"S": "a name like a type"}, "deep": {"M": {"L": {"L": [{"M": {"B": {"B": b"x"}}}]}}}}},
}  # fmt: skip


@dataclass
class Answer:
    """An operation's raw answer as botocore hands it to a parser, and what the process's client made of it."""

    operation: str
    raw: dict[str, Any]
    shape: Any
    parsed: dict[str, Any]


@dataclass
class Recorder:
    """Keeps every answer that the process's client gets."""

    answers: list[Answer] = field(default_factory=list)

    def __call__(self, response_dict: dict[str, Any], parsed_response: dict[str, Any], **told: Any) -> None:
        operation = told["event_name"].rpartition(".")[2]
        shape = connection.client("dynamodb").meta.service_model.operation_model(operation).output_shape
        self.answers.append(Answer(operation, dict(response_dict), shape, parsed_response))


@pytest.fixture
def recorder(table: Guard) -> Iterator[Recorder]:
    made = Recorder()
    events = connection.client("dynamodb").meta.events
    events.register("response-received.dynamodb.*", made)
    yield made
    events.unregister("response-received.dynamodb.*", made)


def decoded(value: Any) -> Any:
    """A typed value with its base64 turned into bytes, as the stock parser does; a typed value is a dict of one type."""
    if isinstance(value, list):
        return [decoded(v) for v in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, inner),) = value.items()
        if kind == "B" and isinstance(inner, str):
            return {"B": base64.b64decode(inner, validate=True)}
        if kind == "BS":
            return {"BS": [base64.b64decode(v, validate=True) if isinstance(v, str) else v for v in inner]}
    return {k: decoded(v) for k, v in value.items()}


def metadata(parsed: dict[str, Any]) -> dict[str, Any]:
    told = parsed["ResponseMetadata"]
    return {**told, "HTTPHeaders": {k.lower(): v for k, v in told["HTTPHeaders"].items()}, "RetryAttempts": 0}


def stock_parse(answer: Answer) -> dict[str, Any]:
    """What botocore makes of the answer when left alone; an error is parsed a second time by its own shape, as its endpoint does."""
    made: dict[str, Any] = STOCK.parse(answer.raw, answer.shape)
    if answer.raw["status_code"] >= 300:
        model = connection.client("dynamodb").meta.service_model
        shape = model.shape_for_error_code(made["Error"]["Code"])
        made.update(STOCK.parse(answer.raw, shape) if shape else {})
    return made


def check(answer: Answer) -> None:
    stock = stock_parse(answer)
    assert decoded({k: v for k, v in answer.parsed.items() if k != "ResponseMetadata"}) == {
        k: v for k, v in stock.items() if k != "ResponseMetadata"
    }
    assert metadata(answer.parsed) == metadata(stock)


def key(sk: str = "1", pk: str | None = None) -> dict[str, Any]:
    return {"pk": {"S": pk or f"SCHOOL#{uuid.uuid4()}"}, "sk": {"S": sk}}


def ask(operation: str, **request: Any) -> dict[str, Any]:
    """Call the process's client; an error's answer is as good as any."""
    try:
        return getattr(connection.client("dynamodb"), operation)(**request)
    except ClientError as error:
        return error.response


def test_reads_of_one_and_of_many_items_found_and_not_found(recorder: Recorder):
    one = key()
    ask("put_item", TableName=TABLE, Item={**one, **NESTED}, ReturnConsumedCapacity="INDEXES")
    assert "Item" in ask("get_item", TableName=TABLE, Key=one, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    ask("get_item", TableName=TABLE, Key=one, ProjectionExpression="#t, #l", ExpressionAttributeNames={"#t": "text", "#l": "list"})
    assert "Item" not in ask("get_item", TableName=TABLE, Key=key())
    ask("batch_get_item", RequestItems={TABLE: {"Keys": [one, key()], "ConsistentRead": True}}, ReturnConsumedCapacity="TOTAL")
    ask("batch_get_item", RequestItems={TABLE: {"Keys": [key()]}})
    assert [a.operation for a in recorder.answers] == ["PutItem", "GetItem", "GetItem", "GetItem", "BatchGetItem", "BatchGetItem"]
    for answer in recorder.answers:
        check(answer)


def test_queries_empty_paged_counted_and_by_the_index(recorder: Recorder):
    pk = f"SCHOOL#{uuid.uuid4()}"
    for number in range(5):
        ask("put_item", TableName=TABLE, Item={**key(str(number), pk), **NESTED, "gsi1pk": {"S": pk}, "gsi1sk": {"S": str(number)}})
    by = {"ExpressionAttributeNames": {"#p": "pk"}, "ExpressionAttributeValues": {":p": {"S": pk}}, "KeyConditionExpression": "#p = :p"}
    first = ask("query", TableName=TABLE, Limit=2, ReturnConsumedCapacity="INDEXES", **by)
    ask("query", TableName=TABLE, ExclusiveStartKey=first["LastEvaluatedKey"], ScanIndexForward=False, **by)
    ask("query", TableName=TABLE, Select="COUNT", **by)
    ask("query", TableName=TABLE, IndexName="gsi1", **{**by, "ExpressionAttributeNames": {"#p": "gsi1pk"}})
    assert ask("query", TableName=TABLE, **{**by, "ExpressionAttributeValues": {":p": {"S": "nobody"}}})["Items"] == []
    for answer in recorder.answers:
        check(answer)


def test_writes_and_what_they_return(recorder: Recorder):
    one = key()
    ask("put_item", TableName=TABLE, Item={**one, **NESTED})
    ask("put_item", TableName=TABLE, Item={**one, **NESTED, "more": {"L": []}}, ReturnValues="ALL_OLD")
    change = {
        "UpdateExpression": "SET #v = :v",
        "ExpressionAttributeNames": {"#v": "value"},
        "ExpressionAttributeValues": {":v": NESTED["map"]},
    }
    for returned in ("NONE", "UPDATED_NEW", "UPDATED_OLD", "ALL_NEW", "ALL_OLD"):
        ask("update_item", TableName=TABLE, Key=one, ReturnValues=returned, ReturnConsumedCapacity="TOTAL", **change)
    ask("delete_item", TableName=TABLE, Key=one, ReturnValues="ALL_OLD")
    ask("delete_item", TableName=TABLE, Key=one, ReturnValues="ALL_OLD")
    ask("batch_write_item", RequestItems={TABLE: [{"PutRequest": {"Item": {**key(), **NESTED}}}, {"DeleteRequest": {"Key": key()}}]})
    assert len(recorder.answers) == 10
    for answer in recorder.answers:
        check(answer)


def put(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": item, **more}}


NEW = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def test_transactions_committed_and_cancelled_for_mixed_reasons(recorder: Recorder):
    one, two = {**key(), **NESTED}, key()
    ask(
        "transact_write_items",
        TransactItems=[put(one), put(two, **NEW)],
        ReturnConsumedCapacity="INDEXES",
        ClientRequestToken=str(uuid.uuid4()),
    )
    refused = ask("transact_write_items", TransactItems=[put(key()), put(one, **NEW), put(two, **NEW)])
    assert [r["Code"] for r in refused["CancellationReasons"]] == ["None", "ConditionalCheckFailed", "ConditionalCheckFailed"]
    assert [a.raw["status_code"] for a in recorder.answers] == [200, 400]
    for answer in recorder.answers:
        check(answer)


def test_errors_of_every_kind(recorder: Recorder):
    one = {**key(), **NESTED}
    ask("put_item", TableName=TABLE, Item=one)
    told = [
        ask("put_item", TableName=TABLE, Item=one, **NEW),
        ask(
            "update_item",
            TableName=TABLE,
            Key=key(),
            UpdateExpression="SET a = :a",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":a": {"N": "1"}},
        ),
        ask("get_item", TableName="not-there", Key=key()),
        ask("get_item", TableName=TABLE, Key={"pk": {"S": ""}, "sk": {"S": "1"}}),
        ask("query", TableName=TABLE, KeyConditionExpression="nonsense ="),
        ask("put_item", TableName=TABLE, Item={**key(), "large": {"S": "x" * 410_000}}),
    ]
    assert [t["Error"]["Code"] for t in told] == [
        "ConditionalCheckFailedException", "ConditionalCheckFailedException", "ResourceNotFoundException",
        "ValidationException", "ValidationException", "ValidationException",
    ]  # fmt: skip
    assert "Item" in told[0]
    for answer in recorder.answers:
        check(answer)


def test_an_answer_without_a_body_is_an_empty_one():
    parser = connection._FastParsers().create_parser("json")
    raw = {"status_code": 200, "headers": {"x-amzn-RequestId": "r"}, "body": b""}
    shape = connection.session().get_service_model("dynamodb").operation_model("PutItem").output_shape
    assert {k: v for k, v in parser.parse(raw, shape).items() if k != "ResponseMetadata"} == {}
    assert {k: v for k, v in STOCK.parse({**raw, "body": b"{}"}, shape).items() if k != "ResponseMetadata"} == {}


def test_other_protocols_keep_their_own_parser():
    assert type(connection._FastParsers().create_parser("query")) is type(botocore.parsers.ResponseParserFactory().create_parser("query"))


scalars = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=20).map(lambda s: {"S": s}),
    st.integers(-(10**30), 10**30).map(lambda n: {"N": str(n)}),
    st.booleans().map(lambda b: {"BOOL": b}),
    st.just({"NULL": True}),
    st.binary(max_size=20).map(lambda b: {"B": b}),
)
names = st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
typed = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda listed: {"L": listed}), st.dictionaries(names, inner, max_size=4).map(lambda d: {"M": d})
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, typed, min_size=1, max_size=5))
def test_any_item_comes_back_as_the_stock_parser_gives_it(recorder: Recorder, item: dict[str, Any]):
    one = key()
    ask("put_item", TableName=TABLE, Item={**item, **one})
    found = ask("get_item", TableName=TABLE, Key=one, ConsistentRead=True)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    check(recorder.answers[-1])
