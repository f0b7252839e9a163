"""Start jobs at their times, in the company's time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from mingdan.platform.jobs.actions import start_job
from mingdan.platform.jobs.kinds import JobKind, scheduled_kinds
from mingdan.platform.jobs.models import Job, Schedule


def next_time(kind: JobKind, after: datetime) -> datetime:
    """Return when a scheduled kind is due next."""
    if kind.cron is None:
        raise ValueError(f"{kind.code} does not start by itself.")
    return kind.cron.next_after(after, ZoneInfo(settings.TIME_ZONE))


def start_due(*, at: datetime) -> list[Job]:
    """Start what is due; what was missed while nothing ran is started once, not once for each time.

    A kind whose last job still waits or runs is passed over until its next time.
    """
    known = {row.kind: row for row in Schedule.objects.all()}
    started = []
    for kind in scheduled_kinds():
        row, written = known.get(kind.code), kind.cron.written if kind.cron else ""
        if row is None or row.cron != written:
            Schedule.objects.update_or_create(
                kind=kind.code, defaults={"cron": written, "next_at": next_time(kind, at)}
            )
        elif row.next_at <= at and (job := _start(kind, at)):
            started.append(job)
    return started


def _start(kind: JobKind, at: datetime) -> Job | None:
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(kind=kind.code)
        due = row.next_at
        if due > at:
            return None  # another worker was first
        row.next_at = next_time(kind, at)
        row.save(update_fields=["next_at"])
        still_open = (Job.State.WAITING, Job.State.RUNNING)
        if Job.objects.filter(kind=kind.code, scheduled_for__isnull=False, state__in=still_open).exists():
            return None
        return start_job(kind, by=None, at=at, scheduled_for=due)
