"""The figures in docs/how-it-works/communication.md are what the code computes."""

import importlib.util
import math
import sys
from datetime import datetime
from types import ModuleType

import numpy as np
import pytest

from mingdan.engine.detectors import channel_shift, private_payment_talk, quote_sent_outside, sensitive_act_sequence
from mingdan.engine.findings import Evidence
from mingdan.engine.methods.act_sequences import ClosedDeal, Totals, log_ratio
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.negative_binomial import tail
from mingdan.engine.methods.peer_shares import share_of_others
from mingdan.engine.methods.talk_cues import CUES
from tests.docs.pages import DOCS

PAGE = " ".join((DOCS / "how-it-works/communication.md").read_text(encoding="utf-8").split())
BENCHMARK = DOCS.parent / "benchmarks" / "side_deal_text.py"


def test_a_private_payment_weighs_what_the_page_says() -> None:
    talks = [("me", "A"), *(("other", f"B{n}") for n in range(1000))]
    parameters = private_payment_talk.Parameters()
    share = share_of_others(talks, [("other", "B1"), ("other", "B2")], prior=parameters.prior)["me"]
    assert f"= {share:.3g}, weight {math.log10(parameters.expected / share):.2f}" in PAGE
    assert f"weighs {parameters.declined}" in PAGE
    assert len(CUES) == 25


def test_a_drop_weighs_what_the_page_says() -> None:
    assert f"p = 1/81, weight {weight_from_p(1 / 81):.3f}" in PAGE
    assert channel_shift.Parameters().words == 0.2


def test_a_sequence_weighs_what_the_page_says() -> None:
    on = datetime(2025, 1, 1)  # noqa: DTZ001
    rows = {"act-then-delete": [Evidence("messages", "M")]}
    deals = [ClosedDeal(str(n), "other", "A", on, n < 8, None, dict(rows)) for n in range(9)]
    ratio, rate = log_ratio(deals, Totals({"me": (10, 5)}, 1010, 505), "act-then-delete", "me")
    rarity = math.log10(sensitive_act_sequence.Parameters().expected / rate)
    assert f"the ratio weighs {ratio:.3f} and the rarity {rarity:.3f}" in PAGE


def test_a_gap_weighs_what_the_page_says() -> None:
    p = float(tail(np.array([18.0]), np.array([5.6]), 20.0)[0])
    assert f"p = {p:.2g}, times 20 looked at {20 * p:.2g}, weight {weight_from_p(20 * p):.3f}" in PAGE


def test_a_stray_quote_weighs_what_the_page_says() -> None:
    parameters = quote_sent_outside.Parameters()
    for others in (4, 0):
        share = (0.5 + others) / (0.5 + parameters.prior + 100)
        assert f"= {share:.3g}, weight {math.log10(parameters.expected / share):.3f}" in PAGE


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("side_deal_text", BENCHMARK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["side_deal_text"] = module
    spec.loader.exec_module(module)
    return module


def test_the_reading_does_as_well_as_the_page_says(benchmark: ModuleType) -> None:
    for file, count in (("held_out_zh.txt", "112 Chinese"), ("held_out_en.txt", "33 English")):
        asked = list(benchmark.dialogues(file))
        assert f"| {count} |" in PAGE
        assert count.startswith(str(len(asked)))
        for rule in ("37 words", "ours"):
            precision, recall, _, _ = benchmark.figures(benchmark.RULES[rule], asked)
            assert f"| {rule} | {precision:.3f} | {recall:.3f} |" in PAGE
