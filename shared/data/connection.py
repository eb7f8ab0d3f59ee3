"""One botocore session, one client a service, made at first use; the table's client reads answers with a fast parser.

botocore spends nine tenths of its CPU on walking an answer along its shape, which DynamoDB's answers do not need:
they are JSON already. `tests/contract/test_fast_parser.py` compares both parsers, so a botocore upgrade cannot drift.
"""

from functools import cache
from typing import Any

import botocore.client
import botocore.config
import botocore.parsers
import botocore.session
import orjson
from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable

from shared.data.item import Item
from shared.data.schema import INDEX, create_table_request
from shared.settings import settings

_RETRIES = {"total_max_attempts": 4, "mode": "standard"}  # exponential, with full jitter
_TIMEOUTS = {"connect_timeout": 2, "read_timeout": 5}
# What these were asked once they may have done, however late they answer: only who asks knows whether it may be asked again.
_ASKED_ONCE = frozenset({"sesv2", "sns"})


class _FastParser(botocore.parsers.JSONParser):  # type: ignore[misc]  # botocore has no types
    """Takes a good answer's JSON as it is; errors go the stock way."""

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """The answer's dict, with ResponseMetadata as the stock parser gives it."""
        if response["status_code"] >= 300:  # everything above is an error answer
            return super().parse(response, shape)
        parsed = orjson.loads(response["body"] or b"{}")
        headers = response["headers"]
        parsed["ResponseMetadata"] = {
            "RequestId": headers.get("x-amzn-requestid", ""),
            "HTTPStatusCode": response["status_code"],
            "HTTPHeaders": headers,
            "RetryAttempts": 0,
        }
        return parsed


class _FastParsers(botocore.parsers.ResponseParserFactory):  # type: ignore[misc]  # botocore has no types
    def create_parser(self, protocol_name: str) -> Any:
        return _FastParser() if protocol_name == "json" else super().create_parser(protocol_name)


@cache
def session() -> Any:
    """The process's one botocore session."""
    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The process's one client of a service, made at first use."""
    config = botocore.config.Config(retries=_RETRIES, **_TIMEOUTS, max_pool_connections=10)
    if service == "dynamodb":
        config = config.merge(botocore.config.Config(parameter_validation=False))
    if service in _ASKED_ONCE:
        config = config.merge(botocore.config.Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=10))
    if service == "s3":
        config = config.merge(botocore.config.Config(signature_version="s3v4"))  # links signed the old way are refused in most regions
    made = session().create_client(service, config=config)
    if service == "dynamodb":
        made._endpoint._response_parser_factory = _FastParsers()  # noqa: SLF001 - the one place that swaps the parser
    return made


@cache
def _base_connection() -> TableConnection:
    name = settings().table
    Item.Meta.table_name = name
    request = create_table_request(name)
    meta = MetaTable(
        {**request, "GlobalSecondaryIndexes": [{"IndexName": INDEX, "KeySchema": request["GlobalSecondaryIndexes"][0]["KeySchema"]}]}
    )
    made = TableConnection(name, meta_table=meta)
    Item._connection = made  # noqa: SLF001 - every model shares the base class's connection instead of making its own
    return made


def connection() -> Connection:
    """PynamoDB's connection, on the process's one client; every model class shares it."""
    made = _base_connection().connection
    made._client = client("dynamodb")  # noqa: SLF001 - PynamoDB offers no way to hand it a client
    return made


def forget() -> None:
    """Drop cached clients and connections: for tests that move to another engine."""
    for cached in (session, client, _base_connection):
        cached.cache_clear()
    Item._connection = None  # noqa: SLF001 - see _base_connection


def warm() -> None:
    """Touch the lazy accessors, for a snapshot taken after the start."""
    connection()
