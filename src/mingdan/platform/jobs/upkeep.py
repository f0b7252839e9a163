"""The application's own job: forget what nobody needs any more."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from mingdan.platform.events.pruning import prune_events
from mingdan.platform.jobs.kinds import declare_job
from mingdan.platform.jobs.models import Job, Worker
from mingdan.platform.jobs.running import Attempt

KEPT = timedelta(days=90)
"""How long a finished job can be looked up; what people did with it stays in the trail."""

KEPT_TASKS = timedelta(days=7)


def prune(attempt: Attempt) -> dict[str, int]:
    """Delete told events, finished jobs and ended workers past their time; return how many."""
    now = timezone.now()
    over = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
    done = {"events": prune_events(at=now)}
    attempt.progress(1, 3)
    Job.objects.filter(state__in=over, finished_at__lt=now - KEPT).delete()
    attempt.progress(2, 3)
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT_TASKS).delete()
    Worker.objects.filter(ended_at__lt=now - KEPT_TASKS).delete()
    return done


PRUNE = declare_job("jobs.prune", _("Forget old events and jobs"), prune, cron="10 3 * * *")
