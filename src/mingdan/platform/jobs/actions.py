"""Start, cancel and retry jobs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mingdan.platform.access.queries import has_right
from mingdan.platform.jobs.access import KEEP_JOBS
from mingdan.platform.jobs.entries import CANCELLED, RETRIED
from mingdan.platform.jobs.kinds import JobKind
from mingdan.platform.jobs.models import Job
from mingdan.platform.jobs.running import enqueue, note, tell_change
from mingdan.platform.trail.actions import record

By = AbstractBaseUser | None

REFUSALS = {
    "no_right": _("You have no right to do this; sales operations and administrators keep jobs."),
    "is_over": _("The job is over already."),
    "is_open": _("The job still waits or runs."),
}


class CannotChangeJobError(Exception):
    """An act on a job is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


@transaction.atomic
def start_job(
    kind: JobKind,
    *,
    by: By,
    at: datetime,
    arguments: Mapping[str, Any] | None = None,
    run_after: datetime | None = None,
    scheduled_for: datetime | None = None,
) -> Job:
    """Queue a job, which starts after this transaction's commit; whoever calls has asked for the right to do so."""
    job = Job.objects.create(
        kind=kind.code,
        arguments=dict(arguments or {}),
        by_id=by.pk if by else None,
        queued_at=at,
        run_after=run_after or at,
        scheduled_for=scheduled_for,
    )
    enqueue(job, at=at)
    tell_change(job, at=at)
    return job


@transaction.atomic
def cancel_job(job: Job, *, by: AbstractBaseUser, at: datetime) -> Job:
    """End a job: one that waits at once, one that runs when it next says how far it is.

    Raise CannotChangeJobError without the right, or if it is over.
    """
    found = _locked(job, by, at)
    if not found.is_open:
        raise CannotChangeJobError("is_over")
    found.cancel_asked_at = at
    if found.state == Job.State.WAITING:
        found.state, found.finished_at = Job.State.CANCELLED, at
        DBTaskResult.objects.filter(pk__in=[found.task], status=TaskResultStatus.READY).delete()
    found.save(update_fields=["cancel_asked_at", "state", "finished_at"])
    record(CANCELLED, by=by, at=at, about=found, values={"kind": found.kind})
    tell_change(found, at=at)
    return found


@transaction.atomic
def retry_job(job: Job, *, by: AbstractBaseUser, at: datetime) -> Job:
    """Let a job that failed or was cancelled be attempted anew; raise CannotChangeJobError otherwise."""
    found = _locked(job, by, at)
    if found.is_open:
        raise CannotChangeJobError("is_open")
    if found.state == Job.State.DONE:
        raise CannotChangeJobError("is_over")
    found.state, found.attempts, found.run_after = Job.State.WAITING, 0, at
    found.cancel_asked_at = found.finished_at = None
    found.done_parts, found.all_parts, found.note = 0, None, ""
    found.save()
    enqueue(found, at=at)
    note(found, at=at, code="retried")
    record(RETRIED, by=by, at=at, about=found, values={"kind": found.kind})
    tell_change(found, at=at)
    return found


def _locked(job: Job, by: AbstractBaseUser, at: datetime) -> Job:
    if not has_right(by, KEEP_JOBS, at):
        raise CannotChangeJobError("no_right")
    return Job.objects.select_for_update().get(pk=job.pk)
