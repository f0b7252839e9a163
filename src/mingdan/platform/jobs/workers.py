"""Workers: threads that take jobs, a sign of life, and what becomes of the jobs of workers that died."""

import logging
import os
import socket
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as TaskRunner
from django_tasks_db.models import DBTaskResult

from mingdan.platform.events.delivering import keep_delivering
from mingdan.platform.events.waking import Waker
from mingdan.platform.jobs.models import Job, Worker
from mingdan.platform.jobs.running import fail, hand_back, stops
from mingdan.platform.jobs.scheduling import start_due

SIGN_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=30)
PAUSE_SECONDS = 1.0
GRACE_SECONDS = 3.0
"""How long a stopping worker waits for its jobs to notice; then others get them."""

logger = logging.getLogger(__name__)


def run_worker(stop: threading.Event, *, at_once: int = 2) -> None:
    """Work, deliver events and keep the schedule until told to stop."""
    waker = Waker()
    wake_delivery = threading.Event()
    waker.subscribe(wake_delivery.set)
    threads = [threading.Thread(target=keep_delivering, args=[stop, wake_delivery], name="deliveries", daemon=True)]
    worker = begin_work(at=timezone.now())
    stops[str(worker.pk)] = stop
    for number in range(at_once):
        wake = threading.Event()
        waker.subscribe(wake.set)
        name = f"jobs-{number}"
        threads.append(threading.Thread(target=_take_jobs, args=[worker, stop, wake], name=name, daemon=True))
    waker.start()
    for thread in threads:
        thread.start()
    _keep_watch(worker, stop)
    for thread in threads:
        thread.join(GRACE_SECONDS)
    end_work(worker, at=timezone.now())
    waker.stop()
    connection.close()


def begin_work(*, at: datetime) -> Worker:
    """Enter a worker into the list."""
    return Worker.objects.create(name=f"{socket.gethostname()}:{os.getpid()}"[:120], started_at=at, seen_at=at)


def end_work(worker: Worker, *, at: datetime) -> None:
    """Take a worker off the list and give what it still runs to others."""
    with transaction.atomic():
        for job in Job.objects.select_for_update().filter(worker=worker, state=Job.State.RUNNING):
            hand_back(job, at=at)
        Worker.objects.filter(pk=worker.pk).update(ended_at=at)


def _keep_watch(worker: Worker, stop: threading.Event) -> None:
    while not stop.is_set():
        now = timezone.now()
        try:
            Worker.objects.filter(pk=worker.pk).update(seen_at=now, ended_at=None)
            bury_dead(at=now)
            start_due(at=now)
        except DatabaseError:
            logger.exception("the worker could not give a sign of life; trying again")
        close_old_connections()
        stop.wait(SIGN_SECONDS)


def bury_dead(*, at: datetime) -> int:
    """Count what workers without a sign of life were doing as failed attempts; return how many workers those were."""
    if not (dead := list(Worker.objects.filter(ended_at__isnull=True, seen_at__lt=at - DEAD_AFTER))):
        return 0
    for worker in dead:
        with transaction.atomic():
            if not Worker.objects.filter(pk=worker.pk, ended_at__isnull=True).update(ended_at=at):
                continue  # another was first
            for job in Job.objects.select_for_update().filter(worker=worker, state=Job.State.RUNNING):
                DBTaskResult.objects.filter(pk__in=[job.task]).update(status=TaskResultStatus.FAILED, finished_at=at)
                fail(job, f"The worker {worker} gave no sign of life.", at=at)
    return len(dead)


def _take_jobs(worker: Worker, stop: threading.Event, wake: threading.Event) -> None:
    while not stop.is_set():
        wake.clear()
        try:
            while not stop.is_set() and take_job(str(worker.pk)):
                pass
        except DatabaseError:
            logger.exception("no job could be taken; trying again")
            stop.wait(PAUSE_SECONDS)
        close_old_connections()
        wake.wait(PAUSE_SECONDS)
    connection.close()


def take_job(worker: str) -> bool:
    """Take the next task that is ready and do it; return whether there was one."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():
        return False  # asked first without a lock: looking must not hold up writers
    with transaction.atomic():
        found = ready.get_locked()
        if found is None:
            return False
        found.claim(worker)
    _runner(worker).run_task(found)
    return True


def _runner(worker: str) -> TaskRunner:
    return TaskRunner(
        queue_names=["*"],
        interval=PAUSE_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker,
        excluded_queue_names=[],
    )
