import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.findings import FIRST_KEY_FAMILIES
from mingdan.engine.fuse import Policy, alerts_of, matters_of
from tests.engine.fuse.cases import DETECTORS, NAMED, f

CERTAIN = Policy(min_probability=0.0, budget=100)


def named(*found, policy: Policy = CERTAIN) -> list[str | None]:  # type: ignore[no-untyped-def]
    return [alert.matter.employee_id for alert in alerts_of(matters_of(found, DETECTORS), DETECTORS, policy)]


def test_one_kind_of_evidence_names_nobody_however_strong() -> None:
    assert named(f("payee", weight=2.7), f("payer", weight=2.7, day=1)) == []


def test_two_kinds_without_money_chain_entity_service_or_voice_name_nobody() -> None:
    assert named(f("rhythm", weight=2.7), f("losses", weight=2.7, day=1)) == []


def test_two_kinds_with_money_name_the_salesperson() -> None:
    assert named(f("rhythm", weight=1.0), f("payer", weight=1.8, day=1)) == ["E1"]


def test_a_second_kind_that_rests_on_the_same_rows_is_no_second_key() -> None:
    assert named(f("payer", weight=1.8, rows=("1",)), f("rhythm", weight=1.0, rows=("1",))) == []


def test_a_matter_without_a_salesperson_is_no_alert() -> None:
    assert named(f("rhythm", weight=1.0, employee=None), f("payer", weight=1.8, employee=None, day=1)) == []


def test_the_probability_asked_for_is_kept() -> None:
    found = [f("rhythm", weight=0.6), f("payer", weight=1.0, day=1)]
    assert named(*found, policy=Policy(min_probability=0.8, budget=100)) == []
    assert named(*found, policy=Policy(min_probability=0.01, budget=100)) == ["E1"]


def test_the_budget_is_a_cap_and_takes_what_is_most_at_risk() -> None:
    found = [
        f(code, weight=2.0, employee=employee, accounts=(employee,), amount=amount)
        for employee, amount in (("E1", 10), ("E2", 1000), ("E3", 100))
        for code in ("payer", "rhythm")
    ]
    assert named(*found, policy=Policy(min_probability=0.0, budget=2)) == ["E2", "E3"]


def test_the_default_budget_is_four_for_each_hundred_salespeople_and_at_least_one() -> None:
    assert [Policy.for_company(reps).budget for reps in (0, 3, 100, 500)] == [1, 1, 4, 20]
    assert Policy.for_company(500, budget=0).budget == 0


def test_the_explanation_that_favours_the_person_stands() -> None:
    found = [f("payer", weight=2.0, chance="ruled_out"), f("rhythm", weight=1.0, day=1, chance="supported")]
    [alert] = alerts_of(matters_of(found, DETECTORS), DETECTORS, CERTAIN)
    assert [explanation.status for explanation in alert.innocent_explanations] == ["supported"]
    assert alert.innocent_explanations[0].detectors == ("payer", "rhythm")


findings = st.builds(
    f,
    st.sampled_from(sorted(NAMED)),
    weight=st.floats(0.1, 2.7),
    employee=st.sampled_from(["E1", "E2", "E3", None]),
    accounts=st.sampled_from([("A1",), ("A2",)]),
    rows=st.sampled_from([("1",), ("2",), ("3",), ("1", "2")]),
    day=st.integers(0, 300),
)


@pytest.mark.row("P3.5")
@given(st.lists(findings, max_size=15), st.floats(0, 1), st.integers(0, 3))
def test_no_alert_ever_breaks_the_two_key_rule_the_budget_or_the_probability(  # type: ignore[no-untyped-def]
    found, least, budget
) -> None:
    alerts = alerts_of(matters_of(found, DETECTORS), DETECTORS, Policy(least, budget))
    assert len(alerts) <= budget
    for alert in alerts:
        families = set(alert.matter.families)
        assert len(families) >= 2
        assert families & FIRST_KEY_FAMILIES
        assert alert.matter.probability >= least
        assert alert.matter.employee_id
