import numpy as np

from mingdan.engine.methods.quiet_contact import contact_tail, quiet_deals
from mingdan.engine.methods.stage_dwell import dwells, still_there
from mingdan.engine.trail import Tables

Rows = list[dict[str, object]]
AS_OF = "2024-12-31"


def deal(name: str, **said: object) -> dict[str, object]:
    usual = {
        "opportunity_id": name,
        "account_id": f"A-{name}",
        "owner_id": "E1",
        "created_at": "2024-01-05",
        "outcome": "open",
    }
    return {**usual, **said}


def calls(account: str, *days: str, by: str = "E1") -> Rows:
    return [
        {"call_id": f"{account}{day}{by}", "employee_id": by, "account_id": account, "started_at": day} for day in days
    ]


def quiet(**records: Rows) -> dict[str, tuple[int, bool]]:
    found = quiet_deals(Tables.from_records(records, as_of=AS_OF))
    rows = zip(found["opportunity_id"], found["contacts"], found["busy"], strict=True)
    return {name: (int(count), bool(busy)) for name, count, busy in rows}


def test_only_contact_after_the_last_entry_by_the_owner_counts() -> None:
    said = [*calls("A-O", "2024-02-01", "2024-06-01", "2024-07-01"), *calls("A-O", "2024-08-01", by="E2")]
    stages: Rows = [{"opportunity_id": "O", "stage": "needs", "entered_at": "2024-03-01"}]
    assert quiet(opportunities=[deal("O")], calls=said, stage_changes=stages) == {"O": (2, False)}


def test_a_note_on_the_customer_is_an_entry_on_the_deal() -> None:
    noted: Rows = [
        {"activity_id": "N", "kind": "note", "employee_id": "E1", "happened_at": "2024-12-20", "account_id": "A-O"}
    ]
    assert quiet(opportunities=[deal("O")], activities=noted, calls=calls("A-O", "2024-06-01")) == {}


def test_a_customer_who_ordered_meanwhile_is_busy() -> None:
    orders: Rows = [{"order_id": "R", "account_id": "A-O", "ordered_at": "2024-05-01", "amount": 9}]
    assert quiet(opportunities=[deal("O")], orders=orders, calls=calls("A-O", "2024-06-01")) == {"O": (1, True)}


def test_the_talkative_deal_stands_out_and_its_owner_does_not_set_the_yardstick() -> None:
    deals = [deal(f"O{i:02d}", owner_id=f"E{i % 6}") for i in range(36)]
    said = calls("A-O00", *(f"2024-{month:02d}-10" for month in range(2, 12)), by="E0")
    other = calls("A-O01", "2024-05-05", by="E1")
    tables = Tables.from_records({"opportunities": deals, "calls": [*said, *other]}, as_of=AS_OF)
    p = contact_tail(quiet_deals(tables), np.datetime64(AS_OF))
    assert p[0] < 1e-4
    assert p[1] > 0.01


def test_few_others_are_no_yardstick() -> None:
    tables = Tables.from_records({"opportunities": [deal("O")], "calls": calls("A-O", "2024-06-01")}, as_of=AS_OF)
    assert contact_tail(quiet_deals(tables), np.datetime64(AS_OF)).tolist() == [1.0]


def test_a_stay_is_compared_with_others_stays_in_the_stage() -> None:
    deals: Rows = []
    stages: Rows = []
    for number in range(80):
        name = f"O{number:02d}"
        closed = {"outcome": "lost", "closed_at": "2024-03-01"} if number else {}
        deals.append(deal(name, owner_id=f"E{number % 8}", **closed))
        stages.append({"opportunity_id": name, "stage": "needs", "entered_at": "2024-02-01"})
    stays = dwells(Tables.from_records({"opportunities": deals, "stage_changes": stages}, as_of=AS_OF))
    days, chance = still_there(stays)["O00"]
    assert round(days) == 334
    assert chance < 0.02
