"""The figures in docs/how-it-works/pipeline.md and process.md are what the code computes."""

import numpy as np
import pytest

from mingdan.engine.detectors import (
    back_dated_record,
    late_stage_loss,
    process_violation,
    quote_without_order,
    silent_deal,
)
from mingdan.engine.methods.declare import TEMPLATES
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.poisson_binomial import count_tail
from mingdan.engine.methods.process_rules import RULES
from mingdan.engine.methods.rarity import SHARE_AMONG_SIDE_DEALS, chance_in_any, peer_rates, rarity_weight
from tests.docs.pages import DOCS

PIPELINE = (DOCS / "how-it-works/pipeline.md").read_text(encoding="utf-8")
PROCESS = (DOCS / "how-it-works/process.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("spread", [0, 0.3, 0.5])
def test_late_losses_weigh_what_the_page_says(spread: float) -> None:
    p = count_tail(np.full(40, 0.25), 18, spread)
    assert f"| {spread} | {p:.3g} | {weight_from_p(2 * p):.3f} |" in PIPELINE
    assert (2 * p <= late_stage_loss.Parameters().largest_p) == (spread == 0)


def test_a_silent_deal_weighs_what_the_page_says() -> None:
    p = silent_deal.together(0.02, 0.01)
    assert f"joint p-value {p:.2g} and the weight {weight_from_p(p):.3f}" in PIPELINE
    assert p <= silent_deal.Parameters().largest_p


def test_a_quote_in_vain_weighs_what_the_page_says() -> None:
    assert f"a chance of 0.02 weighs {weight_from_p(0.02):.3f}" in PIPELINE
    assert quote_without_order.Parameters().largest_p == 0.05


def test_the_pages_name_the_limits_in_force() -> None:
    assert back_dated_record.Parameters().least_lag_days == 7
    assert back_dated_record.Parameters().most_minutes == 10
    assert process_violation.Parameters().largest_rate == 0.02
    assert process_violation.Parameters().most_told == 10
    assert len(RULES) == 15
    assert SHARE_AMONG_SIDE_DEALS == 0.2
    assert process_violation.Parameters().share == 0.1
    assert back_dated_record.Parameters().share == 0.1


def test_breaches_weigh_what_the_page_says() -> None:
    share = process_violation.Parameters().share
    owners, nobody = np.arange(5001), np.arange(5001) == 0
    never = float(peer_rates(nobody, owners, [])[0])
    for rate, rarer, cases in ((never, 0.0, 20), (0.001, 0.0005, 20), (0.001, 0.0005, 60), (0.01, 0.0, 20)):
        q = chance_in_any(rate + rarer, cases)
        assert f"| {rate:.4f} | {rarer:g} | {cases} | {q:.4f} | {rarity_weight(q, share):.2f} |" in PROCESS


def test_a_late_record_weighs_what_the_page_says() -> None:
    share = back_dated_record.Parameters().share
    few, many = (chance_in_any(1 / 2000, cases) for cases in (40, 200))
    assert f"q = {few:.4f}\nand the weight {rarity_weight(few, share):.2f}" in PIPELINE
    assert f"q is {many:.4f}, the weight {rarity_weight(many, share):.2f}" in PIPELINE
    assert rarity_weight(many, share) < back_dated_record.Parameters().least


def test_every_template_is_on_the_page() -> None:
    for template in TEMPLATES:
        family = template.split("_")[0] + " …"
        assert template in PROCESS or family in PROCESS, template
