"""Figures for Prometheus: for whoever shows the token, and nobody personal in them."""

import pytest
from django.test import Client
from pytest_django import Settings

from mingdan.platform.people.models import User
from tests.cast import NAMES, signed_in


@pytest.fixture
def token(settings: Settings) -> str:
    settings.METRICS_TOKEN = "only-for-prometheus"  # noqa: S105
    return "only-for-prometheus"


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "only-for-prometheus", "Bearer only-for-prometheusx"])
def test_there_is_no_such_page_without_the_token(db: None, token: str, shown: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_there_is_no_such_page_where_no_token_is_set(kim: User) -> None:
    assert signed_in(kim).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.row("P0.19")
def test_figures_are_read_with_the_token(cast: dict[str, User], token: str) -> None:
    signed_in(cast["fay"]).get(f"/people/{cast['ann'].employee.pk}/")
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.content.decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(figures["mingdan_trail_waiting"]) > 0
    assert float(figures['mingdan_requests_total{method="GET",route="/people/<int:pk>/",status="200"}']) >= 1
    assert float(figures["mingdan_request_seconds_count"]) == float(
        figures['mingdan_request_seconds_bucket{le="+Inf"}']
    )
    assert not [name for name in NAMES if f'"{name}"' in text]
    # Each figure is explained once, as the format asks.
    explained = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(explained) == len(set(explained)) >= 10
