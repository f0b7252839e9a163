"""The figures in docs/how-it-works/fusion.md are what the code computes."""

import pytest

from mingdan.engine.detector import STRENGTH_CAPS
from mingdan.engine.detectors.payee_not_company import DETECTOR as PAYEE
from mingdan.engine.findings import FIRST_KEY_FAMILIES, Family, Finding
from mingdan.engine.fuse.alerts import ALERTS_FOR_100_REPS, KEY_WEIGHT, Policy
from mingdan.engine.fuse.callbacks import AT_RANDOM, inclusion_probabilities
from mingdan.engine.fuse.checks import CHECKS, gain
from mingdan.engine.fuse.common_signs import TRUSTED, lowered
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.fuse.grouping import WINDOW
from mingdan.engine.fuse.weighing import (
    Weighed,
    probability,
    spill_over,
    weigh,
)
from mingdan.engine.trail import Tables
from tests.docs.pages import DOCS, rows_of
from tests.engine.fuse.cases import NAMED, f

FUSION = Fusion()
PAGE = "how-it-works/fusion.md"
ROWS = rows_of(PAGE)

CONTRACT = next(example for example in PAYEE.examples if example.fires)
TENDER = {"kind": "tender", "from_date": "2025-01-01"}
WAIVER = {"kind": "waiver", "from_date": "2025-02-01", "account_id": "A1"}

EXAMPLE = [
    f("rhythm", weight=1.0, rows=("O1",)),
    f("basket", weight=0.6, rows=("O2",)),
    f("payer", weight=1.8, rows=("P9",)),
    f("payee", weight=1.0, rows=("P9", "K1")),
    f("phone", weight=0.8, rows=("C1",)),
    f("said", weight=-0.5, rows=("B1",)),
]


def paid_to_a_stranger(causes: list[dict[str, str]], as_of: str) -> list[Finding]:
    return PAYEE.run(Tables.from_records({**CONTRACT.records, "context_events": causes}, as_of=as_of))


@pytest.mark.parametrize(
    ("told", "causes", "as_of"),
    [
        ("no register of innocent causes, contract three months old", [], "2025-06-30"),
        ("a register without a fitting waiver, contract three months old", [TENDER], "2025-06-30"),
        ("a register without a fitting waiver, contract three weeks old", [TENDER], "2025-03-22"),
    ],
)
def test_explanations_lower_a_finding_as_told(told: str, causes: list[dict[str, str]], as_of: str) -> None:
    (finding,) = paid_to_a_stranger(causes, as_of)
    statuses = [finding.explanations[code].replace("_", " ") for code in ("new-account", "shared-account", "escrow")]
    assert ROWS[told] == [*statuses, f"{finding.weight:g}"]


def test_a_fitting_waiver_leaves_no_finding() -> None:
    assert paid_to_a_stranger([WAIVER], "2025-06-30") == []
    assert ROWS["a waiver for this customer"][-1] == "no finding"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("purchases stopped", "rhythm"),
        ("part of the usual goods is missing", "basket"),
        ("a stranger paid", "payer"),
        ("the payee account is not ours", "payee"),
        ("a phone number is shared with another firm", "phone"),
        ("the customer says that nothing was bought elsewhere", "said"),
    ],
)
def test_each_finding_of_the_example_keeps_what_is_told(told: str, code: str) -> None:
    ((finding, kept),) = [entry for entry in weigh(EXAMPLE, NAMED, FUSION).findings if entry[0].detector == code]
    family, weight, told_kept, _why = ROWS[told]
    assert (family, weight, told_kept) == (NAMED[code], f"{finding.weight:g}", f"{kept:g}")


def at_a_customer(weight: float) -> Weighed:
    return Weighed((), {}, total=weight, of_the_person=0.0, of_their_dealings=0.0, on_customers=True, ties_a_firm=False)


def of_a_tie(weight: float) -> Weighed:
    return Weighed((), {}, total=weight, of_the_person=weight, of_their_dealings=0.0, on_customers=False, ties_a_firm=True)


