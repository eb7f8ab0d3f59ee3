"""The engines that a sweep over every route stands on: the table, and a pool, storage, mail and queues beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from shared import lists, settings
from shared.auth import gate, tokens
from shared.data import connection
from tests.conftest import ENVIRONMENT
from tests.contract.generated_requests import Holder
from tests.contract.records import make_place
from tests.contract.sweeping import Two, items_of
from tests.support import keys
from tests.support.guard import Guard

_SERVICES = ("COGNITO_IDENTITY_PROVIDER", "S3", "SESV2", "SNS", "SQS", "SCHEDULER", "EVENTBRIDGE")


@dataclass(frozen=True, slots=True)
class Ground:
    """The environment that leads to the engines."""

    environment: dict[str, str]


@pytest.fixture(scope="session")
def engines(dynamodb: str, table: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A MiniStack with everything that the manifests ask for."""
    from infra.local import engines as local
    from infra.local.options import BUCKET, MAIL_FROM
    from infra.local.provision import Provisioner
    from shared.registry import modules

    told = {"STAGE": "local", "TABLE_NAME": ENVIRONMENT["TABLE_NAME"], "TOKEN_ISSUER": "unused"}
    with local.ministack(tmp_path_factory.mktemp("aws"), dynamodb_url=dynamodb, extra=told) as engine:
        provisioner = Provisioner(local.environment(dynamodb, engine.url))
        provisioner.bucket(())
        provisioner.mail()
        pool_id, client_id = provisioner.pool(modules())
        queues = provisioner.queues(modules())
        yield Ground(
            {
                **{f"AWS_ENDPOINT_URL_{name}": engine.url for name in _SERVICES},
                **{f"QUEUE_URL_{name.upper().replace('-', '_')}": url for name, url in queues.items()},
                **provisioner.jobs_and_schedules(modules()),
                "FILES_BUCKET": BUCKET,
                "MAIL_FROM": MAIL_FROM,
                "USER_POOL_ID": pool_id,
                "USER_POOL_CLIENT_ID": client_id,
            }
        )


@pytest.fixture(scope="module")
def ground(table: Guard, engines: Ground) -> Iterator[Guard]:
    """A process whose gateways reach the engines; the tokens are the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in engines.environment.items():
            patch.setenv(name, value)
        patch.setattr(keys, "CLIENT_ID", engines.environment["USER_POOL_CLIENT_ID"])
        _start_anew(table)
        yield table
    _start_anew(table)


@pytest.fixture(scope="module")
def two(ground: Guard) -> Two:
    """The school that asks, and the school whose records it must not reach."""
    home, other = make_place().make_all(), make_place().make_all()
    return Two(home, other, ground, items_of(other))


@pytest.fixture(scope="module")
def holder(ground: Guard) -> Holder:
    """The place that generated requests are sent to."""
    return Holder(make_place().make_all())


def _start_anew(guard: Guard) -> None:
    """Drop what the process keeps of settings, tokens, users and clients; the table's new client is watched as the old one was."""
    for forget in (settings.settings.cache_clear, tokens.forget, gate.forget, connection.forget, *(m.forget for m in lists.ALL)):
        forget()
    guard.install()
    guard.calls.clear()
