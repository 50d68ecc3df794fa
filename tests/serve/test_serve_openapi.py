"""Does the API keep to its own description, whatever is sent to it?"""

from __future__ import annotations

from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
import schemathesis
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from serve.drive import Server

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
SPARED = {("DELETE", "/api/analyses/{job}")}
"""Of a real clip: it is still wanted. One that does not exist is deleted all the same."""
EXAMPLES = 12


@pytest.fixture(scope="module")
def description(server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")


def test_no_answer_is_a_server_error_or_undescribed(
    server: Server, description: Any, done: dict[str, Any]
) -> None:
    checks = [check for name in CHECKED for check in CHECKS.get_by_names([name])]
    before = {one["id"] for one in _all(server)}
    tried, wrong = 0, list[str]()
    for found in description.get_all_operations():
        operation = found.ok()

        @hypothesis.settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        @hypothesis.given(case=cases(operation), real=st.booleans())
        def conforms(case: Any, real: bool) -> None:
            if real and "job" in case.path_parameters and (case.method, case.path) not in SPARED:
                case.path_parameters["job"] = done["id"]
            case.call_and_validate(checks=checks, timeout=60)

        try:
            conforms()
        except FailureGroup as failures:
            wrong.append(f"{operation.method.upper()} {operation.path}: {failures}")
        tried += 1
    assert not wrong, "\n\n".join(wrong)
    assert tried >= 20
    for one in _all(server):
        if one["id"] not in before:
            server.client.delete(f"/api/analyses/{one['id']}").raise_for_status()


def cases(operation: Any) -> Any:
    """What the description allows, and what it does not."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))


def _all(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.client.get("/api/analyses", params={"limit": 200}).json()["analyses"]
    return found
