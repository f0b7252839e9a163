"""Refusals as problem details (RFC 9457), the same for every resource."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from django.core.exceptions import ValidationError as ModelValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import HttpError, Throttled, ValidationError

from mingdan.platform.api.authentication import ScopeMissingError

MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

logger = logging.getLogger(__name__)


class Refusal(Protocol):
    """What the exceptions of our actions have: a code for programs and a sentence for people."""

    code: str

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a refusal; `code` is for programs and stays, `detail` for people and follows their language."""
    said: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    said |= {"detail": detail} if detail else {}
    said |= {"errors": errors} if errors else {}
    written = json.dumps(said, ensure_ascii=False)
    return HttpResponse(written, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def unknown_token(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Answer who bears no usable token."""
    detail = _("Send a usable token: Authorization: Bearer mingdan_…")
    return problem(401, "token_missing", detail, headers={"WWW-Authenticate": 'Bearer realm="mingdan"'})


def scope_missing(_request: HttpRequest, error: ScopeMissingError) -> HttpResponse:
    """Answer whose token is not good for this."""
    detail = _("This token lacks the scope %(scope)s.") % {"scope": error.scope.code}
    asked = f'Bearer realm="mingdan", error="insufficient_scope", scope="{error.scope.code}"'
    return problem(403, "scope_missing", detail, headers={"WWW-Authenticate": asked})


def too_many(_request: HttpRequest, error: Throttled) -> HttpResponse:
    """Answer who asks too often."""
    return problem(429, "too_many_requests", headers={"Retry-After": str(error.wait or 60)})


def absent(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Answer for what does not exist, or not for this person."""
    return problem(404, "not_found")


def unfit(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that does not fit the schema, without repeating what it said."""
    errors = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors]
    return problem(422, "invalid", errors=errors)


def unfit_for_model(_request: HttpRequest, error: ModelValidationError) -> HttpResponse:
    """Answer what fits the schema and not what is recorded already, or not itself: a taken number, an end before its start."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [{"field": field, "message": one} for field, said in by_field.items() for one in said]
    return problem(409, "conflict", errors=errors)


def unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what could not be read at all."""
    return problem(error.status_code, "unreadable")


def refused(_request: HttpRequest, error: Refusal) -> HttpResponse:
    """Answer what an action refuses."""
    return problem(409, error.code, error.sentence)


def failed(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Answer what went wrong on our side."""
    logger.exception("a request to the API failed")
    return problem(500, "failed")
