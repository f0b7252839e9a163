"""Jobs run once, again when they fail, elsewhere when their worker dies, and not at all when cancelled."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from mingdan.platform.jobs import running
from mingdan.platform.jobs.actions import CannotChangeJobError, cancel_job, retry_job, start_job
from mingdan.platform.jobs.kinds import WrongJobError, declare_job, forget_job
from mingdan.platform.jobs.models import Job, Schedule, Worker
from mingdan.platform.jobs.running import Attempt, AttemptEnded, Cancelled, HandedBack, attempt_job
from mingdan.platform.jobs.scheduling import start_due
from mingdan.platform.jobs.upkeep import KEPT, PRUNE
from mingdan.platform.jobs.workers import DEAD_AFTER, begin_work, bury_dead, end_work, take_job
from mingdan.platform.people.models import User
from mingdan.platform.trail.models import PendingEntry
from tests.platform.jobs.work import DONE, WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_done_yet(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    monkeypatch.setattr(running, "SAYS_SECONDS", 0)


def start(now: datetime, **arguments: Any) -> Job:
    return start_job(WORK, by=None, at=now, arguments=arguments)


def work_off() -> None:
    while take_job("0"):
        pass


def become_due(job: Job) -> None:
    """Let a job's time come."""
    DBTaskResult.objects.filter(pk__in=[job.task]).update(run_after=timezone.now() - timedelta(seconds=1))


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_runs_and_says_how_far_it_is(now: datetime) -> None:
    job = start(now, what="offer", parts=3)
    work_off()
    done = fresh(job)
    assert (done.state, done.result, done.share, done.attempts) == ("done", "offer", 100, 1)
    assert DONE == [("offer", 0), ("offer", 1), ("offer", 2)]
    with override("en"):
        assert [str(line) for line in done.lines.all()] == ["Attempt 1 begins.", "worked on offer", "Done."]


def test_a_job_that_fails_is_tried_again_ever_later_and_then_given_up(now: datetime) -> None:
    job = start(now, what="offer", fail_until=9)
    waits = []
    for _ in range(WORK.most_attempts):
        become_due(fresh(job))
        work_off()
        waits.append((fresh(job).run_after - timezone.now()).total_seconds())
    failed = fresh(job)
    assert (failed.state, failed.attempts) == ("failed", 3)
    assert "LookupError: offer is not there yet" in failed.error
    assert [round(wait, -1) for wait in waits[:2]] == [10, 40]
    become_due(failed)
    assert not take_job("0")


def test_a_job_that_failed_once_succeeds_at_its_second_attempt(now: datetime) -> None:
    job = start(now, what="offer", fail_until=1)
    work_off()
    assert fresh(job).state == "waiting"
    become_due(fresh(job))
    work_off()
    assert (fresh(job).state, fresh(job).attempts, fresh(job).error) == ("done", 2, "")


def test_a_job_that_waits_is_cancelled_at_once_and_leaves_an_entry(now: datetime, hal: User) -> None:
    job = start(now, what="offer")
    cancel_job(job, by=hal, at=now)
    work_off()
    assert (fresh(job).state, DONE) == ("cancelled", [])
    assert PendingEntry.objects.filter(kind="jobs.job_cancelled", about=f"jobs.job:{job.pk}").count() == 1


def test_a_job_that_runs_ends_when_it_next_says_how_far_it_is(now: datetime, hal: User) -> None:
    def cancelled_meanwhile(attempt: Attempt) -> None:
        attempt.progress(1, 3)
        cancel_job(attempt.job, by=hal, at=now)
        attempt.progress(2, 3)
        raise AssertionError("went on")

    kind = declare_job("tests.cancelled", "cancelled", cancelled_meanwhile)
    job = start_job(kind, by=hal, at=now)
    work_off()
    forget_job(kind.code)
    assert (fresh(job).state, fresh(job).done_parts) == ("cancelled", 2)


def test_a_job_is_retried_by_hand_once_it_is_over(now: datetime, hal: User) -> None:
    job = start(now, what="offer", fail_until=9)
    with pytest.raises(CannotChangeJobError, match="is_open"):
        retry_job(job, by=hal, at=now)
    cancel_job(job, by=hal, at=now)
    retry_job(job, by=hal, at=now)
    assert fresh(job).state == "waiting"
    work_off()
    assert DONE == [("offer", 0), ("offer", 1)]
    assert PendingEntry.objects.filter(kind="jobs.job_retried").count() == 1


def test_who_has_no_right_neither_cancels_nor_retries(now: datetime, ann: User, dan: User) -> None:
    job = start(now)
    for person in (ann, dan):
        with pytest.raises(CannotChangeJobError, match="no_right"):
            cancel_job(job, by=person, at=now)
    assert fresh(job).state == "waiting"


