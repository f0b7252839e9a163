"""The figures of an evaluation, on small scans whose answers can be worked out by hand."""

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.evaluate import Evaluation, Measure, UnreadableResultError, evaluate
from mingdan.engine.evaluate.statistics import (
    calibration,
    calibration_error,
    censored_median,
    expected_average_precision,
    rate_upper,
    share_interval,
)


def matter(employee: str | None, account: str, probability: float, **other: Any) -> dict[str, Any]:
    return {
        "employee_id": employee, "account_ids": [account], "opportunity_ids": [], "company_ids": [],
        "probability": probability, "amount_at_risk": "1000.00", "families": ["money", "repurchase"],
        "first_signal_at": "2025-02-10", "matter_id": f"{employee}-{account}", **other,
    }  # fmt: skip


def diversion(
    employee: str, account: str, margin: float = 100.0, scheme: str = "fly_to_shell", day: int = 1, **other: Any
) -> dict[str, Any]:
    return {
        "diversion_id": f"D-{employee}-{account}-{day}", "scheme": scheme, "employee_id": employee, "account_id": account,
        "opportunity_id": None, "company_id": None, "diverted_at": datetime.fromisoformat(f"2025-01-{day:02d}"), "amount": 2 * margin,
        "margin": margin, **other,
    }  # fmt: skip


def person(employee: str, scheme: str = "", twin: str = "", **other: Any) -> dict[str, Any]:
    there = {"from_date": date(2023, 6, 30), "to_date": date(2025, 12, 31)}
    return {"employee_id": employee, "scheme": scheme, "innocent_twin": twin, **there, **other}


