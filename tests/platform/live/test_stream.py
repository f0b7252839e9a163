"""`/events` for whoever is signed in: what they may hear, without loss, for as long as they are."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from mingdan.platform.access.actions import take_back
from mingdan.platform.events.actions import announce
from mingdan.platform.events.models import Event
from mingdan.platform.events.numbering import number_events
from mingdan.platform.events.pruning import KEPT, prune_events
from mingdan.platform.live import hub as hubs
from mingdan.platform.live import stream, topics
from mingdan.platform.live.hub import Connection, Hub
from mingdan.platform.live.sessions import SignedIn
from mingdan.platform.people.actions import close_account, end_sessions
from mingdan.platform.people.models import User
from tests.cast import signed_in
from tests.platform.events.happenings import HAPPENED
from tests.platform.live.browser import Browser, meanwhile, run

pytestmark = pytest.mark.django_db(transaction=True)

HEARTBEAT_SECONDS = hubs.HEARTBEAT_SECONDS


@pytest.fixture(autouse=True)
def _own_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadPoolExecutor(max_workers=1) as one_thread:
        monkeypatch.setattr(stream, "database", one_thread)
        yield
        one_thread.submit(connections.close_all).result()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let signs of life come quickly."""
    monkeypatch.setattr(hubs, "HEARTBEAT_SECONDS", 0.02)


def tell(number: int, *told: str) -> None:
    with transaction.atomic():
        announce(HAPPENED, at=timezone.now(), about=f"tests.thing:{number}", values={"number": number}, topics=told)


def tell_many(count: int, *told: str) -> None:
    for number in range(count):
        tell(number, *told)


def test_nobody_who_is_signed_out_hears_anything(db: None) -> None:
    async def story(hub: Hub) -> None:
        browser = Browser(None)
        await browser.listen(hub)
        assert browser.status == 401

    run(story)


@pytest.mark.row("P0.17")
def test_somebody_hears_what_happens_and_what_is_for_others_stays_with_them(ann: User, ben: User, hal: User) -> None:
    async def story(hub: Hub) -> None:
        browsers = {user.username: Browser(signed_in_) for user, signed_in_ in clients}
        tasks = [one.listen(hub) for one in browsers.values()]
        for one in browsers.values():
            await one.until(lambda browser: "heartbeat" in browser.heard)
        await meanwhile(lambda: tell(1, f"person:{ann.pk}"))
        await meanwhile(lambda: tell(2, "right:jobs.see_jobs"))
        await meanwhile(lambda: tell(3))
        await meanwhile(lambda: tell(4, "nobody.declares:this", "right:no.such_right"))
        await meanwhile(lambda: tell(5, *(f"person:{user.pk}" for user in (ann, ben, hal))))
        for one in browsers.values():
            await one.until(lambda browser: 5 in browser.numbers)
            one.leaves.set()
        await asyncio.gather(*tasks)
        assert {name: one.numbers for name, one in browsers.items()} == {"ann": [1, 5], "ben": [5], "hal": [2, 5]}
        assert '"about":"tests.thing:1"' in browsers["ann"].heard
        assert all(one.has_ended for one in browsers.values())

    clients = [(user, signed_in(user)) for user in (ann, ben, hal)]
    run(story)


