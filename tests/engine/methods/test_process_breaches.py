from datetime import UTC, datetime

import pytest

from mingdan.engine.methods.deal_events import ACTIVITIES
from mingdan.engine.methods.declare import TEMPLATES
from mingdan.engine.methods.process_breaches import Breach, Procedure, rarest, rate_of_any
from mingdan.engine.methods.process_rules import RULES, Rule
from mingdan.engine.tables import TABLES
from mingdan.engine.trail import Tables

Rows = list[dict[str, object]]
TODAY = int(datetime(2025, 6, 30, tzinfo=UTC).timestamp() // 86_400)
SHIPPED = RULES[0]


def company(number: int, *, unsigned: frozenset[int] = frozenset(), **changed: object) -> dict[str, Rows]:
    """Return so many orders under contracts, one salesperson each, shipped; some without a contract."""
    orders: Rows = []
    contracts: Rows = []
    shipments: Rows = []
    for one in range(number):
        contract = None if one in unsigned else f"K{one}"
        order = {
            "order_id": f"R{one}",
            "account_id": f"A{one}",
            "employee_id": f"E{one}",
            "ordered_at": "2025-05-10",
            "amount": 5,
        }
        orders.append({**order, "contract_id": contract, **changed})
        contracts.append({"contract_id": f"K{one}", "account_id": f"A{one}", "signed_at": "2025-05-01"})
        shipments.append({"shipment_id": f"S{one}", "order_id": f"R{one}", "shipped_at": "2025-05-20"})
    return {"orders": orders, "contracts": contracts, "shipments": shipments}


def breaches(records: dict[str, Rows]) -> list[tuple[int, float]]:
    procedure = Procedure.of(Tables.from_records(records, as_of="2025-06-30"))
    judged = procedure.judge(SHIPPED, TODAY, largest_rate=1.0, least_peers=1, since=0)
    return [(breach.case, breach.rate) for breach, _ in judged.breaches]


def test_an_order_without_a_deal_is_a_case_of_its_own_and_takes_its_contract_with_it() -> None:
    assert [rate for _, rate in breaches(company(40, unsigned=frozenset({3})))] == [pytest.approx(0.5 / 40)]


def test_what_everybody_does_is_at_its_full_rate() -> None:
    found = breaches(company(40, unsigned=frozenset(range(40))))
    assert len(found) == 40
    assert found[0][1] > 0.95


def test_imported_orders_are_no_cases() -> None:
    assert breaches(company(40, unsigned=frozenset({3}), written_via="import")) == []


def test_rarer_rules_are_added_because_many_are_asked() -> None:
    breach = Breach(SHIPPED, 0, 0, 0.01, 100)
    assert rate_of_any(breach, [0.002, 0.003, 0.2]) == pytest.approx(0.015)


def test_of_one_salesperson_the_rarest_cases_are_told() -> None:
    rates = [0.02, 0.001, 0.01]
    some = [(Breach(SHIPPED, case, 5, rate, 100), 7) for case, rate in enumerate(rates)]
    assert [case[0].case for case in rarest(some, 2)] == [1, 2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.breach.en)
def test_every_rule_names_known_templates_activities_and_columns(rule: Rule) -> None:
    assert rule.constraint.template in TEMPLATES
    assert {rule.constraint.a, rule.constraint.b} <= set(ACTIVITIES)
    for table, columns in rule.needs.items():
        for column in columns:
            TABLES[table].column(column)