Judge = Callable[..., Evaluation]
Rows = Sequence[dict[str, Any]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def write(
        *, people: Rows, alerts: Rows = (), matters: Rows = (), diversions: Rows = (), callbacks: Rows = ()
    ) -> Evaluation:
        scan = {"scan": {"as_of": "2025-06-30"}, "alerts": alerts, "matters": matters, "callbacks": callbacks}
        (tmp_path / "scan.json").write_text(json.dumps(scan))
        (tmp_path / "truth").mkdir(exist_ok=True)
        fields = [
            (name, pa.string())
            for name in ("diversion_id", "scheme", "employee_id", "account_id", "opportunity_id", "company_id")
        ]
        schema = pa.schema(
            [*fields, ("diverted_at", pa.timestamp("us")), ("amount", pa.float64()), ("margin", pa.float64())]
        )
        pq.write_table(pa.Table.from_pylist(list(diversions), schema), tmp_path / "truth" / "diversions.parquet")  # type: ignore[no-untyped-call]
        pq.write_table(pa.Table.from_pylist(list(people)), tmp_path / "truth" / "employees.parquet")  # type: ignore[no-untyped-call]
        return evaluate(tmp_path, tmp_path / "truth")

    return write


def figure(evaluation: Evaluation, name: str) -> Measure:
    everything = [one for _, measures in evaluation.sections() for one in measures]
    (found,) = [one for one in everything if one.name == name]
    return found


PEOPLE = [person("E1", "fly_to_shell"), person("E2", twin="sick_leave"), person("E3"), person("E4", "private_payment")]


def test_a_right_and_a_wrong_alert_give_a_precision_of_one_half(judge: Judge) -> None:
    both = [matter("E1", "A1", 0.9), matter("E2", "A2", 0.85)]
    found = judge(alerts=both, matters=both, diversions=[diversion("E1", "A1")], people=PEOPLE)
    precision = figure(found, "precision among named alerts")
    assert (precision.value, precision.n) == (0.5, 2)
    assert precision.low is not None
    assert precision.low == pytest.approx(0.0126, abs=1e-4)


def test_a_guilty_person_named_for_the_wrong_customer_is_no_right_alert(judge: Judge) -> None:
    wrong = [matter("E1", "A9", 0.9)]
    found = judge(alerts=wrong, matters=wrong, diversions=[diversion("E1", "A1")], people=PEOPLE)
    assert figure(found, "precision among named alerts").value == 0
    assert figure(found, "precision among named people").value == 1
    assert figure(found, "innocents named per 100 rep-years").value == 0


def test_an_alert_may_point_to_the_firm_or_the_deal_instead_of_the_customer(judge: Judge) -> None:
    alerts = [matter("E1", "X", 0.9, company_ids=["C1"]), matter("E4", "Y", 0.9, opportunity_ids=["O1"])]
    lost = [
        diversion("E1", "A1", company_id="C1"),
        diversion("E4", "A4", opportunity_id="O1", scheme="private_payment"),
    ]
    assert (
        figure(
            judge(alerts=alerts, matters=alerts, diversions=lost, people=PEOPLE), "precision among named alerts"
        ).value
        == 1
    )


def test_innocents_named_are_counted_by_twin_over_their_years(judge: Judge) -> None:
    wrong = [matter("E2", "A2", 0.9)]
    found = judge(alerts=wrong, matters=wrong, diversions=[diversion("E1", "A1")], people=PEOPLE)
    whole, twin = figure(found, "innocents named per 100 rep-years"), figure(found, "sick_leave")
    assert whole.value == pytest.approx(100 / (2 * 731 / 365.25))
    assert twin.value == pytest.approx(100 / (731 / 365.25))
    assert twin.high is not None
    assert twin.high == pytest.approx(4.7439 * 100 / (731 / 365.25), rel=1e-4)
    assert figure(found, "no twin").value == 0


def test_years_that_the_truth_does_not_tell_are_replaced_by_people(judge: Judge) -> None:
    plain = [{name: row[name] for name in ("employee_id", "scheme", "innocent_twin")} for row in PEOPLE]
    found = figure(judge(diversions=[diversion("E1", "A1")], people=plain), "innocents named per 100 rep-years")
    assert found.value == 0
    assert "per 100 people" in found.note


def test_a_diversion_after_the_scan_does_not_count(judge: Judge) -> None:
    later = diversion("E1", "A1", diverted_at=datetime.fromisoformat("2025-07-01"))
    found = judge(matters=[matter("E1", "A1", 0.5)], diversions=[later], people=PEOPLE)
    assert (found.guilty, found.innocent, found.diversions) == (0, 2, 0)


def test_recall_counts_people_and_margin_counts_money(judge: Judge) -> None:
    lost = [diversion("E1", "A1", 100), diversion("E1", "A7", 300), diversion("E4", "A4", 600, "private_payment")]
    alerts = [matter("E1", "A1", 0.9)]
    found = judge(alerts=alerts, matters=alerts, diversions=lost, people=PEOPLE)
    assert figure(found, "recall of guilty among named").value == 0.5
    assert figure(found, "margin recall among named").value == pytest.approx(0.1)
    assert figure(found, "fly_to_shell, named").value == pytest.approx(0.25)
    assert figure(found, "private_payment, named").value == 0
    assert figure(found, "margin recall within 90 days").value is None


def test_lowering_the_threshold_raises_within_the_budget_and_with_two_keys_only(judge: Judge) -> None:
    lost = [diversion("E1", "A1"), diversion("E4", "A4", scheme="private_payment")]
    weak = [matter("E1", "A1", 0.4, families=["repurchase"]), matter("E4", "A4", 0.35)]
    found = judge(matters=weak, diversions=lost, people=PEOPLE)
    assert figure(found, "recall of guilty within the budget at 0.3").value == 0.5
    crowded = [*weak, *(matter("E2", f"B{number}", 0.7) for number in range(3)), matter("E3", "B9", 0.6)]
    assert (
        figure(
            judge(matters=crowded, diversions=lost, people=PEOPLE), "recall of guilty within the budget at 0.3"
        ).value
        == 0
    )


def test_days_to_the_first_signal_count_the_undetected_as_waiting(judge: Judge) -> None:
    lost = [diversion("E1", "A1", day=1), diversion("E4", "A4", scheme="private_payment")]
    alerts = [matter("E1", "A1", 0.9)]
    found = judge(alerts=alerts, matters=alerts, diversions=lost, people=PEOPLE)
    days = figure(found, "median days from first diversion to first signal")
    assert (days.value, days.n, days.note) == (40, 1, "1 detected (median 40), 1 not")
    assert {one.name for one in found.days_by_family} == {"money", "repurchase"}


def test_callbacks_hit_customers_that_were_diverted(judge: Judge) -> None:
    drawn = [
        {"account_id": "A1", "matter_id": "m"},
        {"account_id": "A2", "matter_id": "m"},
        {"account_id": "A3", "matter_id": None},
    ]
    found = judge(diversions=[diversion("E1", "A1")], people=PEOPLE, callbacks=drawn)
    assert figure(found, "call-back hit rate").value == 0.5
    assert figure(found, "call-back hit rate, drawn at random").value == 0


def test_a_matter_without_a_salesperson_is_true_where_its_customer_was_diverted(judge: Judge) -> None:
    found = judge(
        matters=[matter(None, "A1", 0.5), matter(None, "A2", 0.5)], diversions=[diversion("E1", "A1")], people=PEOPLE
    )
    assert figure(found, "calibration error over all matters").value == 0


def test_a_quiet_scan_of_an_honest_company_is_no_failure(judge: Judge) -> None:
    found = judge(people=[person("E2", twin="sick_leave"), person("E3")])
    assert figure(found, "precision among named alerts").note == "nobody was named"
    assert figure(found, "recall of guilty among named").note == "nobody is guilty"
    assert figure(found, "average precision over salespeople").value is None
    assert figure(found, "innocents named per 100 rep-years").value == 0
    assert json.loads(found.to_json())["alerts"] == 0


def test_the_json_holds_every_figure_and_no_infinity(judge: Judge) -> None:
    alerts = [matter("E1", "A1", 0.9)]
    found = judge(alerts=alerts, matters=alerts, diversions=[diversion("E1", "A1")], people=PEOPLE)
    document = json.loads(found.to_json())
    assert [row["name"] for row in document["measures"]] == [one.name for one in found.measures]
    assert "Infinity" not in found.to_json()
    assert (
        found.to_json()
        == judge(alerts=alerts, matters=alerts, diversions=[diversion("E1", "A1")], people=PEOPLE).to_json()
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"scan": {"as_of": "2025-01-01"}, "matters": [], "alerts": []}']
)
def test_what_is_no_scan_or_has_no_truth_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "scan.json").write_text(text)
    with pytest.raises(UnreadableResultError, match=r"\.$"):
        evaluate(tmp_path, tmp_path)


