"""The outbox: events, and for each listener whether it has been told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingdan.platform.events.kinds import LONGEST


class Event(models.Model):
    """What was announced, from the transaction in which it happened.

    `position` is given after commit. Primary keys are taken before it, so they say nothing of what a reader has missed.
    """

    position = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=LONGEST["kind"])
    about = models.CharField(max_length=LONGEST["about"], blank=True)
    at = models.DateTimeField()
    values = models.JSONField(default=dict)
    topics = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="event_unnumbered", condition=models.Q(position__isnull=True)),
            models.Index(fields=["at"], name="event_at"),
        ]


class EventHead(models.Model):
    """The one row from which numbering goes on."""

    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="event_one_head")]


class Delivery(models.Model):
    """That one listener is to be told of one event; the row is marked, not counted past, so none is overlooked."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        ASIDE = "aside", _("set aside")
        SKIPPED = "skipped", _("skipped")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=LONGEST["listener"])
    about = models.CharField(max_length=LONGEST["about"], blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="delivery_once_for_each_listener")]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(state="waiting")),
            models.Index(
                fields=["listener", "about", "event"],
                name="delivery_outstanding",
                condition=models.Q(state__in=("waiting", "aside")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event.kind} \u2192 {self.listener}"