def test_the_example_adds_up_to_what_is_told() -> None:
    weighed = weigh(EXAMPLE, NAMED, FUSION)
    assert ROWS["total"][2].strip("*") == f"{weighed.total:.2f}"
    assert ROWS["3.43 (the example)"] == [f"{probability(weighed, 0.0, FUSION):.2f}"]


@pytest.mark.parametrize("weight", ["1.80", "2.70", "2.82", "3.42", "3.78"])
def test_a_lone_matter_has_the_probability_told(weight: str) -> None:
    assert ROWS[weight] == [f"{probability(at_a_customer(float(weight)), 0.0, FUSION):.2f}"]


@pytest.mark.parametrize("weight", ["0.6", "1.8", "2.4"])
def test_a_tie_of_the_person_has_the_probability_told(weight: str) -> None:
    assert ROWS[f"a tie of {weight}"] == [f"{probability(of_a_tie(float(weight)), 0.0, FUSION):.2f}"]


@pytest.mark.parametrize(("told", "weight"), [("nothing", 0.0), ("0.6", 0.6), ("1", 1.0), ("1.8", 1.8), ("2.7", 2.7)])
def test_another_matter_says_of_the_person_what_is_told(told: str, weight: float) -> None:
    said = spill_over([at_a_customer(2.0), at_a_customer(weight)], FUSION)[0]
    assert ROWS[told] == [f"{said:.2f}", f"{probability(at_a_customer(2.0), said, FUSION):.2f}"]


@pytest.mark.parametrize("others", [0, 2, 8, 40])
def test_a_sign_that_many_show_counts_as_little_as_told(others: int) -> None:
    shown = [f("losses", kind="employee", weight=1.8, employee=f"E{n}") for n in range(others + 1)]
    kept = lowered(shown, 100, FUSION)[0].weight
    assert ROWS[f"{others} of the 99 others"] == [f"{kept:.2f}"]


@pytest.mark.parametrize("days", [365, 730, 1095, 1462])
def test_evidence_ages_as_told(days: int) -> None:
    assert ROWS[f"{days} days"] == [f"{FUSION.kept_after(days):.2f}"]


@pytest.mark.parametrize(
    ("told", "family"),
    [("money (bank receipt)", "money"), ("voice (a second voice)", "voice"), ("entity (register extract)", "entity")],
)
def test_a_check_tells_as_much_as_told(told: str, family: Family) -> None:
    check = CHECKS[family]
    bits = gain(check, 0.8)
    assert ROWS[told] == [f"{bits:.2f}", f"{bits / check.hours:.2f}"]


def test_customers_are_drawn_with_the_chances_told() -> None:
    chances = inclusion_probabilities({"A1": 0.8, "A2": 0.2, **{f"A{n}": 0.0 for n in range(3, 11)}}, 2)
    told = {"A1": "A1", "A2": "A2", "A3": "each of the other eight", "A10": "each of the other eight"}
    for customer, row in told.items():
        assert ROWS[row] == [f"{chances[customer]:.3f}"]


def test_the_constants_in_the_text_are_those_of_the_code() -> None:
    page = " ".join((DOCS / PAGE).read_text(encoding="utf-8").split())
    caps = ", ".join(f"{code} {cap:g}" for code, cap in STRENGTH_CAPS.items())
    for said in (
        f"({caps})",
        f"within {WINDOW.days} days",
        f"({FUSION.repeat:g}, {FUSION.repeat**2:g}, …)",
        f"at most {FUSION.family_cap:g}",
        f"{FUSION.salespeople_diverting:.0%}".replace("%", " %"),
        f"touched with probability {FUSION.customers_touched:g}",
        f"starts at {FUSION.salespeople_diverting * FUSION.customers_touched:g}",
        f"counts for {TRUSTED} salespeople",
        f"carry at least {KEY_WEIGHT:g} each",
        f"(default {Policy().min_probability:g})",
        f"by default {ALERTS_FOR_100_REPS} for each 100 salespeople",
    ):
        assert said in page
    assert AT_RANDOM == 0.2
    assert all(family in page for family in FIRST_KEY_FAMILIES)
