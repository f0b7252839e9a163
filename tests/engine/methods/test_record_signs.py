import numpy as np
import pytest

from mingdan.engine.methods.record_signs import AT_ONCE, CLOSED_FIRST, CONTRACT_FIRST, LATE, Signs, record_signs
from mingdan.engine.trail import Tables

Rows = list[dict[str, object]]


def signs_of(deals: Rows, **others: Rows) -> Signs:
    usual = {"owner_id": "E1", "outcome": "won", "created_at": "2025-01-01T08:30", "closed_at": "2025-02-01"}
    records = {
        "opportunities": [{**usual, "opportunity_id": f"O{i}", **deal} for i, deal in enumerate(deals)],
        **others,
    }
    return record_signs(Tables.from_records(records, as_of="2025-06-01"), least_lag_days=7, most_minutes=10)


def stages(deal: str, *times: str) -> Rows:
    names = ("contact", "needs", "solution")
    return [{"opportunity_id": deal, "stage": name, "entered_at": at} for name, at in zip(names, times, strict=True)]


def shown(signs: Signs, sign: str) -> list[bool]:
    listed: list[bool] = (~np.isnan(signs.size[sign])).tolist()
    return listed


def test_a_week_s_delay_is_late_and_a_weekend_s_is_not() -> None:
    signs = signs_of([{"recorded_at": "2025-01-08T08:30"}, {"recorded_at": "2025-01-04T08:30"}, {}])
    assert shown(signs, LATE) == [True, False, False]


def test_a_late_record_is_ranked_among_other_people_s() -> None:
    own: Rows = [{"recorded_at": "2025-01-21T08:30"}] * 5
    others: Rows = [{"owner_id": f"E{i + 2}", "recorded_at": "2025-01-02T08:30"} for i in range(39)]
    signs = signs_of([*own, *others])
    assert signs.rate[LATE][0] == pytest.approx(1 / 40)
    assert signs.others[LATE][0] == 39


def test_a_contract_before_the_first_quote_needs_a_quote() -> None:
    contracts: Rows = [
        {"contract_id": f"K{i}", "account_id": "A", "opportunity_id": f"O{i}", "signed_at": "2025-01-10"}
        for i in range(2)
    ]
    quotes: Rows = [
        {
            "quote_id": "Q",
            "account_id": "A",
            "employee_id": "E1",
            "opportunity_id": "O0",
            "sent_at": "2025-01-20",
            "net_amount": 1,
        }
    ]
    assert shown(signs_of([{}, {}], contracts=contracts, quotes=quotes), CONTRACT_FIRST) == [True, False]


def test_stages_of_one_minute_were_entered_at_once_but_dates_without_a_clock_say_nothing() -> None:
    at_once = stages("O0", "2025-01-05T09:00", "2025-01-05T09:01", "2025-01-05T09:02")
    dated = stages("O1", "2025-01-05", "2025-01-05", "2025-01-05")
    slowly = stages("O2", "2025-01-05T09:00", "2025-01-09T09:00", "2025-01-15T09:00")
    assert shown(signs_of([{}, {}, {}], stage_changes=[*at_once, *dated, *slowly]), AT_ONCE) == [True, False, False]


def test_a_deal_won_before_it_was_created_shows_it() -> None:
    signs = signs_of(
        [{"closed_at": "2024-12-20"}, {"closed_at": "2025-01-01T08:35"}, {"closed_at": "2024-12-20", "outcome": "lost"}]
    )
    assert shown(signs, CLOSED_FIRST) == [True, True, False]


def test_imported_deals_are_left_out() -> None:
    assert len(signs_of([{"written_via": "import"}, {"written_via": "ui"}]).deals["opportunity_id"]) == 1
