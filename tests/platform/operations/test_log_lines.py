"""No personal data in the logs: 200 planted values come in through every door, and none comes out here."""

import io
import itertools
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django.core.mail import send_mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from mingdan.platform.operations.log_lines import JsonLines, log_uncaught
from mingdan.platform.people.models import Employee, User
from tests.cast import signed_in
from tests.platform.api.bearing import Program, program_of
from tests.routes import ROUTES
from tests.test_api_permissions import OPERATIONS

LEAST = 200


class Canaries:
    """Values that occur nowhere else: names, numbers and addresses as people have them."""

    def __init__(self) -> None:
        self.planted: list[str] = []
        self._numbers = itertools.count(1)

    def new(self) -> str:
        number = next(self._numbers)
        shape = ("\u91d1\u4e1d\u96c0{0:04}", "canary{0:04}@example.com", "13900{0:06}", "Serinus Canaria {0:04}")[
            number % 4
        ]
        self.planted.append(shape.format(number))
        return self.planted[-1]

    def found_in(self, text: str) -> list[str]:
        return [one for one in self.planted if one in text or json.dumps(one)[1:-1] in text]


@contextmanager
def logs_of(formatter: logging.Formatter) -> Iterator[io.StringIO]:
    """Collect everything that anybody logs, at every level, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    root, ours = logging.getLogger(), logging.getLogger("mingdan")
    levels, handlers = (root.level, ours.level), root.handlers[:]
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        ours.setLevel(levels[1])


def through_the_pages(browser: Client, new: Callable[[], str]) -> None:
    """Type values into every page, into its address, and into what browsers send along."""
    for route in ROUTES.values():
        address = route.address.format(pk=1)
        sent = {name: new() for name in (route.form or {"name": ""})}
        browser.post(address, sent, headers={"Referer": f"http://testserver/{new()}"})
        browser.get(address, {"q": new(), "day": new()}, headers={"User-Agent": new().encode().decode("latin-1")})
    browser.get(f"/people/{new()}/")
    browser.generic("PROPFIND", f"/{new()}")
    browser.get("/", headers={"Host": new().encode().decode("latin-1")})


def through_the_sign_in(new: Callable[[], str]) -> None:
    for _time in range(3):
        Client().post("/account/login/", {"login": new(), "password": new()})
    Client().post("/account/password/reset/", {"email": f"{new()}@example.com"})


def through_the_api(program: Program, new: Callable[[], str]) -> None:
    for operation in OPERATIONS.values():
        for _time in range(3):
            path = operation.path.replace("{pk}", new()).replace(" ", "%20")
            body = dict.fromkeys(operation.body or {"x": ""}, new())
            program.ask(operation.method, path, body, Idempotency_Key=new().encode().decode("latin-1"))
    Program(new().encode().decode("latin-1")).ask("GET", "/me")


def through_what_fails(new: Callable[[], str], logger: logging.Logger) -> None:
    """Fail in all the ways in which a message would carry a value."""
    for _time in range(5):
        try:
            with transaction.atomic():
                Employee.objects.create(number="E1", name=new(), hired_date="2026-01-05")
                Employee.objects.create(number="E1", name=new(), hired_date=new())
        except Exception:
            logger.exception("a row was refused")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT '{new()}' FROM nowhere")
        except DatabaseError as error:
            logger.error("refused: %s", error)
            logger.error(f"refused: {error} {new()}")
            logger.warning(new())
        try:
            raise KeyError(new()) from ValueError(new())
        except KeyError:
            logger.exception("a key was missing", extra={"route": new(), "person": new(), "status": new()})
    warnings.warn(new(), stacklevel=1)
    one = threading.Thread(target=lambda: int(new()))
    one.start()
    one.join()
    try:
        raise RuntimeError(new())
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    send_mail(new(), new(), None, [f"{new()}@example.com"])


@pytest.fixture
def hooks() -> Iterator[None]:
    """Catch what nobody caught as in production, and leave things afterwards as they were."""
    before = sys.excepthook, threading.excepthook, warnings.showwarning
    log_uncaught()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        yield
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, warnings.showwarning = before


def plant(fay: User, canaries: Canaries) -> None:
    browser = signed_in(fay, confirmed=True)
    browser.raise_request_exception = False
    through_the_pages(browser, canaries.new)
    through_the_sign_in(canaries.new)
    through_the_api(program_of(fay), canaries.new)
    through_what_fails(canaries.new, logging.getLogger("mingdan.tests"))


@pytest.mark.row("P0.19")
def test_no_planted_value_comes_out_in_the_logs(
    fay: User, hooks: None, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "mingdan.platform.operations.unsent_mail.EmailBackend"
    canaries = Canaries()
    with logs_of(JsonLines()) as written:
        plant(fay, canaries)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len(canaries.planted) >= LEAST
    assert canaries.found_in(written.getvalue()) == []
    printed = capfd.readouterr()
    assert canaries.found_in(printed.out + printed.err) == []
    # The lines are still good for something.
    assert any(line.get("text") == "request" and line.get("route") == "/people/<int:pk>/" for line in lines)
    assert any("failure" in line and "stack" in line for line in lines)


def test_the_planting_is_not_blind(fay: User, hooks: None, settings: Settings) -> None:
    # Control: with the usual way to write logs, the very same values do come out.
    settings.EMAIL_BACKEND = "mingdan.platform.operations.unsent_mail.EmailBackend"
    canaries = Canaries()
    with logs_of(logging.Formatter("%(levelname)s %(name)s %(message)s")) as written:
        plant(fay, canaries)
    assert len(canaries.found_in(written.getvalue())) > 20


def test_a_text_is_written_without_what_was_filled_in() -> None:
    with logs_of(JsonLines()) as written, suppress(ZeroDivisionError):
        logging.getLogger("mingdan.tests").warning("%s came late", "somebody", extra={"count": 3, "route": "/typed"})
    line = json.loads(written.getvalue())
    assert (line["text"], line["count"]) == ("%s came late", 3)
    assert "route" not in line
    assert line["where"].startswith("operations/test_log_lines.py:")
