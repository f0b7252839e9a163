"""The whole description, tried by schemathesis on the real application: what it says holds, and nothing fails inside."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from mingdan.platform.api import authentication
from mingdan.platform.people.models import User
from mingdan.web.api import api
from tests.platform.api.bearing import secret_of

EXAMPLES = 12
"""For each operation."""


@pytest.fixture
def secret(fay: User) -> str:
    return secret_of(fay)


@pytest.fixture
def schema(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[schemathesis.BaseSchema]:
    monkeypatch.setattr(authentication, "REQUESTS_PER_MINUTE", 10**6)
    # Requests share the test's own transaction, as those of Django's test client do.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


OPERATIONS = sorted(
    f"{method.upper()} {path}"
    for path, operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in operations
)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_does_what_its_description_says(
    operation: str, mode: GenerationMode, schema: schemathesis.BaseSchema, secret: str
) -> None:
    method, path = operation.split()
    if mode is GenerationMode.NEGATIVE and operation == "GET /api/v1/me":
        return  # it takes nothing that could be wrong
    tried = []

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def try_one(case: Any) -> None:
        tried.append(case)
        headers = {"Authorization": f"Bearer {secret}"}
        if mode is GenerationMode.POSITIVE and case.headers and "Idempotency-Key" in case.headers:
            headers["Idempotency-Key"] = f"try-{len(tried)}"  # a key that another body bore is rightly refused
        case.call_and_validate(headers=headers)

    try_one()
    assert tried


def test_the_description_is_openapi_3_1_and_public(db: None) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    names = [one["operationId"] for path in answer.json()["paths"].values() for one in path.values()]
    assert len(names) == len(set(names)) >= 9


def test_an_address_that_does_not_exist_answers_as_programs_expect(db: None) -> None:
    answer = Client().get("/api/v1/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
