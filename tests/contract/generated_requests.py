"""Requests that schemathesis makes from the OpenAPI document, sent to the handlers as a role, and the checks of their answers."""

import os
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig

from shared.auth.permissions import Role
from shared.http.router import Route
from tests.contract import plan
from tests.contract.records import Place, make_place
from tests.support.wsgi import app

THOROUGH = os.environ.get("THOROUGH", "") not in {"", "0"}
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

load_all_checks()
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_headers_conformance,
    schemathesis.checks.response_schema_conformance,
]


def schema_for(*phases: str) -> Any:
    config = SchemathesisConfig()
    config.projects.default.phases.update(phases=list(phases))
    config.projects.default.phases.coverage.unexpected_methods = set()  # the sweep asks every path with every method
    made = schemathesis.openapi.from_dict(plan.contract(), config=config)
    made.app = app
    return made


@schemathesis.serializer(XLSX)
def _as_it_is(_: Any, value: Any) -> bytes:
    """A workbook is sent as the bytes that were made up for it."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


ROUTES = {(r.method, r.template): r for r in plan.declared()}


@dataclass
class Holder:
    """The place that requests are sent to; made anew for another operation once something in it was changed."""

    place: Place
    operation: str = ""
    changed: bool = False

    def for_operation(self, label: str) -> Place:
        """A place in which everything is there."""
        if self.changed and (label != self.operation or label.startswith("DELETE")):
            self.place, self.changed = make_place().make_all(), False
        self.operation = label
        return self.place


def send(holder: Holder, case: Any, role: Role | None, *, own: bool) -> None:
    """Send a generated request as a role; with `own`, its ids are those of records that exist. Check the answer."""
    route: Route = ROUTES[(case.method.upper(), case.operation.path)]
    place = holder.for_operation(case.operation.label)
    headers: dict[str, str] = {}
    if role:
        client, headers = plan.asks_of(place, role, route)
        headers = {**headers, "Authorization": f"Bearer {client.token}"}
    if own and plan.parameters(route):
        case.path_parameters = plan.own_ids(route, place)
    if own and isinstance(case.body, dict):
        case.body = plan.with_ids(case.body, place)
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=CHECKS, headers=headers)
    holder.changed = holder.changed or (route.method != "GET" and answer.status_code < 300)
