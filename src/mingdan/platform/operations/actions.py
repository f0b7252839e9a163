"""What a person does about a delivery that was set aside."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.queries import has_right
from mingdan.platform.events.models import Delivery
from mingdan.platform.events.waking import ring
from mingdan.platform.jobs.access import KEEP_JOBS
from mingdan.platform.operations.entries import DELIVERY_RETRIED, DELIVERY_SKIPPED
from mingdan.platform.trail.actions import record
from mingdan.platform.trail.kinds import EntryKind

REFUSALS = {
    "no_right": _("You have no right to do this; sales operations and administrators keep jobs."),
    "not_aside": _("This delivery is no longer set aside."),
}


class CannotChangeDeliveryError(Exception):
    """An act on a delivery is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


@transaction.atomic
def retry_delivery(delivery: Delivery, *, by: AbstractBaseUser, at: datetime) -> None:
    """Let a listener be told again, as often as the first time; raise CannotChangeDeliveryError."""
    found = _locked(delivery, by, at)
    found.state, found.attempts, found.next_at = Delivery.State.WAITING, 0, at
    found.save(update_fields=["state", "attempts", "next_at"])
    _record(DELIVERY_RETRIED, found, by, at)
    ring()


@transaction.atomic
def skip_delivery(delivery: Delivery, *, by: AbstractBaseUser, at: datetime) -> None:
    """Give up telling a listener, so that later events about the object reach it; raise CannotChangeDeliveryError."""
    found = _locked(delivery, by, at)
    found.state, found.done_at = Delivery.State.SKIPPED, at
    found.save(update_fields=["state", "done_at"])
    _record(DELIVERY_SKIPPED, found, by, at)
    ring()


def _locked(delivery: Delivery, by: AbstractBaseUser, at: datetime) -> Delivery:
    if not has_right(by, KEEP_JOBS, at):
        raise CannotChangeDeliveryError("no_right")
    found = Delivery.objects.select_for_update(of=("self",)).select_related("event").get(pk=delivery.pk)
    if found.state != Delivery.State.ASIDE:
        raise CannotChangeDeliveryError("not_aside")
    return found


def _record(kind: EntryKind, delivery: Delivery, by: AbstractBaseUser, at: datetime) -> None:
    values = {"listener": delivery.listener, "event": f"{delivery.event.kind} #{delivery.event_id}"}
    record(kind, by=by, at=at, about=delivery, values=values)
