"""The pages of jobs and of events that were set aside, for those who keep them."""

from datetime import datetime

import pytest
from django.utils import timezone

from mingdan.platform.events.delivering import deliver_all
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.jobs.actions import start_job
from mingdan.platform.jobs.models import Job
from mingdan.platform.jobs.scheduling import start_due
from mingdan.platform.jobs.workers import begin_work, take_job
from mingdan.platform.operations.actions import CannotChangeDeliveryError, retry_delivery, skip_delivery
from mingdan.platform.people.models import User
from mingdan.platform.trail.models import PendingEntry
from tests.cast import signed_in
from tests.platform.events.happenings import Diary, happen, listening
from tests.platform.jobs.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture
def aside(now: datetime) -> Delivery:
    """Give a delivery that failed for good, with a later one about the same object behind it."""
    Event.objects.all().delete()
    with listening("tests.writes_diary", Diary()):
        happen(1, "crm.deal:7")
        Delivery.objects.update(state="aside", attempts=8, error="LookupError: no place")
        happen(2, "crm.deal:7")
    return Delivery.objects.get(state="aside")


@pytest.mark.row("P0.16")
def test_a_job_is_seen_with_its_progress_cancelled_and_tried_again(now: datetime, hal: User) -> None:
    client, job = signed_in(hal), start_job(WORK, by=hal, at=now, arguments={"what": "offer", "parts": 4})
    Job.objects.filter(pk=job.pk).update(done_parts=1, all_parts=4)
    assert 'value="25"' in client.get("/jobs/?state=waiting").content.decode()
    client.post(f"/jobs/{job.pk}/cancel/")
    assert Job.objects.get(pk=job.pk).state == "cancelled"
    client.post(f"/jobs/{job.pk}/retry/")
    take_job("0")
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "worked on offer" in page
    assert 'value="100"' in page
    for told in ("取消了任务", "重新执行"):
        assert told in page


def test_an_act_that_comes_too_late_is_refused_in_a_sentence(now: datetime, hal: User) -> None:
    client, job = signed_in(hal), start_job(WORK, by=hal, at=now)
    take_job("0")
    assert "该任务已结束" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()


def test_whoever_only_sees_jobs_gets_no_buttons(now: datetime, dan: User, hal: User) -> None:
    job = start_job(WORK, by=None, at=now)
    for person, has_button in ((hal, True), (dan, False)):
        page = signed_in(person).get(f"/jobs/{job.pk}/").content.decode()
        assert (f"/jobs/{job.pk}/cancel/" in page) == has_button


def test_the_list_says_who_works_and_what_starts_by_itself(now: datetime, hal: User) -> None:
    client = signed_in(hal)
    assert "没有工作进程" in client.get("/jobs/").content.decode()
    worker = begin_work(at=now)
    start_due(at=now)
    page = client.get("/jobs/").content.decode()
    assert str(worker) in page
    assert "清理过期的事件和任务" in page


def test_a_delivery_that_was_set_aside_is_seen_with_its_error_and_delivered_again(aside: Delivery, hal: User) -> None:
    client, diary = signed_in(hal), Diary()
    page = client.get("/deliveries/").content.decode()
    assert "LookupError: no place" in page
    assert "1 个后续事件在等候" in page
    client.post(f"/deliveries/{aside.pk}/retry/")
    with listening("tests.writes_diary", diary):
        deliver_all(at=timezone.now())
    assert diary.heard == [("crm.deal:7", 1), ("crm.deal:7", 2)]
    assert PendingEntry.objects.filter(kind="operations.delivery_retried").count() == 1


def test_giving_up_on_a_delivery_lets_the_next_one_through(aside: Delivery, now: datetime, hal: User) -> None:
    diary = Diary()
    skip_delivery(aside, by=hal, at=now)
    with listening("tests.writes_diary", diary):
        deliver_all(at=now)
    assert diary.heard == [("crm.deal:7", 2)]
    with pytest.raises(CannotChangeDeliveryError, match="not_aside"):
        retry_delivery(aside, by=hal, at=now)


def test_who_has_no_right_changes_no_delivery(aside: Delivery, now: datetime, ann: User) -> None:
    with pytest.raises(CannotChangeDeliveryError, match="no_right"):
        retry_delivery(aside, by=ann, at=now)
    assert Delivery.objects.get(pk=aside.pk).state == "aside"
