"""The figures on leads, the pool and access in docs/how-it-works are what the code computes."""

import math

import numpy as np
from scipy.stats import hypergeom

from mingdan.engine.detectors import access_then_loss, lead_evaporation, out_of_scope_reading, pool_laundering
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.fisher_joint import joint_p
from mingdan.engine.methods.stratified_permutation import stratified_tail
from tests.docs.pages import DOCS

PIPELINE = (DOCS / "how-it-works/pipeline.md").read_text(encoding="utf-8")
ACCESS = (DOCS / "how-it-works/access.md").read_text(encoding="utf-8")


def test_leads_weigh_what_the_page_says() -> None:
    p, share = joint_p([0.02, 0.01]), -math.log10(lead_evaporation.Parameters().usual_share)
    weight = weight_from_p(p)
    assert f"joint p-value {p:.2g}, which weighs {weight:.3f} − {share:.3f} = {weight - share:.3f}" in PIPELINE
    assert lead_evaporation.Parameters().told_p == 0.005


def test_a_quick_pair_is_as_rare_as_the_page_says() -> None:
    assert f"p = 1/252 = {hypergeom.sf(4, 10, 5, 5):.3g}" in PIPELINE
    assert pool_laundering.Parameters().largest_p == 0.01


def test_the_first_of_four_hundred_quarters_weighs_what_the_page_says() -> None:
    yearly = 1 - (1 - 1 / 401) ** 4
    assert f"{yearly:.2g} in a year, which weighs {weight_from_p(yearly):.3f}" in " ".join(ACCESS.split())
    assert out_of_scope_reading.Parameters().rare == 0.05


def test_four_of_six_lost_are_as_rare_as_the_page_says() -> None:
    hits, mine = np.arange(20) < 6, np.isin(np.arange(20), [0, 1, 2, 3, 18])
    assert f"p = {stratified_tail(hits, np.zeros(20, dtype=np.int64), mine):.3g}" in ACCESS
    assert access_then_loss.Parameters().largest_p == 0.005
