"""Programs that bear somebody's token."""

import datetime
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mingdan.platform.api.actions import issue_token
from mingdan.platform.api.scopes import declared_scopes
from mingdan.platform.people.models import User

ALL_SCOPES = tuple(scope.code for scope in declared_scopes())


def secret_of(user: User, *scopes: str, days: int = 30) -> str:
    """Return a fresh token of somebody's, good for everything or for these scopes."""
    now = timezone.now()
    until = now + datetime.timedelta(days=days)
    return issue_token(name="test", scopes=scopes or ALL_SCOPES, expires_at=until, by=user, at=now)[1]


class Program:
    """A program that asks with one token."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Return the answer to a request below /api/v1; underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        bearer = {"Authorization": f"Bearer {self.secret}"}
        answer: HttpResponse = Client().generic(method, f"/api/v1{path}", headers=bearer | named, **sent)  # type: ignore[arg-type, assignment]
        return answer


def program_of(user: User, *scopes: str) -> Program:
    """Return a program with a fresh token."""
    return Program(secret_of(user, *scopes))


def said(response: HttpResponse) -> Any:
    """Return an answer's JSON."""
    return json.loads(response.content)
