"""Random requests made from the OpenAPI document, right and wrong ones, signed in as each role: no 5xx, no answer beyond the document."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from shared.auth.permissions import Role
from tests.contract.generated_requests import QUIET, THOROUGH, Holder, schema_for, send

EXAMPLES = 40 if THOROUGH else 2  # of each operation, role and mode
OPERATIONS = [found.ok() for found in schema_for("fuzzing").get_all_operations()]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.label)
def test_random_requests_as_each_role(holder: Holder, operation: Any, role: Role):
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET, derandomize=not THOROUGH, database=None)
        @given(case=operation.as_strategy(mode), own=st.booleans())
        def run(case: Any, own: bool) -> None:
            send(holder, case, role, own=own)

        try:
            run()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing of the request can be wrong
