"""Requests at the edges of every parameter and field of the OpenAPI document: no 5xx, and every answer is one that the document tells.

`THOROUGH=1` sends all of them, and twenty times as many random ones (test_schemathesis_roles.py).
"""

import zlib
from typing import Any

from hypothesis import settings

from shared.http.router import PUBLIC
from tests.contract import plan
from tests.contract.generated_requests import QUIET, ROUTES, THOROUGH, Holder, schema_for, send

EDGES = schema_for("examples", "coverage")


def _left_out(case: Any) -> bool:
    """Every other request that is wrong on purpose is left to a thorough run."""
    told = repr((case.operation.label, case.path_parameters, case.query, case.headers, case.cookies, case.body))
    return not THOROUGH and not case.meta.generation.mode.is_positive and zlib.crc32(told.encode("utf-8", "replace")) % 2 == 1


@EDGES.parametrize()
@settings(deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_the_edges_of_every_parameter_and_field(case: Any, holder: Holder):
    if _left_out(case):
        return
    route = ROUTES[(case.method.upper(), case.operation.path)]
    send(holder, case, None if route.allow == PUBLIC else plan.allowed_roles(route)[0], own=case.meta.generation.mode.is_positive)
