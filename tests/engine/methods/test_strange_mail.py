"""Addresses that look like ours, and how often others show a sign."""

from datetime import datetime, timedelta

import pytest

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.act_sequences import Act, sequences
from mingdan.engine.methods.document_leaks import resembles
from mingdan.engine.methods.peer_shares import share_of_others


@pytest.mark.parametrize(
    "domain", ["mingdan-tech.com", "m1ngdantech.com", "mingdantecn.cn", "rningdantech.com", "mingdantech.co"]
)
def test_a_look_alike_is_seen(domain: str) -> None:
    assert resembles(domain, {"mingdantech.com"})


@pytest.mark.parametrize("domain", ["mingdantech.com", "customer.cn", "tech.com"])
def test_our_own_and_unlike_addresses_are_none(domain: str) -> None:
    assert not resembles(domain, {"mingdantech.com"})


def test_short_names_resemble_nothing() -> None:
    assert not resembles("abd.com", {"abc.com"})


def test_nobody_is_his_own_yardstick() -> None:
    talks = [("me", "A"), ("me", "B"), ("other", "C"), ("other", "D")]
    shares = share_of_others(talks, [("me", "A"), ("me", "B")], prior=7)
    assert shares["me"] == 0.5 / (0.5 + 7 + 2)
    assert shares["other"] == 2.5 / (0.5 + 7 + 2)


def test_sequences_keep_the_order_of_acts() -> None:
    start = datetime(2025, 1, 1)  # noqa: DTZ001

    def act(kind: str, day: int) -> Act:
        return Act(kind, start + timedelta(days=day), Evidence("messages", f"{kind}{day}"))

    closed = start + timedelta(days=40)
    assert list(sequences([act("card", 1), act("deleted", 5)], [], closed)) == ["act-then-delete"]
    assert sequences([act("deleted", 1), act("card", 5)], [], closed) == {}
    assert list(sequences([act("quote", 1), act("deleted", 5)], [], closed)) == ["quote-then-delete"]
    assert sequences([act("quote", 1), act("deleted", 15)], [], closed) == {}
    before = [start - timedelta(days=day) for day in (3, 2, 1)]
    assert list(sequences([act("card", 1)], before, closed)) == ["card-then-silence"]
    assert sequences([act("card", 1)], [*before, start + timedelta(days=20)], closed) == {}
