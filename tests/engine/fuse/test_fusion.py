import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.detectors import DETECTORS as REAL
from mingdan.engine.findings import Family
from mingdan.engine.fuse import Fusion, Policy, alerts_of, draw_callbacks, learnt, matters_of
from mingdan.engine.fuse.checks import CHECKS, gain, most_telling
from tests.engine.fuse.cases import DETECTORS, START, f

CERTAIN = Policy(min_probability=0.0, budget=100)


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_evidence_only_loses_weight_with_age(one: float, other: float) -> None:
    young, old = sorted((one, other))
    assert 0 <= Fusion().kept_after(old) <= Fusion().kept_after(young) <= 1


@given(st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 1 - 1e-6))
def test_calibration_keeps_the_order(one: float, other: float) -> None:
    fusion = Fusion(slope=0.7, intercept=-0.5)
    low, high = sorted((one, other))
    assert 0 < fusion.calibrated(low) <= fusion.calibrated(high) < 1


def test_a_detector_whose_factor_is_nothing_says_nothing() -> None:
    found = [f("payer", weight=2.0), f("rhythm", weight=1.0, day=1)]
    (matter,) = matters_of(found, DETECTORS, fusion=Fusion(scales={"payer": 0.0}))
    assert matter.families == ("repurchase",)


def test_what_is_long_past_is_no_matter_any_more() -> None:
    found = [f("payer", weight=2.0)]
    assert matters_of(found, DETECTORS, as_of=START + timedelta(days=2000)) == ()
    fresh, faded = (
        matters_of(found, DETECTORS, as_of=START + timedelta(days=days))[0].probability for days in (300, 1000)
    )
    assert faded < fresh


def test_what_a_modifier_says_names_nobody_and_steers_whom_to_ask() -> None:
    modifiers = tuple(replace(one, modifier=one.code == "losses") for one in DETECTORS)
    plain = matters_of([f("payer", weight=2.0)], modifiers)
    assert matters_of([f("payer", weight=2.0), f("losses", weight=2.0, day=1)], modifiers) == plain
    accounts = [f"A{number}" for number in range(1, 200)]
    both = matters_of([f("payer"), f("payer", employee="E2", accounts=("A2",))], modifiers)
    chance = {
        one.account_id: one.inclusion_probability
        for one in draw_callbacks(accounts, both, size=150, seed="x", steered={"E2": 0.6})
    }
    assert chance.get("A2", 1.0) >= chance.get("A1", 0.0)


def test_what_shipped_knows_only_detectors_that_exist() -> None:
    assert set(learnt().scales) <= {detector.code for detector in REAL}
    assert all(0 <= factor <= 1.5 for factor in learnt().scales.values())


def test_what_was_raised_is_not_raised_again_but_something_else_is() -> None:
    matters = matters_of([f("payer", weight=2.7), f("rhythm", weight=1.0, day=1)], DETECTORS)
    first = alerts_of(matters, DETECTORS, CERTAIN)
    assert len(first) == 1
    assert alerts_of(matters, DETECTORS, CERTAIN, first) == ()
    elsewhere = matters_of(
        [f("payer", weight=2.7, accounts=("A9",)), f("rhythm", weight=1.0, accounts=("A9",), day=1)], DETECTORS
    )
    assert len(alerts_of(elsewhere, DETECTORS, CERTAIN, first)) == 1


def test_other_likely_matters_of_the_person_stand_in_the_same_alert() -> None:
    found = [
        f(code, weight=2.7, accounts=(account,), rows=(code, account))
        for code in ("payer", "rhythm", "phone")
        for account in ("A1", "A2")
    ]
    (alert,) = alerts_of(matters_of(found, DETECTORS), DETECTORS, CERTAIN)
    assert alert.matter.account_ids == ("A1", "A2")
    assert len(alert.matter.reasons) == 6
    assert math.isclose(alert.matter.weight_of_evidence, sum(one.weight for one in alert.matter.reasons), rel_tol=1e-5)


@pytest.mark.parametrize("family", sorted(CHECKS))
@given(probability=st.floats(0.001, 0.999))
def test_no_check_is_expected_to_tell_less_than_nothing_or_more_than_is_unknown(
    family: Family, probability: float
) -> None:
    unknown = -probability * math.log2(probability) - (1 - probability) * math.log2(1 - probability)
    assert 0 <= gain(CHECKS[family], probability) <= unknown


def test_the_check_that_tells_most_an_hour_is_chosen() -> None:
    assert most_telling(["process", "entity", "money"], 0.8) == "money"
    assert most_telling(["process"], 0.8) == "process"