def test_a_build_that_forgot_to_ask_would_tell_everybody(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # Control: the test above must see a hub that asks nobody's rights.
    monkeypatch.setattr(topics.Audience, "of", lambda self, _topics: self.users)

    async def story(hub: Hub) -> None:
        browser = Browser(client)
        task = browser.listen(hub)
        await browser.until(lambda one: "heartbeat" in one.heard)
        await meanwhile(lambda: tell(2, "right:jobs.see_jobs"))
        await browser.until(lambda one: one.numbers == [2])
        browser.leaves.set()
        await task

    client = signed_in(ann)
    run(story)


def test_a_right_that_was_taken_back_is_gone_at_the_next_event(hal: User, kim: User) -> None:
    async def story(hub: Hub) -> None:
        browser = Browser(client)
        task = browser.listen(hub)
        await browser.until(lambda one: "heartbeat" in one.heard)
        await meanwhile(lambda: tell(1, "right:jobs.see_jobs"))
        await browser.until(lambda one: one.numbers == [1])
        await meanwhile(lambda: take_back(hal.role_grants.get(), by=kim, at=timezone.now()))
        await meanwhile(lambda: tell(2, "right:jobs.see_jobs"))
        await meanwhile(lambda: tell(3, f"person:{hal.pk}"))
        await browser.until(lambda one: 3 in one.numbers)
        assert browser.numbers == [1, 3]
        browser.leaves.set()
        await task

    client = signed_in(hal)
    run(story)


def test_a_browser_that_comes_back_hears_what_it_missed_once_and_in_order(ann: User) -> None:
    async def story(hub: Hub) -> None:
        first = Browser(client)
        task = first.listen(hub)
        await first.until(lambda one: "heartbeat" in one.heard)
        await meanwhile(lambda: tell(1, mine))
        await first.until(lambda one: one.numbers == [1])
        first.leaves.set()
        await task
        for number in (2, 3):
            await meanwhile(partial(tell, number, mine))
        await meanwhile(lambda: tell(4, "person:0"))
        second = Browser(client, left_off=first.last_id)
        task = second.listen(hub)
        await meanwhile(lambda: tell(5, mine))
        await second.until(lambda one: 5 in one.numbers)
        assert second.numbers == [2, 3, 5]
        second.leaves.set()
        await task

    client, mine = signed_in(ann), f"person:{ann.pk}"
    run(story)


def test_whoever_comes_and_goes_all_the_time_misses_nothing(ann: User) -> None:
    # Joins fall before, between and after events; each must be heard once.
    async def story(hub: Hub) -> None:
        heard: list[int] = []
        left_off: int | None = None
        writer = asyncio.create_task(meanwhile(lambda: tell_many(40, mine)))
        first = Browser(client)
        begun = first.listen(hub)
        await first.until(lambda one: "heartbeat" in one.heard)
        browser, task = first, begun
        while True:
            await browser.until(lambda one: bool(one.numbers) or writer.done())
            await asyncio.sleep(0)
            browser.leaves.set()
            await task
            heard += browser.numbers
            left_off = browser.last_id
            if writer.done() and heard and heard[-1] == 39:
                break
            browser = Browser(client, left_off=left_off)
            task = browser.listen(hub)
            await browser.until(lambda one: "heartbeat" in one.heard)
        assert heard == list(range(heard[0], 40))
        await writer

    client, mine = signed_in(ann), f"person:{ann.pk}"
    run(story)


def test_whoever_was_away_for_too_long_is_told_to_load_the_page_anew(ann: User) -> None:
    for number in range(3):
        tell(number, f"person:{ann.pk}")
    number_events()
    first = Event.objects.order_by("position").values_list("position", flat=True)[0] or 0
    prune_events(at=timezone.now() + KEPT + timedelta(seconds=1))

    async def story(hub: Hub) -> None:
        for left_off, is_reset in ((first - 1, True), (first + 2, False), (first + 1000, True)):
            browser = Browser(client, left_off=left_off)
            task = browser.listen(hub)
            await browser.until(lambda one: "heartbeat" in one.heard)
            assert ("event: reset" in browser.heard) == is_reset, left_off
            browser.leaves.set()
            await task

    client = signed_in(ann)
    run(story)


def test_a_page_hears_only_the_parts_that_it_asked_for(ann: User) -> None:
    async def story(hub: Hub) -> None:
        browser = Browser(client, query="parts=jobs,cases")
        task = browser.listen(hub)
        await browser.until(lambda one: "heartbeat" in one.heard)
        await meanwhile(lambda: tell(1, f"person:{ann.pk}"))
        await browser.until(lambda one: one.heard.count("heartbeat") > 3)
        assert browser.numbers == []
        browser.leaves.set()
        await task

    client = signed_in(ann)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hubs, "HEARTBEAT_SECONDS", 0.02)
        run(story)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("how", ["closed", "ended", "signed out", "password", "idle"])
def test_a_stream_ends_with_its_session(how: str, ann: User, kim: User) -> None:
    def change_password() -> None:
        ann.set_password("another-long-one")
        ann.save()

    def leave_alone() -> None:
        long_ago = timezone.now() - timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1)
        key = client.cookies["sessionid"].value
        UserSession.objects.create(user=ann, session_key=key, ip="127.0.0.1", user_agent="", last_seen_at=long_ago)

    client = signed_in(ann)
    ends = {
        "closed": lambda: close_account(ann, by=kim, at=timezone.now()),
        "ended": lambda: end_sessions(ann, by=kim, at=timezone.now()),
        "signed out": client.logout,
        "password": change_password,
        "idle": leave_alone,
    }

    async def story(hub: Hub) -> None:
        browser = Browser(client)
        task = browser.listen(hub)
        await browser.until(lambda one: one.heard.count("heartbeat") > 2)
        await meanwhile(ends[how])
        await asyncio.wait_for(task, 20)
        assert browser.has_ended

    if how == "ended":
        UserSession.objects.create(
            user=ann, session_key=client.cookies["sessionid"].value, ip="127.0.0.1", user_agent=""
        )
    run(story)


def test_after_the_session_ended_nothing_is_told_even_before_the_next_heartbeat(ann: User) -> None:
    client = signed_in(ann)

    async def story(hub: Hub) -> None:
        browser = Browser(client)
        task = browser.listen(hub)
        await browser.until(lambda one: "heartbeat" in one.heard)
        await meanwhile(client.logout)
        await meanwhile(lambda: tell(1, f"person:{ann.pk}"))
        await asyncio.wait_for(task, 20)
        assert browser.numbers == []

    run(story)


def test_a_heartbeat_comes_often_enough_for_off_boarding() -> None:
    assert HEARTBEAT_SECONDS <= 60


def test_one_person_cannot_take_all_connections(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_OF_ONE_PERSON", 1)

    async def story(hub: Hub) -> None:
        first, second = Browser(client), Browser(client)
        task = first.listen(hub)
        await first.until(lambda one: "heartbeat" in one.heard)
        await second.listen(hub)
        assert second.status == 429
        first.leaves.set()
        await task

    client = signed_in(ann)
    run(story)


def test_a_browser_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_WAITING", 10)
    slow = Connection(SignedIn("key", 1, "hash"), frozenset())
    slow.put(b"123456")
    assert not slow.has_ended
    slow.put(b"123456")
    assert slow.has_ended
