import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.fuse import matters_of
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.fuse.grouping import groups_of
from mingdan.engine.fuse.weighing import Weighed, probability, spill_over, weigh
from tests.engine.fuse.cases import DETECTORS, NAMED, f

FUSION = Fusion()


def test_findings_that_share_a_customer_within_a_year_are_one_matter() -> None:
    assert [len(group) for group in groups_of([f(day=0), f("payer", day=300)])] == [2]


def test_findings_more_than_a_year_apart_are_two_matters() -> None:
    assert [len(group) for group in groups_of([f(day=0), f("payer", day=400)])] == [1, 1]


def test_two_customers_are_two_matters_unless_a_firm_ties_them() -> None:
    apart = [f(accounts=("A1",)), f(accounts=("A2",))]
    tied = [f("phone", accounts=("A1",), companies=("C1",)), f("phone", accounts=("A2",), companies=("C1",))]
    assert len(groups_of(apart)) == 2
    assert len(groups_of(tied)) == 1


def test_findings_of_two_salespeople_never_mix() -> None:
    assert len(groups_of([f(employee="E1"), f(employee="E2")])) == 2


def test_a_finding_about_the_person_joins_matters_without_tying_them() -> None:
    about = f("losses", kind="employee", accounts=("A1", "A2"))
    groups = groups_of([f(accounts=("A1",)), f(accounts=("A2",)), about])
    assert [len(group) for group in groups] == [2, 2]


def test_a_matter_keeps_its_id_as_evidence_grows() -> None:
    first = matters_of([f(day=0)], DETECTORS)[0]
    grown = matters_of([f(day=0), f("payer", day=10, companies=("C1",))], DETECTORS)[0]
    assert grown.matter_id == first.matter_id
    assert grown.probability > first.probability


def test_a_familys_repeats_count_little_and_are_capped() -> None:
    one = weigh([f(weight=1.0, rows=("1",))], NAMED, FUSION).total
    twice = weigh([f(weight=1.0, rows=("1",)), f("basket", weight=1.0, rows=("2",))], NAMED, FUSION).total
    many = weigh([f(weight=2.7, rows=(str(n),)) for n in range(20)], NAMED, FUSION).total
    assert one < twice < 1.5 * one
    assert math.isclose(many, FUSION.family_cap)


def test_what_two_families_see_in_one_row_counts_half_the_second_time() -> None:
    same_row = weigh([f(weight=1.0, rows=("1",)), f("payer", weight=1.0, rows=("1",))], NAMED, FUSION).total
    other_row = weigh([f(weight=1.0, rows=("1",)), f("payer", weight=1.0, rows=("2",))], NAMED, FUSION).total
    assert same_row == 1.0 + FUSION.cited_again
    assert other_row == 2.0


def test_what_one_family_sees_in_one_row_counts_once() -> None:
    same_row = weigh([f(weight=1.0, rows=("1",)), f("basket", weight=1.0, rows=("1",))], NAMED, FUSION).total
    assert same_row == 1.0


def test_a_weak_sign_counts_for_less_than_it_claims() -> None:
    assert FUSION.worth("rhythm", 0.6) < 0.4 < 1.8 == FUSION.worth("rhythm", 1.8)
    assert FUSION.worth("said", -0.5) == -0.5


def test_what_exculpates_is_never_shrunk() -> None:
    weighed = weigh([f("payer", weight=2.0), f("said", weight=-1.5), f("said", weight=-0.5, day=2)], NAMED, FUSION)
    assert weighed.total == 0.0


def test_two_families_that_see_one_loss_do_not_count_it_twice() -> None:
    matter = matters_of([f(amount=1000), f("payer", amount=700, day=1)], DETECTORS)[0]
    assert matter.amount_at_risk == Decimal(1000)


def test_a_tie_to_a_firm_joins_the_heaviest_matter_of_the_person() -> None:
    tie = f("phone", kind="company", accounts=(), companies=("C1",), weight=1.8)
    groups = groups_of([f(accounts=("A1",), weight=0.3), f(accounts=("A2",), weight=0.6), tie])
    assert sorted(sorted(one.detector for one in group) for group in groups) == [["phone", "rhythm"], ["rhythm"]]
    matter = next(one for one in matters_of([*groups[0], *groups[1]], DETECTORS) if one.company_ids)
    assert (matter.account_ids, matter.company_ids) == (("A2",), ("C1",))


def weighed(*weights: float, person: bool = False) -> list[Weighed]:
    kind = "employee" if person else "account"
    return [
        weigh([f(weight=weight, kind=kind)], NAMED, FUSION) if weight else weigh([], NAMED, FUSION)
        for weight in weights
    ]


def test_weak_signs_at_many_customers_say_little_of_the_person() -> None:
    assert spill_over(weighed(*[0.6] * 10), FUSION)[0] < 0.3
    assert spill_over(weighed(*[0.0] * 50), FUSION)[0] == 0
    assert spill_over(weighed(2.7, 0.3), FUSION)[1] > 1


def test_evidence_on_the_person_needs_no_search_over_customers() -> None:
    [on_a_customer], [on_the_person] = weighed(1.8), weighed(1.8, person=True)
    assert probability(on_a_customer, 0.0, FUSION) < 0.5 < probability(on_the_person, 0.0, FUSION)


weights = st.floats(min_value=-2, max_value=2.7).map(lambda weight: round(weight, 6)).filter(bool)


@given(weights, weights, st.booleans())
def test_more_evidence_never_lowers_the_probability(one: float, other: float, person: bool) -> None:
    low, high = (weighed(weight, person=person)[0] for weight in sorted((one, other)))
    assert 0 < probability(low, 0.0, FUSION) <= probability(high, 0.0, FUSION) < 1


findings = st.builds(
    f,
    st.sampled_from(sorted(NAMED)),
    weight=weights.filter(bool),
    employee=st.sampled_from(["E1", "E2", None]),
    accounts=st.lists(st.sampled_from(["A1", "A2", "A3"]), min_size=1, max_size=2, unique=True).map(tuple),
    companies=st.lists(st.sampled_from(["C1", "C2"]), max_size=1).map(tuple),
    day=st.integers(0, 900),
)


several = st.lists(findings, max_size=12, unique_by=lambda finding: finding.finding_id)


@given(several, st.randoms())
def test_the_order_of_findings_changes_nothing(found: list, shuffler) -> None:  # type: ignore[no-untyped-def, type-arg]
    shuffled = list(found)
    shuffler.shuffle(shuffled)
    assert matters_of(found, DETECTORS) == matters_of(shuffled, DETECTORS)


@given(several)
def test_no_finding_is_lost(found: list) -> None:  # type: ignore[type-arg]
    said = {reason.finding.finding_id for matter in matters_of(found, DETECTORS) for reason in matter.reasons}
    assert said == {finding.finding_id for finding in found}
