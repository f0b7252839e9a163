"""Changes through the API happen wholly or not at all, and once: a repeated key gets the first answer again."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.api.authentication import token_of
from mingdan.platform.api.models import Answer, Token
from mingdan.platform.api.problems import problem

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,200}$"
KEPT = timedelta(days=1)
COPIED = ("Content-Type", "Location")

Run = Callable[..., HttpResponse]


def changes(run: Run) -> Run:
    """Run an operation in one transaction, taken back if it is refused; for `decorate_view` of django-ninja.

    With an idempotency key the answer is written in the same transaction, so that the change and the knowledge of it
    cannot part. Refusals change nothing and are not kept: the same request may succeed later.
    """

    @wraps(run)
    def answered(request: HttpRequest, **path: Any) -> HttpResponse:
        key, token = request.headers.get(HEADER), token_of(request)
        if key is None or token is None:
            with transaction.atomic():
                return _taken_back_if_refused(run(request, **path))
        if not re.fullmatch(PATTERN, key):
            return problem(422, "idempotency_key_unfit", _("An idempotency key has 1 to 200 visible ASCII characters."))
        return _once(run, request, path, token, key)

    return answered


def _once(run: Run, request: HttpRequest, path: dict[str, Any], token: Token, key: str) -> HttpResponse:
    asked, now = _fingerprint(request), timezone.now()
    with transaction.atomic():
        Answer.objects.filter(at__lt=now - KEPT).delete()
        try:
            with transaction.atomic():
                # Whoever comes second with the same key waits here until the first is done.
                kept = Answer.objects.create(token=token, key=key, request_sha256=asked, at=now)
        except IntegrityError:
            return _again(Answer.objects.get(token=token, key=key), asked)
        response = _taken_back_if_refused(run(request, **path))
        if response.status_code < 400:
            kept.status, kept.body = response.status_code, response.content
            kept.headers = {name: response[name] for name in COPIED if name in response}
            kept.save(update_fields=["status", "body", "headers"])
        return response


def _again(kept: Answer, asked: str) -> HttpResponse:
    if kept.request_sha256 != asked:
        return problem(422, "idempotency_key_reused", _("This key belongs to another request; make a new one."))
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(kept.body), status=kept.status, headers=headers)


def _taken_back_if_refused(response: HttpResponse) -> HttpResponse:
    if response.status_code >= 400:
        transaction.set_rollback(True)
    return response


def _fingerprint(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(said).hexdigest()
