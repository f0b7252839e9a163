"""Requests about one's own data: made, answered by HR, released by another person, carried out when granted."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingdan.pillars.policy.access import ANSWER_REQUESTS, RELEASE_ANSWERS
from mingdan.pillars.policy.kinds import REQUEST_ANSWERED, REQUEST_MADE, REQUEST_RELEASED, REQUEST_RETURNED
from mingdan.pillars.policy.models import DataRequest
from mingdan.platform.access.kinds import in_both
from mingdan.platform.access.queries import has_right
from mingdan.platform.people.models import Employee, User
from mingdan.platform.people.queries import company_calendar, employee_of
from mingdan.platform.retention.expiries import erase_column
from mingdan.platform.retention.holds import held_employees
from mingdan.platform.retention.register import register
from mingdan.platform.trail.actions import record

WORKING_DAYS = 15
"""Within which a request is answered: PIPL art. 50 asks for a convenient way, GB/T 35273 for 30 days; this is shorter."""

MOST_OPEN = 5

REFUSALS = {
    "no_right": _(
        "You have no right to do this; HR answers requests, a director or the internal auditor releases them."
    ),
    "too_many": _("You have five requests open already; wait for an answer to one of them."),
    "own_request": _("Nobody answers or releases their own request."),
    "same_person": _("Whoever wrote the answer does not release it; ask a director or the internal auditor."),
    "wrong_state": _("This request has gone further already; load the page again."),
    "no_words": _("Say what you ask for."),
    "no_answer": _("Write an answer: whoever asked reads it, and refusals say why."),
    "must_be_kept": _(
        "What is asked for must be kept for now, so nothing was erased. Send the answer back to HR with the words “must "
        "be kept by law at present”."
    ),
}


class CannotHandleRequestError(Exception):
    """A step is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


def due_after(day: datetime.date) -> datetime.date:
    """Return the day by which a request made on a day is to be answered."""
    calendar, left = company_calendar(), WORKING_DAYS
    while left:
        day += datetime.timedelta(days=1)
        left -= calendar.day(day).is_working
    return day


@transaction.atomic
def make_request(kind: DataRequest.Kind, words: str, *, by: User, at: datetime.datetime) -> DataRequest:
    """Ask about one's own data; needs no right. Raises CannotHandleRequestError."""
    if not words.strip():
        raise CannotHandleRequestError("no_words")
    if DataRequest.objects.filter(by=by, released_at__isnull=True).count() >= MOST_OPEN:
        raise CannotHandleRequestError("too_many")
    made = DataRequest(kind=kind, words=words.strip(), by=by, at=at, due_date=due_after(timezone.localdate(at)))
    made.full_clean(exclude=["answered_by", "answered_at", "released_by", "released_at"])
    made.save()
    values = {"kind": kind, **in_both("kind", DataRequest.Kind(kind).label), "words": words.strip()}
    record(REQUEST_MADE, by=by, at=at, about=made, subject=by, values=values)
    return made


@transaction.atomic
def answer(
    request: DataRequest, *, words: str, grant: bool, by: AbstractBaseUser, at: datetime.datetime
) -> DataRequest:
    """Write the answer, and whether what is asked for is granted; somebody else releases it."""
    request = _locked(request)
    _ensure(
        ("no_right", not has_right(by, ANSWER_REQUESTS, at)),
        ("own_request", request.by_id == by.pk),
        ("wrong_state", request.state != DataRequest.State.OPEN),
        ("no_answer", not words.strip()),
    )
    request.answer, request.is_to_be_granted = words.strip(), grant
    request.answered_by_id, request.answered_at, request.state = by.pk, at, DataRequest.State.ANSWERED
    request.save(update_fields=["answer", "is_to_be_granted", "answered_by", "answered_at", "state"])
    values = {"granted": grant, "answer": words.strip()}
    record(REQUEST_ANSWERED, by=by, at=at, about=request, subject=request.by, values=values)
    return request


@transaction.atomic
def release(request: DataRequest, *, by: AbstractBaseUser, at: datetime.datetime) -> DataRequest:
    """Release an answer, and erase what may be erased where a deletion is granted; a legal hold forbids that."""
    request = _locked(request)
    _ensure_may_release(request, by, at)
    if request.is_to_be_granted and request.kind == DataRequest.Kind.DELETION:
        _erase_what_may_go(request, by, at)
    state = DataRequest.State.GRANTED if request.is_to_be_granted else DataRequest.State.REFUSED
    request.state, request.released_by_id, request.released_at = state, by.pk, at
    request.save(update_fields=["state", "released_by", "released_at"])
    values = {"state": state, **in_both("state", state.label)}
    record(REQUEST_RELEASED, by=by, at=at, about=request, values=values)
    return request


@transaction.atomic
def send_back(request: DataRequest, *, reason: str, by: AbstractBaseUser, at: datetime.datetime) -> DataRequest:
    """Send an answer back to HR with a reason."""
    request = _locked(request)
    _ensure_may_release(request, by, at)
    _ensure(("no_answer", not reason.strip()))
    request.state = DataRequest.State.OPEN
    request.save(update_fields=["state"])
    record(REQUEST_RETURNED, by=by, at=at, about=request, values={"reason": reason.strip()})
    return request


def _ensure_may_release(request: DataRequest, by: AbstractBaseUser, at: datetime.datetime) -> None:
    _ensure(
        ("no_right", not has_right(by, RELEASE_ANSWERS, at)),
        ("own_request", request.by_id == by.pk),
        ("same_person", request.answered_by_id == by.pk),
        ("wrong_state", request.state != DataRequest.State.ANSWERED),
    )


def _ensure(*refusals: tuple[str, bool]) -> None:
    for code, is_so in refusals:
        if is_so:
            raise CannotHandleRequestError(code)


def _locked(request: DataRequest) -> DataRequest:
    return DataRequest.objects.select_for_update(of=("self",)).select_related("by").get(pk=request.pk)


def _erase_what_may_go(request: DataRequest, by: AbstractBaseUser, at: datetime.datetime) -> None:
    employee = employee_of(request.by)
    if employee is None:
        return
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    if employee.pk in held_employees():
        raise CannotHandleRequestError("must_be_kept")
    for columns in register().personal:
        if columns.may_be_erased and columns.model == "people.Employee":
            for field in columns.fields:
                erase_column(employee, field, by=by, at=at, reason=f"request {request}")
