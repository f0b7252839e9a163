"""The director's number: read from the call-backs drawn by chance, with small teams withheld."""

from typing import Any

import numpy as np
import pytest

from mingdan.engine.callback_estimate import estimate_from_callbacks
from mingdan.engine.result import CallbackEstimate
from mingdan.engine.trail import Tables

Rows = list[dict[str, Any]]


def staff(**people_by_team: int) -> Rows:
    return [
        {"employee_id": f"{team}{n}", "name": f"N {team}{n}", "role": "rep", "team_id": team, "id_key": f"k{team}{n}"}
        for team, people in people_by_team.items()
        for n in range(people)
    ]


def customers(owner: str, first: int, count: int) -> Rows:
    return [
        {"account_id": f"A{n:04d}", "name": f"Firm {n}", "owner_id": owner, "region": "East"}
        for n in range(first, first + count)
    ]


def calls(first: int, count: int, elsewhere: int, **given: Any) -> Rows:
    """Return so many answered calls to customers from a number on, the first so many of whom bought elsewhere."""
    return [
        {
            "callback_id": f"B{first + n:04d}",
            "called_at": "2025-03-10T09:00:00",
            "account_id": f"A{first + n:04d}",
            "inclusion_probability": 0.1,
            "reached": True,
            "bought_elsewhere": n < elsewhere,
            **given,
        }
        for n in range(count)
    ]


def orders(count: int) -> Rows:
    return [
        {"order_id": f"O{n}", "account_id": f"A{n:04d}", "ordered_at": "2025-01-10", "amount": 100}
        for n in range(count)
    ]


def estimated(**records: Rows) -> CallbackEstimate:
    found = estimate_from_callbacks(Tables.from_records(records, as_of="2025-06-30"))
    assert found is not None
    return found


def test_the_company_and_its_teams_each_have_a_rate_with_an_interval() -> None:
    found = estimated(
        employees=staff(T=6, U=5),
        accounts=customers("T0", 0, 40) + customers("U0", 40, 40),
        orders=orders(80),
        callbacks=calls(0, 40, 4) + calls(40, 40, 12),
    )
    assert (found.customers, found.company.asked, found.company.answered) == (80, 80, 80)
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(0.2)
    assert found.company.elsewhere.low < 0.2 < found.company.elsewhere.high
    assert [(team.team_id, team.elsewhere and team.elsewhere.rate) for team in found.teams] == [("T", 0.1), ("U", 0.3)]
    assert "no measure of side deals" in found.caveat.en


def test_answers_count_by_the_inverse_of_their_chance() -> None:
    found = estimated(callbacks=calls(0, 10, 10, inclusion_probability=1.0) + calls(10, 30, 0), orders=orders(40))
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(10 / 310, abs=1e-6)


def test_random_calls_without_a_chance_are_taken_as_drawn_evenly_within_their_month() -> None:
    quiet = calls(0, 20, 0, inclusion_probability=None, random=True, called_at="2025-02-05T09:00:00")
    busy = calls(20, 60, 60, inclusion_probability=None, random=True)
    found = estimated(callbacks=quiet + busy, orders=orders(200))
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(0.5)


def test_who_was_not_drawn_by_chance_does_not_count() -> None:
    picked = calls(0, 30, 30, inclusion_probability=None)
    found = estimated(callbacks=picked + calls(30, 30, 3), orders=orders(60))
    assert found.company.asked == 30
    assert estimate_from_callbacks(Tables.from_records({"callbacks": picked}, as_of="2025-06-30")) is None


def test_a_call_that_reached_nobody_is_no_answer_whatever_is_filled_in() -> None:
    found = estimated(callbacks=calls(0, 30, 6) + calls(30, 30, 0, reached=False), orders=orders(60))
    assert (found.company.asked, found.company.reached, found.company.answered) == (60, 30, 30)
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(0.2)


def test_silent_customers_are_taken_to_answer_as_their_own_kind() -> None:
    """Of the customers who stopped buying half answer; counting answers alone would miss what they say."""
    gone = calls(40, 40, 20)
    for call in gone[::2]:
        call |= {"reached": False, "bought_elsewhere": None}
    found = estimated(accounts=customers("T0", 0, 80), callbacks=calls(0, 40, 0) + gone, orders=orders(40))
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(0.25)


def test_naming_a_salesperson_or_a_tied_supplier_is_counted_apart() -> None:
    found = estimated(
        employees=staff(T=6),
        accounts=customers("T0", 0, 100),
        orders=orders(100),
        companies=[{"company_id": f"C{n}", "name": f"Shell {n}"} for n in (1, 2)],
        company_people=[
            {"company_id": "C1", "role": "holder", "person_key": "kT1"},
            {"company_id": "C2", "role": "holder", "person_key": "kT2"},
        ],
        declared_interests=[{"employee_id": "T2", "declared_at": "2024-01-01", "company_id": "C2", "approved": True}],
        callbacks=calls(0, 10, 10)
        + calls(10, 4, 4, mentions_employee_id="T0")
        + calls(14, 3, 3, supplier_company_id="C1")
        + calls(17, 3, 3, supplier_company_id="C2")
        + calls(20, 10, 0, mentions_employee_id="T0")
        + calls(30, 70, 0),
    )
    assert found.company.elsewhere
    assert found.company.elsewhere.rate == pytest.approx(0.2)
    assert found.company.through
    assert found.company.through.rate == pytest.approx(0.07)


def test_small_teams_are_withheld_and_cannot_be_worked_out() -> None:
    found = estimated(
        employees=staff(T=6, U=4, W=8),
        accounts=customers("T0", 0, 40) + customers("U0", 40, 30) + customers("W0", 70, 60),
        orders=orders(130),
        callbacks=calls(0, 130, 20),
    )
    said = {
        team.team_id: (team.elsewhere is not None, team.withheld.en if team.withheld else None) for team in found.teams
    }
    assert said["U"] == (False, "fewer than 5 people")
    assert said["T"][0] is False
    assert "worked out" in str(said["T"][1])
    assert said["W"] == (True, None)


def test_without_answers_there_is_no_figure() -> None:
    found = estimated(callbacks=calls(0, 5, 0, reached=False), orders=orders(5))
    assert (found.company.asked, found.company.answered, found.company.elsewhere) == (5, 0, None)
    assert np.isclose(found.customers, 5)
