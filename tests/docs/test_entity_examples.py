"""The worked figures in docs/how-it-works/entity.md are what the code computes."""

import math
from pathlib import Path

import pytest

from mingdan.engine.detectors import employee_company_tie
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.person_links import M_NAME
from mingdan.engine.methods.winner_share import tail

PAGE = " ".join((Path(__file__).parents[2] / "docs/how-it-works/entity.md").read_text(encoding="utf-8").split())


def test_a_rare_name_at_the_head_of_a_firm() -> None:
    weighed = employee_company_tie.Parameters().weighed
    match = math.log10(M_NAME / 1e-5)
    assert match == pytest.approx(4.95, abs=5e-3)
    assert weighed(match, 0.9, 40, 0) == pytest.approx(1.49, abs=5e-3)
    assert weighed(math.log10(M_NAME / 1e-3), 0.9, 40, 0) <= 0
    assert "log10(0.09 / 0.0029) = 1.49" in PAGE


def test_a_leavers_customers() -> None:
    share = 0.5 / 41
    p = tail(4, 5, share, 0.05)
    assert share == pytest.approx(0.0122, abs=5e-5)
    assert p == pytest.approx(5e-5, rel=0.01)
    assert weight_from_p(p) == pytest.approx(2.9, abs=0.05)
    assert "share 0.0122, p = 0.00005, weight 2.9" in PAGE


def test_a_look_alike_name() -> None:
    assert math.log10(0.05 * 3002) == pytest.approx(2.2, abs=0.05)
    assert "log10(0.05 × 3,002) = 2.2" in PAGE