def test_exact_intervals_agree_with_published_values() -> None:
    assert share_interval(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert share_interval(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert share_interval(0, 0) == (0.0, 1.0)
    assert rate_upper(0, 1.0) == pytest.approx(2.9957, abs=1e-4)
    assert rate_upper(0, 0.0) == math.inf


def average_precision(truth: list[bool]) -> float:
    hits = [sum(truth[: place + 1]) / (place + 1) for place, one in enumerate(truth) if one]
    return sum(hits) / len(hits)


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=6).filter(
        lambda x: any(y for _, y in x)
    )
)
def test_average_precision_with_ties_is_the_mean_over_all_ways_to_break_them(items: list[tuple[float, bool]]) -> None:
    rankings = [order for order in permutations(items) if list(order) == sorted(order, key=lambda one: -one[0])]
    expected = sum(average_precision([one for _, one in order]) for order in rankings) / len(rankings)
    assert expected_average_precision([s for s, _ in items], [y for _, y in items]) == pytest.approx(expected)


def test_the_median_waits_for_those_who_still_wait() -> None:
    assert censored_median([1, 2, 3], [True, True, True]) == 2
    assert censored_median([1, 2, 3, 9, 9], [True, True, True, False, False]) == 3
    assert censored_median([1, 9, 9], [True, False, False]) is None
    assert censored_median([], []) is None


def test_calibration_is_the_weighted_gap_of_the_bins() -> None:
    rows = calibration([0.05, 0.05, 0.95, 1.0], [False, True, True, True])
    assert [value for row in rows for value in row] == pytest.approx([2, 0.05, 0.5, 2, 0.975, 1.0])
    assert calibration_error(rows) == pytest.approx((2 * 0.45 + 2 * 0.025) / 4)
    assert calibration_error([]) is None
