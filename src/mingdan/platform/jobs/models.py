"""Jobs, what they said, when they start by themselves, and who works."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mingdan.platform.jobs.kinds import LONGEST_CODE, job_kind


class Worker(models.Model):
    """A process that works; it gives a sign of life, and without one its jobs go to others."""

    name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """One piece of work, through all its attempts."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("job"), max_length=LONGEST_CODE)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField(_("queued at"))
    scheduled_for = models.DateTimeField(null=True)
    run_after = models.DateTimeField(_("not before"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    task = models.UUIDField(null=True)
    """The row of django-tasks that carries the present attempt: whoever holds another has lost the job."""
    worker = models.ForeignKey(Worker, on_delete=models.SET_NULL, null=True, related_name="jobs")
    cancel_asked_at = models.DateTimeField(null=True)
    done_parts = models.BigIntegerField(default=0)
    all_parts = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "scheduled_for"], name="job_once_for_each_time"),
        ]
        indexes = [
            models.Index(fields=["state", "-queued_at"], name="job_by_state"),
            models.Index(fields=["-queued_at"], name="job_newest"),
        ]

    def __str__(self) -> str:
        kind = job_kind(self.kind)
        return f"{kind.label if kind else self.kind} #{self.pk}"

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def share(self) -> int | None:
        """Return how much is done in percent, or None if nobody knows."""
        return min(100, 100 * self.done_parts // self.all_parts) if self.all_parts else None


class JobLine(models.Model):
    """What a job said itself, or, with a `code`, what became of it; then `text` is what its sentence names."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    code = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        sentence = LINES.get(self.code)
        return str(sentence) % {"what": self.text} if sentence else self.text


LINES = {
    "began": _("Attempt %(what)s begins."),
    "done": _("Done."),
    "cancelled": _("Cancelled."),
    "attempt_failed": _("The attempt failed: %(what)s"),
    "handed_back": _("Handed back, because the worker stops."),
    "retried": _("Somebody lets it be tried again."),
}
"""What the log says of a job by itself, in the reader's language."""


class Schedule(models.Model):
    """When a kind of job starts next by itself."""

    kind = models.CharField(max_length=LONGEST_CODE, unique=True)
    cron = models.CharField(max_length=100)
    next_at = models.DateTimeField()
