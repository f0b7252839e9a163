"""From orders to purchases: what counts as one, and the clock of the seasons."""

import numpy as np

from mingdan.engine.methods.purchases import Purchases, clock_of, histories_of, one_purchase_each, read_purchases
from mingdan.engine.methods.season import fit_clock, month_index
from mingdan.engine.trail import Tables

FIRST = int(np.datetime64("2021-01-01", "D").astype(np.int64))


def purchases(days: list[int], customer: int = 0, customers: int = 1, until: int = 1000) -> Purchases:
    names = tuple(f"A{number}" for number in range(customers))
    return Purchases(names, np.full(len(days), customer), np.array(days), np.full(len(days), 10.0), until)


def test_several_orders_on_one_day_are_one_purchase_and_credit_notes_none() -> None:
    rows = [("2024-01-05T08:00", 100), ("2024-01-05T17:00", 50), ("2024-02-05", 70), ("2024-02-20", -70)]
    orders = [
        {"order_id": f"O{n}", "account_id": "A", "ordered_at": at, "amount": amount}
        for n, (at, amount) in enumerate(rows)
    ]
    read = read_purchases(Tables.from_records({"orders": orders}, as_of="2024-03-01"))
    assert read.amount.tolist() == [150.0, 70.0]
    assert read.account_ids == ("A",)


def test_parts_of_one_purchase_are_joined_and_their_amounts_added() -> None:
    joined = one_purchase_each(purchases([0, 1, 60, 120, 122, 180]))
    assert joined.day.tolist() == [0, 60, 120, 180]
    assert joined.amount.tolist() == [20.0, 10.0, 20.0, 10.0]


def test_a_day_on_which_everybody_orders_is_a_booking() -> None:
    rng = np.random.default_rng(0)
    customer = np.repeat(np.arange(60), 40)
    day = np.concatenate([np.sort(rng.choice(900, 40, replace=False)) for _ in range(60)])
    day[customer * 40 == np.arange(len(day))] = 0
    spike = np.concatenate([np.append(day[customer == who], 950) for who in range(60)])
    booked = Purchases(tuple(map(str, range(60))), np.repeat(np.arange(60), 41), spike, np.ones(len(spike)), 1000)
    assert 950 not in one_purchase_each(booked).day


def test_a_customer_without_purchases_left_has_an_empty_history() -> None:
    histories = histories_of(purchases([0, 30, 60], customer=1, customers=3), clock_of(purchases([0, 30, 60])))
    assert histories.repeats.tolist() == [0.0, 2.0, 0.0]
    assert histories.silence.tolist() == [0.0, 940.0, 0.0]


def test_seasons_are_seen_after_two_years_and_not_before() -> None:
    calendar = np.arange(FIRST, FIRST + 3 * 365)
    month = calendar.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    days = np.repeat(calendar, np.where(month == 1, 1, 4))
    index = month_index(days, int(calendar[0]), int(calendar[-1]))
    assert index is not None
    assert index[1] < 0.5
    assert month_index(days[days < FIRST + 600], FIRST, FIRST + 600) is None


def test_the_clock_runs_slower_in_the_quiet_month_and_keeps_the_total() -> None:
    calendar = np.arange(FIRST, FIRST + 3 * 365)
    month = calendar.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    clock = fit_clock(np.repeat(calendar, np.where(month == 1, 1, 4)), int(calendar[0]), int(calendar[-1]))
    february = clock.at(np.array([FIRST + 31, FIRST + 58]))
    july = clock.at(np.array([FIRST + 181, FIRST + 208]))
    assert np.diff(february)[0] < 0.5 * np.diff(july)[0]
    assert np.isclose(clock.passed[-1], len(calendar))
