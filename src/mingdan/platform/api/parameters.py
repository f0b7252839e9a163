"""A misspelt parameter must not be passed over: it would show more than was asked for."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.operation import Operation

from mingdan.platform.api.authentication import token_of
from mingdan.platform.api.problems import problem

Run = Callable[..., HttpResponse]


def known_parameters_only(run: Run) -> Run:
    """Refuse what an operation does not know in the address; for `add_decorator(…, mode="view")` of django-ninja."""
    operation: Operation = inspect.unwrap(run).__self__
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }

    @wraps(run)
    def answered(request: HttpRequest, **path: Any) -> HttpResponse:
        unknown = request.GET.keys() - known
        if unknown and token_of(request) is not None:
            return problem(422, "invalid", errors=[{"field": "query", "message": "there are unknown parameters"}])
        return run(request, **path)

    return answered
