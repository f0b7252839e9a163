import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.detectors.presales_then_loss import DETECTOR
from mingdan.engine.methods.supported_deals import at_own_level, supported_deals
from mingdan.engine.trail import Tables

TRAIL = {
    "opportunities": [
        {"opportunity_id": "O1", "account_id": "A1", "created_at": "2024-01-01", "closed_at": "2024-03-01", "outcome": "lost"},
        {"opportunity_id": "O2", "account_id": "A1", "created_at": "2024-05-01", "closed_at": "2024-06-01", "outcome": "won"},
        {"opportunity_id": "O3", "account_id": "A2", "created_at": "2024-01-01", "closed_at": "2024-03-01", "outcome": "lost"},
    ],
    "samples": [{"sample_id": "S1", "account_id": "A1", "employee_id": "E1", "sent_at": "2024-02-01"}],
    "activities": [
        {"activity_id": "T1", "kind": "technical", "employee_id": "E9", "happened_at": "2024-02-10", "account_id": "A1"},
        {"activity_id": "T2", "kind": "visit", "employee_id": "E1", "happened_at": "2024-02-10", "account_id": "A2"},
    ],
}  # fmt: skip


def test_only_what_was_given_while_the_deal_was_open_supports_it() -> None:
    tables = Tables.from_records(TRAIL, as_of="2024-12-31")
    assert supported_deals(tables) == {"O1": ("activities", "T1")}


@given(st.floats(0.05, 0.95), st.integers(0, 10))
def test_a_person_who_loses_much_anyway_is_expected_to_lose_more(chance: float, lost: int) -> None:
    chances = np.full(20, chance)
    supported = np.arange(20) < 10
    is_lost = ~supported & (np.arange(20) - 10 < lost)
    raised = at_own_level(chances, is_lost, supported)
    assert len(raised) == 10
    assert np.all(raised >= chance - 1e-9)
    assert np.all(raised < 1)
    if lost > 10 * chance + 1:
        assert np.all(raised > chance)


def test_the_pages_figure_is_what_the_example_gives() -> None:
    example = DETECTOR.examples[0]
    (found,) = DETECTOR.run(Tables.from_records(example.records, as_of=example.as_of))
    assert (found.facts["lost"], found.facts["expected"], found.weight) == (12, 3.0, 0.45)
