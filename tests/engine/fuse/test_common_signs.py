from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.fuse.common_signs import lowered
from mingdan.engine.fuse.fusion import Fusion
from tests.engine.fuse.cases import f

FUSION = Fusion(customers_touched=0.1)


def kept(weight: float, *, others: int, salespeople: int, kind: str = "employee") -> float:
    shown = [f("losses", kind=kind, weight=weight, employee=f"E{n}", accounts=(f"A{n}",)) for n in range(others + 1)]
    return lowered(shown, salespeople, FUSION)[0].weight


def test_a_sign_that_nobody_else_shows_keeps_its_weight() -> None:
    assert kept(1.8, others=0, salespeople=6) == 1.8
    assert kept(2.7, others=0, salespeople=1) == 2.7


def test_a_sign_that_everybody_shows_says_next_to_nothing() -> None:
    assert kept(2.7, others=99, salespeople=100) < 0.1


def test_a_sign_at_one_customer_may_be_less_rare_than_one_on_the_person() -> None:
    assert kept(1.8, others=10, salespeople=100, kind="account") > kept(1.8, others=10, salespeople=100)


def test_a_weaker_sign_of_the_others_does_not_lower_a_stronger_one() -> None:
    weak = [f("losses", kind="employee", weight=0.2, employee=f"E{n}") for n in range(1, 50)]
    assert lowered([f("losses", kind="employee", weight=1.8, employee="E0"), *weak], 50, FUSION)[0].weight == 1.8


def test_findings_without_a_salesperson_and_exculpatory_ones_stay() -> None:
    shown = [f("losses", employee=None), f("said", weight=-0.5)]
    assert lowered(shown, 10, FUSION) == shown


@given(st.floats(0.05, 2.7), st.integers(0, 60), st.integers(0, 60))
def test_no_weight_ever_rises_and_more_company_never_helps(weight: float, fewer: int, more: int) -> None:
    low, high = sorted((fewer, fewer + more))
    assert (
        weight
        >= kept(weight, others=low, salespeople=130)
        >= kept(weight, others=high, salespeople=130) - 1e-6
        >= -1e-6
    )
