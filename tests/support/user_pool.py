"""A real user pool for tests: MiniStack with the modules' triggers in process. A test asks for the fixture `pooled`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared import settings
from shared.auth import gate, tokens
from shared.entities.tenancy import School
from shared.gateways import pool
from tests.support.client import Client, Reply
from tests.support.guard import Guard
from tests.support.world import Person, make_person

PASSWORD = "Blue-Kite-42"
_FETCH = tokens._fetch
_SERVICES = ("COGNITO_IDENTITY_PROVIDER", "SESV2", "SNS", "SQS")


@dataclass(frozen=True, slots=True)
class Aws:
    """The engine, and the settings that lead to its pool."""

    url: str
    environment: dict[str, str]
    outbox: Path

    def mails(self, to: str) -> list[dict[str, str]]:
        """The e-mails that were sent to an address."""
        lines = self.outbox.read_bytes().splitlines() if self.outbox.exists() else []
        return [m for m in map(orjson.loads, lines) if any(to in address for address in m["to"])]


@pytest.fixture(scope="session")
def aws(dynamodb: str, table: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """MiniStack with a user pool whose triggers read the tests' table."""
    from infra.local import engines
    from infra.local.provision import Provisioner
    from shared.registry import modules
    from tests.conftest import ENVIRONMENT

    state = tmp_path_factory.mktemp("ministack")
    told = {"STAGE": "local", "TABLE_NAME": ENVIRONMENT["TABLE_NAME"], "TOKEN_ISSUER": "unused"}
    with engines.ministack(state, dynamodb_url=dynamodb, extra=told) as engine:
        provisioner = Provisioner(engines.environment(dynamodb, engine.url))
        pool_id, client_id = provisioner.pool(modules())
        provisioner.mail()
        environment = {
            **{f"AWS_ENDPOINT_URL_{name}": engine.url for name in _SERVICES},
            "USER_POOL_ID": pool_id,
            "USER_POOL_CLIENT_ID": client_id,
            "TOKEN_ISSUER": f"https://cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}",
            "JWKS_URL": f"{engine.url}/{pool_id}/.well-known/jwks.json",
            "WEB_URL": "https://school.test",
            "WEB_ORIGINS": "https://school.test",
            "MAIL_FROM": "no-reply@homeroom.example",
        }
        yield Aws(engine.url, environment, state / "outbox.jsonl")


@pytest.fixture
def pooled(world: Guard, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """The process signs in at the pool, and believes its tokens instead of the tests' own."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tokens, "_fetch", _FETCH)
    _start_anew()
    yield aws
    monkeypatch.undo()
    _start_anew()


def _start_anew() -> None:
    settings.settings.cache_clear()
    tokens.forget()
    gate.forget()


def with_password(person: Person, password: str = PASSWORD) -> Person:
    """The person, known to the pool."""
    pool.set_password(person.id, person.school_id, password)
    return person


def make_user(school: School | None, role: str = "SCHOOL_ADMIN", password: str = PASSWORD, **fields: Any) -> Person:
    """A user of the school who can sign in; their `client` holds no token yet."""
    made = with_password(make_person(school, role, **fields), password)
    return Person(made.id, made.email, made.school_id, made.role, Client())


def sign_in(person: Person, password: str = PASSWORD, **options: Any) -> Reply:
    """Sign in over the API."""
    return Client().post("/api/auth/login", {"email": person.email, "password": password}, **options)


def session(person: Person, password: str = PASSWORD) -> "Device":
    """A device that the person is signed in on."""
    reply = sign_in(person, password)
    assert reply.status == 200, reply.body
    return Device.of(reply)


@dataclass(slots=True)
class Device:
    """What a client keeps of its session: tokens, or a browser's cookies."""

    access: str
    refresh: str
    csrf: str
    cookies: list[str]

    @classmethod
    def of(cls, reply: Reply) -> "Device":
        told = reply.data
        return cls(told["accessToken"], told["refreshToken"], told["csrfToken"], [c.partition(";")[0] for c in reply.cookies])

    @property
    def client(self) -> Client:
        """A native client with the access token."""
        return Client(self.access)

    def renew(self) -> Reply:
        """Refresh as a native client; the device keeps its old tokens."""
        return Client().post("/api/auth/refresh-token", {"refreshToken": self.refresh})
