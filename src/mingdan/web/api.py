"""The root of the REST API: every part's resources under /api/v1/, described at /api/v1/openapi.json."""

from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from mingdan import __version__
from mingdan.platform.access.queries import roles_of
from mingdan.platform.api import problems
from mingdan.platform.api.authentication import PersonalToken, ScopeMissingError
from mingdan.platform.api.models import Token
from mingdan.platform.api.parameters import known_parameters_only
from mingdan.platform.api.repeats import HEADER, PATTERN
from mingdan.platform.people.actions import CannotChangePeopleError
from mingdan.platform.people.api import router as people
from mingdan.platform.people.page import SignedInRequest

DESCRIPTION = (
    "What people see and do in Mingdan, for their programs. A token is made under *API tokens* in the menu of one's own "
    "account, and shows and does no more than its owner may. What its owner may not see answers 404, like what does not "
    "exist. A change with an `Idempotency-Key` happens once, however often it is sent within a day."
)

CHANGING = ("post", "put", "patch", "delete")
REFUSED = {
    "401": "The token is missing, unknown, over or revoked, or its owner's account is closed.",
    "403": "The token lacks the scope.",
    "404": "It does not exist, or not for the token's owner.",
    "422": "The request does not fit the description.",
    "429": "Too many requests of this token in this minute; see Retry-After.",
}
REFUSED_CHANGE = {"400": "The body is no JSON.", "409": "The change cannot be made; `code` and `detail` say why."}


class Api(NinjaAPI):
    """An API whose description also tells of refusals and idempotency keys, the same for all operations."""

    def get_openapi_schema(self, **arguments: Any) -> OpenAPISchema:
        """Return the description as OpenAPI 3.1."""
        whole = super().get_openapi_schema(**arguments)
        whole["components"]["schemas"]["Problem"] = problems.SCHEMA
        for operations in whole["paths"].values():
            for method, operation in operations.items():
                _tell_of_refusals(operation, REFUSED | (REFUSED_CHANGE if method in CHANGING else {}))
                if method in CHANGING:
                    operation["parameters"].append(_idempotency_key())
        return whole

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name, which is a verb and a noun."""
        return operation.view_func.__name__


def _tell_of_refusals(operation: dict[str, Any], refusals: dict[str, str]) -> None:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said = {str(status): one for status, one in operation["responses"].items()}
    operation["responses"] = said | {
        status: {"description": why, "content": content} for status, why in refusals.items()
    }


def _idempotency_key() -> dict[str, Any]:
    said = "A name of your own for this change, such as a UUID."
    schema = {"type": "string", "pattern": PATTERN}
    return {"in": "header", "name": HEADER, "required": False, "description": said, "schema": schema}


api = Api(
    title="Mingdan",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
)
ANSWERS: dict[type[Exception], Any] = {
    AuthenticationError: problems.unknown_token,
    ScopeMissingError: problems.scope_missing,
    Throttled: problems.too_many,
    Http404: problems.absent,
    ValidationError: problems.unfit,
    ModelValidationError: problems.unfit_for_model,
    HttpError: problems.unreadable,
    CannotChangePeopleError: problems.refused,
    Exception: problems.failed,
}
for error, answer in ANSWERS.items():
    api.add_exception_handler(error, answer)


class Myself(Schema):
    username: str
    name: str
    roles: list[str]
    scopes: list[str]
    token_expires_at: str


class BearingRequest(SignedInRequest):
    """A request that bears a usable token."""

    auth: Token


@api.get("/me", auth=PersonalToken(), response=Myself, tags=["account"])
def get_myself(request: BearingRequest) -> dict[str, Any]:
    """Say whose token this is and what it is good for."""
    roles = sorted(roles_of(request.user, timezone.now()))
    told = {"username": request.user.username, "name": request.user.name, "roles": roles}
    return told | {"scopes": request.auth.scopes, "token_expires_at": request.auth.expires_at.isoformat()}


api.add_router("", people)
api.add_decorator(known_parameters_only, mode="view")


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer addresses below /api/ that do not exist, as programs expect it."""
    return problems.absent(request, Http404())
