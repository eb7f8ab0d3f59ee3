"""What every test stands on: a DynamoDB engine, settings, a token issuer, and the guard of tenancy."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import hypothesis
import pytest

from infra.fonts import fonts_dir
from shared import clock, lists, settings
from shared.auth import gate, rate_limit, tokens
from shared.data import connection
from shared.data.schema import TTL_ATTRIBUTE, create_table_request
from tests.support import client as calls
from tests.support import keys
from tests.support.guard import Guard
from tests.support.storage import storage  # noqa: F401 - a fixture
from tests.support.user_pool import aws, pooled  # noqa: F401 - fixtures

# CI repeats itself, so that a change is judged by what it changed; on a developer's machine each run looks somewhere new.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    "STAGE": "local",
    "TABLE_NAME": "homeroom-test",
    "FILES_BUCKET": "homeroom-files",
    "USER_POOL_ID": "eu-central-1_test",
    "USER_POOL_CLIENT_ID": keys.CLIENT_ID,
    "TOKEN_ISSUER": keys.ISSUER,
    "RATE_LIMITS": "off",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_DEV": "0",
}


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[str]:
    """The endpoint of a DynamoDB Local in memory, one for each test process."""
    from infra.local import engines

    with engines.dynamodb() as engine:
        yield engine.url


@pytest.fixture(scope="session")
def table(dynamodb: str) -> Guard:
    """The single table on the engine, and the guard that watches every request to it."""
    os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL_DYNAMODB=dynamodb, FONTS_DIR=str(fonts_dir()))
    settings.settings.cache_clear()
    connection.forget()
    tokens._fetch = keys.jwks
    client = connection.client("dynamodb")
    with suppress(client.exceptions.ResourceInUseException):  # a slow machine: botocore asked twice
        client.create_table(**create_table_request(ENVIRONMENT["TABLE_NAME"]))
    client.update_time_to_live(
        TableName=ENVIRONMENT["TABLE_NAME"], TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
    )
    guard = Guard()
    guard.install()
    calls.GUARD = guard
    return guard


@pytest.fixture
def world(table: Guard) -> Iterator[Guard]:
    """A clean process on the shared table: caches dropped before and after; schools are made fresh by each test."""
    for forget in (gate.forget, rate_limit.forget, tokens.forget, *(m.forget for m in lists.ALL)):
        forget()
    table.calls.clear()
    yield table
    clock.use(None)


@pytest.fixture(autouse=True)
def _no_moved_clock() -> Iterator[None]:
    yield
    clock.use(None)