def test_the_job_of_a_dead_worker_is_done_by_another(now: datetime) -> None:
    job = start(now, what="offer")
    dead = begin_work(at=now)
    take_without_working(dead)
    assert fresh(job).state == "running"
    assert bury_dead(at=now + DEAD_AFTER - timedelta(seconds=1)) == 0
    assert bury_dead(at=now + DEAD_AFTER + timedelta(seconds=1)) == 1
    assert bury_dead(at=now + DEAD_AFTER + timedelta(seconds=1)) == 0
    waiting = fresh(job)
    assert (waiting.state, "no sign of life" in waiting.error) == ("waiting", True)
    become_due(waiting)
    work_off()
    assert (fresh(job).state, fresh(job).attempts) == ("done", 2)


def take_without_working(worker: Worker) -> Job:
    """Begin the next job as a worker that dies before it is done."""
    found = DBTaskResult.objects.ready().get()
    found.claim(str(worker.pk))
    job = running._begun(found.args_kwargs["args"][0], str(found.pk), str(worker.pk))
    assert job is not None
    return job


def test_a_worker_that_was_thought_dead_writes_nothing_any_more(now: datetime) -> None:
    job = start(now, what="offer")
    dead = begin_work(at=now)
    lost = Attempt(take_without_working(dead), str(fresh(job).task), threading.Event())
    bury_dead(at=now + DEAD_AFTER + timedelta(seconds=1))
    with pytest.raises(AttemptEnded):
        lost.progress(1, 2)
    become_due(fresh(job))
    work_off()
    before = fresh(job)
    running._end(job.pk, lost.token, Job.State.FAILED)
    assert fresh(job).state == before.state == "done"


def test_without_the_token_the_dead_worker_would_write_over_the_living_one(now: datetime) -> None:
    # Control: the same as above in a build that does not ask whether the attempt still holds the job.
    job = start(now, what="offer")
    lost = Attempt(take_without_working(begin_work(at=now)), str(fresh(job).task), threading.Event())
    bury_dead(at=now + DEAD_AFTER + timedelta(seconds=1))
    become_due(fresh(job))
    work_off()
    with patch.object(running, "_held_or_none", lambda pk, _token: Job.objects.get(pk=pk)):
        running._end(job.pk, lost.token, Job.State.FAILED)
    assert fresh(job).state == "failed"


def test_a_worker_that_stops_hands_its_jobs_back_without_counting_the_attempt(now: datetime) -> None:
    job, worker = start(now, what="offer"), begin_work(at=now)
    stop = threading.Event()
    stop.set()
    attempt_job(job.pk, str(job.task), str(worker.pk), stop)
    assert (fresh(job).state, fresh(job).attempts) == ("waiting", 0)
    DBTaskResult.objects.exclude(pk__in=[fresh(job).task]).delete()
    take_without_working(worker)
    end_work(worker, at=now)
    assert (fresh(job).state, fresh(job).attempts) == ("waiting", 0)


def test_a_job_that_this_version_does_not_know_fails(now: datetime) -> None:
    kind = declare_job("tests.gone", "gone", lambda attempt: None)
    job = start_job(kind, by=None, at=now)
    forget_job(kind.code)
    work_off()
    assert (fresh(job).state, "knows no job tests.gone" in fresh(job).error) == ("failed", True)


def test_a_schedule_starts_a_job_once_in_the_companys_own_time(now: datetime) -> None:
    Schedule.objects.all().delete()
    evening = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    start_due(at=evening)
    assert Schedule.objects.get(kind=PRUNE.code).next_at == datetime(
        2026, 3, 2, 19, 10, tzinfo=UTC
    )  # 03:10 in Shanghai
    late = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
    started = [job.kind for job in start_due(at=late)]
    assert started.count(PRUNE.code) == 1, "a week was missed, and made up for once"
    assert start_due(at=late) == []
    assert start_due(at=late + timedelta(days=1)) == [], "the last one still waits"
    work_off()
    assert Job.objects.get(kind=PRUNE.code).state == "done"


def test_jobs_that_are_long_over_are_forgotten(now: datetime) -> None:
    old, young = start(now), start(now)
    work_off()
    Job.objects.filter(pk=old.pk).update(finished_at=now - KEPT - timedelta(days=1))
    start_job(PRUNE, by=None, at=now)
    work_off()
    assert set(Job.objects.filter(kind=WORK.code).values_list("pk", flat=True)) == {young.pk}


def test_a_job_is_declared_once_and_at_times_that_come() -> None:
    with pytest.raises(WrongJobError, match="declared twice"):
        declare_job("tests.work", "again", print)
    with pytest.raises(WrongJobError, match="never comes"):
        declare_job("tests.never", "never", print, cron="0 0 30 2 *")


def test_the_reasons_to_end_are_no_failures() -> None:
    assert issubclass(Cancelled, AttemptEnded)
    assert issubclass(HandedBack, AttemptEnded)
