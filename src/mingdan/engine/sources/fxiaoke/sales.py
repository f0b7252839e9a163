"""Deals, quotes, orders, contracts and receipts of a Fxiaoke export."""

from mingdan.engine.reading.raw import REST
from mingdan.engine.sources import cells
from mingdan.engine.sources.fxiaoke.export import Export, is_valid, label, moment, stage_of, state_of
from mingdan.engine.sources.modules import Made, Module


def made_of_sales(export: Export) -> list[Made]:
    """Return opportunities, stage_changes, quotes, quote_lines, products, orders, order_lines, contracts and payments."""
    deals = [made for name in ("NewOpportunityObj", "OpportunityObj") for made in _deals(export, export.object(name))]
    return [
        *deals,
        *_quotes(export),
        *_products(export),
        *_orders(export),
        *_order_lines(export),
        *_contracts(export),
        *_payments(export),
    ]


def _outcome(export: Export, deals: Module) -> str:
    """Return SQL for the outcome by a deal's state, else by its stage; an invalid deal was not won."""
    meanings = {name: outcome for name in export.stage_names() if (outcome := export.stages.outcome(name)) != "open"}
    made = [cells.chosen(told, meanings, "") for told in (state_of(deals), stage_of(deals)) if told != cells.NOTHING]
    found = ", ".join(f"nullif({one}, '')" for one in made)
    return f"CASE WHEN NOT ({is_valid(deals)}) THEN 'lost' ELSE coalesce({found}{', ' if found else ''}'open') END"


def _deals(export: Export, deals: Module) -> list[Made]:
    if not deals.is_there:
        return []
    outcome = _outcome(export, deals)
    moved = moment(deals, "stg_changed_time", "sales_stg_changed_time")
    closed = [
        made for made in (moved, moment(deals, "close_date", "expected_deal_closed_date")) if made != cells.NOTHING
    ]
    columns = {
        "opportunity_id": deals.text("_id"),
        "created_at": moment(deals, "create_time"),
        "outcome": outcome,
        "account_id": deals.text("account_id"),
        "owner_id": export.person(deals, "owner"),
        "closed_at": f"CASE WHEN {outcome} <> 'open' THEN {cells.first_of(closed)} END" if closed else cells.NOTHING,
        "amount": deals.number("amount", "opp_lines_sum"),
        "product_line": label(deals, "sales_process_id"),
        "competitor": label(deals, "competitors"),
    }
    return [Made("opportunities", columns, deals.rows), *_stage(export, deals, moved)]


def _stage(export: Export, deals: Module, moved: str) -> list[Made]:
    """Return the stage a deal is in and since when: earlier ones are in no export."""
    told = stage_of(deals)
    names = {name: stage for name in export.stage_names() if (stage := export.stages.stage(name))}
    if moved == cells.NOTHING or told == cells.NOTHING or not names:
        return []
    stage = f"nullif({cells.chosen(told, names, '')}, '')"
    columns = {"opportunity_id": deals.text("_id"), "stage": stage, "entered_at": moved, "recorded_at": moved}
    return [Made("stage_changes", columns, f"{deals.rows} WHERE {stage} IS NOT NULL AND {moved} IS NOT NULL")]


def _quotes(export: Export) -> list[Made]:
    """Return quotes priced by their lines, as the header's amounts are not documented."""
    quotes, lines = export.object("QuoteObj"), export.object("QuoteLinesObj")
    if not quotes.is_there or not lines.has("quote_id", "total_amount"):
        return []
    total = f"sum(TRY_CAST({lines.aliased('q').number('total_amount')} AS DECIMAL(18,4)))"
    summed = f"(SELECT CAST({total} AS VARCHAR) FROM {lines.aliased('q').rows} WHERE {lines.aliased('q').text('quote_id')} = {quotes.text('_id')})"
    header = {
        "quote_id": quotes.text("_id"),
        "account_id": quotes.text("account_id"),
        "employee_id": export.person(quotes, "owner", "created_by"),
        "sent_at": moment(quotes, "create_time"),
        "net_amount": summed,
        "opportunity_id": quotes.text("new_opportunity_id", "opportunity_id"),
        "recorded_at": moment(quotes, "create_time"),
    }
    line = {
        "quote_id": lines.text("quote_id"),
        "product_id": lines.text("product_id"),
        "quantity": lines.number("quantity"),
        "net_price": _each(lines, "total_amount"),
        REST: lines.text("_id"),
    }
    return [Made("quotes", header, f"{quotes.rows} WHERE {is_valid(quotes)}"), Made("quote_lines", line, lines.rows)]


