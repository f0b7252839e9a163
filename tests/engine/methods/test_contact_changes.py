"""Contact data that changed hands or vanished."""

from collections.abc import Mapping, Sequence

from mingdan.engine.detectors import contact_tampering, export_spike
from mingdan.engine.methods.contact_changes import collisions, contact_changes, losses_with_deletions
from mingdan.engine.methods.exposure_losses import deals_of, losses_after
from mingdan.engine.trail import Tables

Records = dict[str, Sequence[Mapping[str, object]]]


def change(contact: str, *, new: str, field: str = "mobile", by: str = "E1") -> dict[str, object]:
    return {
        "table_name": "contacts",
        "row_id": contact,
        "field": field,
        "changed_at": "2025-03-01",
        "changed_by": by,
        "old_key": "before",
        "new_key": new,
    }


def customers(count: int) -> Records:
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 5}"} for n in range(count)],
        "contacts": [{"contact_id": f"C{n}", "account_id": f"A{n}", "phone_key": f"P{n}"} for n in range(count)],
        "employees": [{"employee_id": f"E{n}", "name": f"x{n}", "role": "rep", "phone_key": f"W{n}"} for n in range(5)],
    }


def test_a_changed_name_is_no_changed_number() -> None:
    changed = [change("C0", new="K1", field="name"), change("C1", new="K2", field="手机")]
    tables = Tables.from_records({**customers(2), "field_changes": changed}, as_of="2025-06-30")
    rows = tables.records(contact_changes(tables), order_by=["row_id"])
    assert [(row["account_id"], row["new_key"]) for row in rows] == [("A1", "K2")]


def test_a_new_number_is_told_by_whom_it_belongs_to() -> None:
    changed = [change("C0", new="W1"), change("C1", new="P2"), change("C2", new="P2"), change("C3", new="W2")]
    tables = Tables.from_records({**customers(5), "field_changes": changed}, as_of="2025-06-30")
    found = [(row["account_id"], row["kind"]) for row in collisions(tables, hub=5)]
    assert found == [("A0", "own"), ("A1", "customer"), ("A3", "firm")]


def test_a_number_of_many_firms_belongs_to_none_of_them() -> None:
    records = customers(9)
    shared = [{**row, "phone_key": "HUB"} for row in records["contacts"][1:]]
    crowded = {**records, "contacts": [records["contacts"][0], *shared], "field_changes": [change("C0", new="HUB")]}
    assert collisions(Tables.from_records(crowded, as_of="2025-06-30"), hub=5) == []
    assert collisions(Tables.from_records(crowded, as_of="2025-06-30"), hub=8) != []


def lost_deals(*, deleting: str) -> Records:
    """Return ten lost deals of each of five salespeople; one of them deletes the contact a week before eight of his."""
    deals, deletions = [], []
    for person in range(5):
        for number in range(10):
            account = f"A{person * 10 + number}"
            deals.append(
                {
                    "opportunity_id": f"O{person}-{number}",
                    "account_id": account,
                    "owner_id": f"E{person}",
                    "created_at": "2024-01-10",
                    "closed_at": f"2024-06-{number + 11:02d}",
                    "outcome": "lost",
                    "amount": "1000",
                }
            )
            if f"E{person}" == deleting and number < 8:
                deletions.append(
                    {
                        "employee_id": deleting,
                        "happened_at": f"2024-06-{number + 4:02d}",
                        "kind": "contact_deleted",
                        "account_id": account,
                        "contact_id": f"C{person * 10 + number}",
                    }
                )
    return {**customers(50), "opportunities": deals, "channel_events": deletions}


def test_deletions_before_losses_name_who_does_it_far_more_than_others() -> None:
    tables = Tables.from_records(lost_deals(deleting="E3"), as_of="2025-01-01")
    found = contact_tampering.DETECTOR.find(tables, contact_tampering.DETECTOR.parameters)
    assert [(finding.employee_id, finding.facts["deleted"], finding.facts["losses"]) for finding in found] == [
        ("E3", 8, 10)
    ]
    assert len(found[0].opportunity_ids) == 8


def test_every_loss_is_listed_once_with_or_without_a_deletion() -> None:
    tables = Tables.from_records(lost_deals(deleting="E3"), as_of="2025-01-01")
    rows = tables.records(losses_with_deletions(tables, 30), order_by=["opportunity_id"])
    assert len(rows) == 50
    assert sum(row["row_id"] is not None for row in rows) == 8


def test_the_own_number_at_several_customers_is_one_finding_on_the_salesperson() -> None:
    example = next(one for one in contact_tampering.DETECTOR.examples if "three" in one.name)
    tables = Tables.from_records(example.records, as_of=example.as_of)
    (found,) = contact_tampering.DETECTOR.find(tables, contact_tampering.DETECTOR.parameters)
    assert (found.subject_kind, found.subject_id, found.facts["own"]) == ("employee", "E0", 3)
    assert found.account_ids == ("A0", "A12", "A6")


def test_customers_no_longer_reached_after_a_change_name_who_changed_them() -> None:
    changed = [change(f"C{n}", new=f"N{n}", by=f"E{n % 5}") for n in range(40)]
    calls = [
        {"callback_id": f"B{n}", "called_at": "2025-04-01", "account_id": f"A{n}", "reached": n % 5 != 2}
        for n in range(40)
    ]
    tables = Tables.from_records({**customers(40), "field_changes": changed, "callbacks": calls}, as_of="2025-06-30")
    found = contact_tampering.DETECTOR.find(tables, contact_tampering.DETECTOR.parameters)
    assert [(finding.employee_id, finding.facts["unreached"]) for finding in found] == [("E2", 8)]


def test_exported_customers_that_are_then_lost_are_counted_against_everybody_elses() -> None:
    tables = Tables.from_records(lost_deals(deleting="nobody"), as_of="2025-01-01")
    deals = deals_of(tables)
    before = tables.records(tables.opportunities, order_by=["closed_at", "opportunity_id"])[0]["created_at"]
    usual = losses_after(deals, ["A1", "A2", "A3"], before, days=365)
    assert (len(usual.lost), usual.p > 0.5) == (3, True)
    early = losses_after(deals, ["A0", "A10", "A20", "A30", "A40"], before, days=153)
    assert (len(early.lost), early.p < 1e-5) == (5, True)
    assert early.amount == 5000


def test_an_export_of_others_customers_weighs_more_than_of_ones_own() -> None:
    spike = export_spike.DETECTOR.examples[0]
    records: Records = dict(spike.records)
    usual = [
        {"event_id": f"X{n}-{month}", "account_id": f"B{n}"}
        for n in range(8)
        for month in ("2023-02", "2023-04", "2023-06")
    ]
    taken = [{"event_id": "XX", "account_id": f"A{n}"} for n in range(60)]
    books = [{"account_id": f"B{n}", "name": "x", "owner_id": f"E{n}"} for n in range(8)]
    weights = {}
    for owner in ("E1", "E2"):
        accounts = [*books, *({"account_id": f"A{n}", "name": "x", "owner_id": owner} for n in range(60))]
        given = {**records, "export_rows": [*usual, *taken], "accounts": accounts}
        found = export_spike.DETECTOR.run(Tables.from_records(given, as_of=spike.as_of))
        weights[owner] = found[0].weight
    assert weights["E2"] > weights["E1"] + 0.3
