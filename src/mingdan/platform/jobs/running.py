"""One attempt at a job: begun, told how far it is, ended; and what follows when it fails.

Every write asks whether the attempt still holds the job. A worker that was thought dead and comes back then writes
nothing, and its work ends when it next says how far it is.
"""

import json
import threading
import time
import traceback
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskContext, task

from mingdan.platform.events.actions import announce
from mingdan.platform.jobs.access import SEE_JOBS
from mingdan.platform.jobs.entries import JOB_CHANGED
from mingdan.platform.jobs.kinds import JobKind, WrongJobError, job_kind
from mingdan.platform.jobs.models import Job, JobLine, Worker

GROWTH = 4
LONGEST_ERROR = 8000
SAYS_SECONDS = 0.5
"""How often progress is written at most."""

stops: dict[str, threading.Event] = {}
"""What tells the attempts of this process's worker to hand their jobs back, by the worker's key."""


class AttemptEnded(Exception):  # noqa: N818  not an error: the work is to stop
    """The work is to end now: cancelled, the worker stops, or the job is somebody else's by now."""


class Cancelled(AttemptEnded):
    """Somebody cancelled the job."""


class HandedBack(AttemptEnded):
    """The worker stops; another will begin anew."""


class Attempt:
    """What the work holds in its hands."""

    def __init__(self, job: Job, token: str, stop: threading.Event) -> None:
        self.job, self.token, self._stop, self._said = job, token, stop, 0.0

    def progress(self, done: int, of: int | None = None, note: str = "") -> None:
        """Say how far the work is, in parts; raise AttemptEnded if it is to stop. Cheap: written twice a second.

        To be called outside of a transaction of the work's own, or nobody sees it before that ends.
        """
        if self._stop.is_set():
            raise HandedBack
        if time.monotonic() - self._said < SAYS_SECONDS and done != of:
            return
        self._said = time.monotonic()
        with transaction.atomic():
            job = held(self.job.pk, self.token)
            job.done_parts, job.all_parts, job.note = done, of, note[:200]
            job.save(update_fields=["done_parts", "all_parts", "note"])
            tell_change(job, at=timezone.now())
        if job.cancel_asked_at is not None:
            raise Cancelled

    def say(self, text: str) -> None:
        """Write a line into the job's log."""
        with transaction.atomic():
            note(held(self.job.pk, self.token), text, at=timezone.now())


def held(pk: int, token: str) -> Job:
    """Return the job, locked; raise AttemptEnded if this attempt no longer holds it."""
    job = Job.objects.select_for_update().filter(pk=pk, task=token, state=Job.State.RUNNING).first()
    if job is None:
        raise AttemptEnded
    return job


def note(job: Job, text: str = "", *, at: datetime, code: str = "") -> None:
    """Write a line into a job's log: a text of the work's own, or a code of LINES with what its sentence names."""
    JobLine.objects.create(job=job, at=at, code=code, text=text[:1000])


def tell_change(job: Job, *, at: datetime) -> None:
    """Tell those who may see jobs that this one has changed."""
    values = {"kind": job.kind, "state": job.state, "share": job.share}
    announce(JOB_CHANGED, at=at, about=job, values=values, topics=[f"right:{SEE_JOBS.code}"])


def enqueue(job: Job, *, at: datetime) -> None:
    """Give the next attempt to django-tasks, in the same transaction; an earlier attempt holds the job no longer."""
    later = job.run_after if job.run_after > at else None
    job.task = carry.using(run_after=later).enqueue(job.pk).id
    job.save(update_fields=["task"])


@task(takes_context=True)
def carry(context: TaskContext, pk: int) -> None:
    """What django-tasks carries: one attempt at one job."""
    worker = context.task_result.worker_ids[-1]
    attempt_job(pk, str(context.task_result.id), worker, stops.get(worker, threading.Event()))


def attempt_job(pk: int, token: str, worker: str, stop: threading.Event) -> None:
    """Begin, work, and note how it ended."""
    job = _begun(pk, token, worker)
    if job is None:
        return  # cancelled while it waited, or given to another
    try:
        kind = _kind_of(job)
        result = kind.work(Attempt(job, token, stop), **job.arguments)
        json.dumps(result)
    except AttemptEnded as reason:
        _ended(pk, token, reason)
    except Exception as error:
        with transaction.atomic():
            fail(_held_or_none(pk, token), "".join(traceback.format_exception(error)), at=timezone.now())
    else:
        _end(pk, token, Job.State.DONE, result=result)


def _kind_of(job: Job) -> JobKind:
    kind = job_kind(job.kind)
    if kind is None:
        raise WrongJobError(f"This version knows no job {job.kind}.")
    return kind


def _begun(pk: int, token: str, worker: str) -> Job | None:
    now = timezone.now()
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=pk, task=token, state=Job.State.WAITING).first()
        if job is None:
            return None
        job.state, job.started_at, job.attempts = Job.State.RUNNING, now, job.attempts + 1
        job.worker = Worker.objects.filter(pk=worker).first() if worker.isdecimal() else None
        job.done_parts, job.all_parts, job.note, job.error = 0, None, "", ""
        job.save()
        note(job, str(job.attempts), at=now, code="began")
        tell_change(job, at=now)
    return job


def _held_or_none(pk: int, token: str) -> Job | None:
    try:
        return held(pk, token)
    except AttemptEnded:
        return None


def _end(pk: int, token: str, state: Job.State, *, result: Any = None) -> None:
    now = timezone.now()
    with transaction.atomic():
        job = _held_or_none(pk, token)
        if job is None:
            return
        job.state, job.finished_at, job.result = state, now, result
        if state == Job.State.DONE and job.all_parts:
            job.done_parts = job.all_parts
        job.save()
        note(job, at=now, code=state.value)
        tell_change(job, at=now)


def _ended(pk: int, token: str, reason: AttemptEnded) -> None:
    if isinstance(reason, Cancelled):
        _end(pk, token, Job.State.CANCELLED)
    elif isinstance(reason, HandedBack):
        with transaction.atomic():
            hand_back(_held_or_none(pk, token), at=timezone.now())


def hand_back(job: Job | None, *, at: datetime) -> None:
    """Let another worker begin a job anew; the attempt does not count."""
    if job is None:
        return
    job.state, job.attempts, job.worker, job.run_after = Job.State.WAITING, max(0, job.attempts - 1), None, at
    job.save()
    enqueue(job, at=at)
    note(job, at=at, code="handed_back")
    tell_change(job, at=at)


def fail(job: Job | None, error: str, *, at: datetime) -> None:
    """Note that an attempt failed: the next comes after a while, four times as long each time, or the job has failed."""
    if job is None:
        return
    kind = job_kind(job.kind)
    job.error, job.worker = error[-LONGEST_ERROR:], None
    if job.cancel_asked_at is not None:
        job.state, job.finished_at = Job.State.CANCELLED, at
    elif kind is None or job.attempts >= kind.most_attempts:
        job.state, job.finished_at = Job.State.FAILED, at
    else:
        job.state, job.run_after = Job.State.WAITING, at + kind.back_off * GROWTH ** (job.attempts - 1)
    job.save()
    if job.state == Job.State.WAITING:
        enqueue(job, at=at)
    last = error.strip().splitlines()[-1] if error.strip() else ""
    note(job, last, at=at, code="attempt_failed")
    tell_change(job, at=at)
