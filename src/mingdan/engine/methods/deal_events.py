"""What happened to each deal, from its documents: the event log that rules of procedure are checked on.

A case is a deal, or an order that belongs to no deal. Times are whole days: documents are dated by people, often without
a clock. Events of one day stand in the order of ACTIVITIES, and approvals, contracts and orders, which ought to come
first, are taken GRACE days earlier, so that neither a missing clock nor a time zone looks like a breach.
"""

from functools import reduce

import ibis
from ibis import _
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables, row_id

STAGES = ("identification", "contact", "needs", "solution", "quotation", "negotiation", "signing", "after_sales")

ACTIVITIES = (
    *STAGES,
    "approval", "own approval", "quote", "quote beyond limit", "contract", "contract without template",
    "order", "shipment", "invoice", "payment", "outcome",
)  # fmt: skip

GRACE = 1

SECONDS_A_DAY = 86_400


def deal_cases(tables: Tables) -> Expression:
    """Return the cases: number (from 0), case_key, opportunity_id, account_id, owner_id, region, amount, year.

    What was imported or changed in bulk is left out: it was never a course of events in this system.
    """
    deals = tables.opportunities.filter(_typed_in()).select(
        "opportunity_id", "account_id", "owner_id", "amount", "currency",
        case_key="deal " + _.opportunity_id,
        year=_.created_at.year(),
    )  # fmt: skip
    loose = _orders(tables).filter(_.opportunity_id.isnull())
    orders = loose.select(
        "opportunity_id", "account_id", "amount", "currency",
        owner_id="employee_id",
        case_key="order " + _.order_id,
        year=_.ordered_at.year(),
    )  # fmt: skip
    cases = deals.union(orders.select(*deals.columns))
    regions = tables.employees.select("region", owner_id="employee_id")
    in_order = ibis.window(order_by=["case_key"])  # type: ignore[no-untyped-call]
    return cases.left_join(regions, "owner_id").drop("owner_id_right").mutate(number=ibis.row_number().over(in_order))


def deal_events(tables: Tables) -> Expression:
    """Return one row per event: case_key, activity (its place in ACTIVITIES), day (since 1970), source, row_id."""
    parts = [*_quote_events(tables), *_order_events(tables), *_contract_events(tables), *_deal_events(tables)]
    return reduce(lambda one, other: one.union(other), parts)


def _typed_in() -> ibis.Deferred:
    typed: ibis.Deferred = _.written_via.isnull() | ~_.written_via.isin(["import", "mass"])
    return typed


def _orders(tables: Tables) -> Expression:
    """Return orders with their contract's signing time, and with its deal where they name none."""
    signed = tables.contracts.select("contract_id", "signed_at", of_contract="opportunity_id")
    orders = tables.orders.filter(_typed_in()).left_join(signed, "contract_id")
    return orders.mutate(opportunity_id=ibis.coalesce(_.opportunity_id, _.of_contract))


def _quote_events(tables: Tables) -> list[Expression]:
    quotes = tables.quotes.filter(_typed_in() & _.opportunity_id.notnull())
    beyond = quotes.filter(_.discount > _.approval_limit + 1e-9)
    approved = quotes.filter(_.approved_at.notnull())
    about_quotes = _.object_kind.lower().contains("quot") | _.object_kind.contains("报价")
    decisions = tables.approvals.filter(about_quotes & (_.decision == "approved"))
    decided = decisions.inner_join(quotes.select("quote_id", "opportunity_id"), _.object_id == quotes.quote_id)
    return [
        _event(quotes, "quotes", "quote", "sent_at"),
        _event(beyond, "quotes", "quote beyond limit", "sent_at"),
        _event(approved, "quotes", "approval", "approved_at"),
        _event(approved.filter(_.approved_by == _.employee_id), "quotes", "own approval", "approved_at"),
        _event(decided, "approvals", "approval", "decided_at"),
        _event(decided.filter(_.requested_by == _.decided_by), "approvals", "own approval", "decided_at"),
    ]


def _order_events(tables: Tables) -> list[Expression]:
    orders = _orders(tables)
    deal_of = orders.select("order_id", "opportunity_id")
    return [
        _event(orders, "orders", "order", "ordered_at"),
        _event(orders, "contracts", "contract", "signed_at"),
        _event(tables.shipments.inner_join(deal_of, "order_id"), "shipments", "shipment", "shipped_at"),
        _event(tables.invoices.inner_join(deal_of, "order_id"), "invoices", "invoice", "issued_at"),
        _event(tables.payments.inner_join(deal_of, "order_id"), "payments", "payment", "received_at"),
    ]


def _contract_events(tables: Tables) -> list[Expression]:
    contracts = tables.contracts.filter(_.opportunity_id.notnull())
    plain = contracts.filter(_.template_id.isnull())
    return [
        _event(contracts, "contracts", "contract", "signed_at"),
        _event(plain, "contracts", "contract without template", "signed_at"),
    ]


def _deal_events(tables: Tables) -> list[Expression]:
    places = [(stage, ibis.literal(ACTIVITIES.index(stage), "int16")) for stage in STAGES]
    stages = _event(tables.stage_changes, "stage_changes", _.stage.cases(*places), "entered_at")
    closed = tables.opportunities.filter(_.outcome != "open")
    return [stages, _event(closed, "opportunities", "outcome", "closed_at")]


def _event(rows: Expression, table: str, activity: str | ibis.Deferred, at: str) -> Expression:
    """Return the rows' events: of this activity, or of the place in ACTIVITIES that an expression gives."""
    earlier = GRACE if isinstance(activity, str) and activity in ("approval", "contract", "order") else 0
    own_key = "deal " + _.opportunity_id
    key = ibis.coalesce(own_key, "order " + _.order_id) if "order_id" in rows.columns else own_key
    return rows.filter(_[at].notnull()).select(
        case_key=key,
        activity=ibis.literal(ACTIVITIES.index(activity), "int16") if isinstance(activity, str) else activity,
        day=(_[at].truncate("s").epoch_seconds() // SECONDS_A_DAY - earlier).cast("int32"),
        source=ibis.literal(table),
        row_id=row_id(table),
    )
