"""One line and one count for each request: which route, how it ended, how long it took. Never whose, from where, or what."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mingdan.platform.operations.log_lines import METHODS, Said
from mingdan.platform.operations.metrics import REQUESTS

Respond = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


def requests_are_logged(respond: Respond) -> Respond:
    """Note each request; the outermost middleware. The answer's X-Request-ID finds its line again."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, name = time.perf_counter(), uuid.uuid4().hex[:16]
        response = respond(request)
        seconds = time.perf_counter() - began
        response.headers["X-Request-ID"] = name
        # What a client sends is never taken over as it is, not even the method.
        method = request.method if request.method in METHODS else "OTHER"
        route = f"/{request.resolver_match.route}" if request.resolver_match else "other"
        REQUESTS.note(str(method), route, response.status_code, seconds)
        said = {"method": Said(method), "route": Said(route), "request": Said(name)}
        logger.info("request", extra=said | {"status": response.status_code, "ms": round(seconds * 1000, 1)})
        return response

    return answer