def _each(lines: Module, total: str) -> str:
    """Return SQL for the price of one piece, from the total of a line."""
    if not lines.has(total, "quantity"):
        return cells.NOTHING
    pieces = f"nullif(TRY_CAST({lines.number('quantity')} AS DOUBLE), 0)"
    return f"CAST(round(TRY_CAST({lines.number(total)} AS DOUBLE) / {pieces}, 4) AS VARCHAR)"


def _products(export: Export) -> list[Made]:
    products = export.object("ProductObj")
    if not products.is_there:
        return []
    columns = {
        "product_id": products.text("_id"),
        "name": products.text("name"),
        "category": label(products, "category"),
    }
    return [Made("products", columns, products.rows)]


def _orders(export: Export) -> list[Made]:
    orders = export.object("SalesOrderObj")
    if not orders.is_there:
        return []
    columns = {
        "order_id": orders.text("_id"),
        "account_id": orders.text("account_id"),
        "ordered_at": moment(orders, "order_time", "create_time"),
        "amount": orders.number("order_amount", "product_amount"),
        "employee_id": export.person(orders, "owner"),
        "recorded_at": moment(orders, "create_time"),
        "opportunity_id": orders.text("new_opportunity_id", "opportunity_id"),
    }
    return [Made("orders", columns, f"{orders.rows} WHERE {is_valid(orders)}")]


def _order_lines(export: Export) -> list[Made]:
    lines = export.object("SalesOrderProductObj")
    if not lines.is_there:
        return []
    price = [made for made in (_each(lines, "subtotal"), lines.number("sales_price")) if made != cells.NOTHING]
    columns = {
        "order_id": lines.text("order_id", "Parent_Id"),
        "product_id": lines.text("product_id"),
        "quantity": lines.number("quantity"),
        "unit_price": cells.first_of(price),
        REST: lines.text("_id"),
    }
    return [Made("order_lines", columns, lines.rows)]


def _contracts(export: Export) -> list[Made]:
    contracts = export.object("ContractObj")
    if not contracts.is_there:
        return []
    columns = {
        "contract_id": contracts.text("_id"),
        "account_id": contracts.text("account_id"),
        "signed_at": moment(contracts, "started_time", "create_time"),
        "recorded_at": moment(contracts, "create_time"),
        "opportunity_id": contracts.text("new_opportunity_id", "opportunity_id"),
        "employee_id": export.person(contracts, "owner"),
        "amount": contracts.number("contract_amount"),
        "counterparty_name": contracts.text("account_id__r", "account_id__r.name"),
    }
    return [Made("contracts", columns, f"{contracts.rows} WHERE {is_valid(contracts)}")]


def _payments(export: Export) -> list[Made]:
    payments = export.object("PaymentObj")
    if not payments.is_there:
        return []
    columns = {
        "payment_id": payments.text("_id"),
        "account_id": payments.text("account_id"),
        "received_at": moment(payments, "payment_time"),
        "amount": payments.number("payment_amount"),
        "order_id": payments.text("order_id", "order_data_id"),
        "channel": label(payments, "payment_term"),
        "posted_at": moment(payments, "submit_time", "create_time"),
        "posted_by": export.person(payments, "created_by"),
        "collected_by": export.person(payments, "owner"),
    }
    return [Made("payments", columns, f"{payments.rows} WHERE {is_valid(payments)}")]
