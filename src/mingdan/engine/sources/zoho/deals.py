"""Deals, their stages, quotes, products and ways round the process in a Zoho export."""

from collections.abc import Mapping

from mingdan.engine.reading.identifiers import literal
from mingdan.engine.reading.raw import REST
from mingdan.engine.sources import cells
from mingdan.engine.sources.modules import Made, Module
from mingdan.engine.sources.zoho.export import TIMELINE, Export, bare_id, in_time, listed

_WRITTEN = {
    "crm_ui": "ui",
    "crm_mobile": "ui",
    "crm_api": "api",
    "bulkapi": "api",
    "import": "import",
    "mass_update": "mass",
}
"""How a record was written, by the `source` of its timeline; other sources (web form, workflow) are no door of a rep's."""

_LEFT_PROCESS = {
    "process_exit_on_edit": "override",
    "record_exit_on_edit": "override",
    "abrupt_exit": "override",
    "abrupt_exit_api": "api",
    "state_change_on_edit": "stage_skipped",
}
"""What a timeline's `action` says about a deal that left its blueprint otherwise than by a transition."""


def made_of_deals(export: Export) -> list[Made]:
    """Return opportunities, stage_changes, quotes, quote_lines, products and bypasses."""
    return [
        *_opportunities(export),
        *_stage_changes(export),
        *_quotes(export),
        *_quote_lines(export),
        *_products(export),
        *_bypasses(export),
    ]


def _opportunities(export: Export) -> list[Made]:
    deals = export.module("Deals")
    if not deals.has("Stage"):
        return []
    own, stage = deal_id(export), deals.text("Stage")
    created = deals.moment("Created_Time")
    outcome = _by_stage(stage, {name: export.stages.outcome(name) for name in export.stage_names()}, "open")
    closed = [_closed_by_timeline(export, own), deals.moment("Closing_Date")]
    columns = {
        "opportunity_id": own,
        "created_at": created,
        "outcome": outcome,
        "account_id": export.lookup(deals, "Account_Name", "Accounts"),
        "owner_id": export.owner(deals),
        "recorded_at": creation(export, own, "audited_time"),
        "written_via": written_via(export, own),
        "closed_at": f"CASE WHEN {outcome} <> 'open' THEN {cells.first_of([c for c in closed if c != cells.NOTHING])} END",
        "amount": deals.number("Amount"),
        "currency": deals.text("Currency"),
        "source": deals.text("Lead_Source"),
        "loss_reason": deals.text("Reason_For_Loss__s"),
    }
    return [Made("opportunities", columns, deals.rows)]


def deal_id(export: Export) -> str:
    """Return SQL for a deal's id; its name where the export has none."""
    deals = export.module("Deals")
    own = export.id(deals)
    return deals.text("Deal_Name") if own == cells.NOTHING else own


def _by_stage(stage: str, meanings: Mapping[str, str], otherwise: str) -> str:
    return cells.chosen(stage, {name: meaning for name, meaning in meanings.items() if meaning != otherwise}, otherwise)


def _closed_by_timeline(export: Export, own: str) -> str:
    """Return SQL for the moment at which the deal last went into a closed stage: Closing_Date is what the rep typed."""
    closed = [name for name in export.stage_names() if export.stages.outcome(name) != "open"]
    if not export.changes or not closed:
        return cells.NOTHING
    last = f"arg_max(c.at, {in_time('c.at')})"
    return f"(SELECT {last} FROM {export.changes} AS c WHERE c.record = {own} AND c.field = 'Stage' AND c.new IN ({listed(closed)}))"


def creation(export: Export, own: str, field: str) -> str:
    """Return SQL for a field of the timeline's entry that created the record `own`."""
    entries = export.module(TIMELINE).aliased("t")
    if not entries.has("record.id", field):
        return cells.NOTHING
    record = bare_id(entries.text("record.id"))
    first = f"SELECT min({entries.text(field)}) FROM {entries.rows}"
    return f"({first} WHERE {record} = {own} AND {entries.text('action')} = 'create_record')"


def written_via(export: Export, own: str) -> str:
    """Return SQL for how a record came in, by its timeline."""
    source = creation(export, own, "source")
    return source if source == cells.NOTHING else f"nullif({cells.chosen(source, _WRITTEN, '')}, '')"


def _stage_changes(export: Export) -> list[Made]:
    """Return the stage at creation and every later one; a deal without a timeline has no known stages."""
    deals = export.module("Deals")
    if not export.changes or not deals.has("Stage"):
        return []
    names = {name: stage for name in export.stage_names() if (stage := export.stages.stage(name))}
    later = f"{export.changes} AS m WHERE m.field = 'Stage' AND m.new IN ({listed(list(names))}) AND {export.has_id('Deals', 'm.record')}"
    moved = {
        "opportunity_id": "m.record",
        "stage": cells.chosen("m.new", names),
        "entered_at": cells.moment("m.at"),
        "recorded_at": cells.moment("m.at"),
        "changed_by": "m.who",
    }
    own = deal_id(export)
    before = f"(SELECT arg_min(c.old, {in_time('c.at')}) FROM {export.changes} AS c WHERE c.record = {own} AND c.field = 'Stage')"
    first = f"coalesce({before}, {deals.text('Stage')})"
    begun = {
        "opportunity_id": own,
        "stage": cells.chosen(first, names),
        "entered_at": deals.moment("Created_Time"),
        "changed_by": export.lookup(deals, "Created_By", "Users"),
    }
    created = creation(export, own, "audited_time")
    known = f"{deals.rows} WHERE {first} IN ({listed(list(names))}) AND {created} IS NOT NULL"
    return [Made("stage_changes", begun, known), Made("stage_changes", moved, later)]


def _quotes(export: Export) -> list[Made]:
    """Return quotes that went out: a draft was never sent. Sent is when the timeline says so, else when recorded."""
    quotes = export.module("Quotes")
    if not quotes.has("id"):
        return []
    own, net = export.id(quotes), net_amount(quotes)
    lines = export.module("Quoted_Items").aliased("q")
    listed_at = cells.NOTHING
    if lines.has("Quantity", "List_Price"):
        price = (
            f"sum(TRY_CAST({lines.number('Quantity')} AS DOUBLE) * TRY_CAST({lines.number('List_Price')} AS DOUBLE))"
        )
        listed_at = f"(SELECT CAST(round({price}, 4) AS VARCHAR) FROM {lines.rows} WHERE {parent_id(lines)} = {own})"
    columns = {
        "quote_id": own,
        "account_id": export.lookup(quotes, "Account_Name", "Accounts"),
        "employee_id": export.owner(quotes),
        "sent_at": cells.first_of(
            [part for part in (_delivered(export, own), quotes.moment("Created_Time")) if part != cells.NOTHING]
        ),
        "net_amount": net,
        "opportunity_id": export.lookup(quotes, "Deal_Name", "Deals"),
        "list_amount": listed_at,
        "discount": cells.NOTHING if listed_at == cells.NOTHING else _discount(listed_at, net),
        "currency": quotes.text("Currency"),
        "recorded_at": quotes.moment("Created_Time"),
        "written_via": written_via(export, own),
    }
    return [
        Made("quotes", columns, f"{quotes.rows} WHERE coalesce(lower({quotes.text('Quote_Stage')}), '') <> 'draft'")
    ]


def _discount(list_amount: str, net: str) -> str:
    before, after = f"TRY_CAST({list_amount} AS DOUBLE)", f"TRY_CAST({net} AS DOUBLE)"
    return f"CASE WHEN {before} > 0 THEN CAST(round(1 - {after} / {before}, 6) AS VARCHAR) END"


def _delivered(export: Export, own: str) -> str:
    if not export.changes:
        return cells.NOTHING
    first = f"arg_min(c.at, {in_time('c.at')})"
    return f"(SELECT {first} FROM {export.changes} AS c WHERE c.record = {own} AND c.field = 'Quote_Stage' AND lower(c.new) = 'delivered')"


def net_amount(module: Module) -> str:
    """Return SQL for what is asked before tax: sub-total less discount, or the grand total where there is no sub-total."""
    if not module.has("Sub_Total"):
        return module.number("Grand_Total", "Amount")
    less = module.number("Discount")
    taken = "0" if less == cells.NOTHING else f"coalesce(TRY_CAST({less} AS DECIMAL(18,4)), 0)"
    net = f"CAST(TRY_CAST({module.number('Sub_Total')} AS DECIMAL(18,4)) - {taken} AS VARCHAR)"
    total = module.number("Grand_Total")
    return net if total == cells.NOTHING else f"coalesce({net}, {total})"


def parent_id(lines: Module) -> str:
    """Return SQL for the id of the record to which a line item belongs."""
    return bare_id(lines.text("Parent_Id", "Parent_Id.id"))


def unit_price(lines: Module) -> str:
    """Return SQL for the price of one piece after the line's discount."""
    total = lines.number("Total_After_Discount", "Total", "Net_Total")
    if total == cells.NOTHING:
        return lines.number("Unit_Price", "List_Price")
    pieces = f"nullif(TRY_CAST({lines.number('Quantity')} AS DOUBLE), 0)"
    return f"CAST(round(TRY_CAST({total} AS DOUBLE) / {pieces}, 4) AS VARCHAR)"


def _quote_lines(export: Export) -> list[Made]:
    lines = export.module("Quoted_Items")
    if not lines.has("Quantity"):
        return []
    columns = {
        "quote_id": parent_id(lines),
        "product_id": export.lookup(lines, "Product_Name", "Products"),
        "quantity": lines.number("Quantity"),
        "list_price": lines.number("List_Price"),
        "net_price": unit_price(lines),
        REST: lines.text("id"),
    }
    return [Made("quote_lines", columns, lines.rows)]


def _products(export: Export) -> list[Made]:
    products = export.module("Products")
    if not products.has("id"):
        return []
    columns = {
        "product_id": export.id(products),
        "name": products.text("Product_Name"),
        "category": products.text("Product_Category"),
        "list_price": products.number("Unit_Price"),
        "currency": products.text("Currency"),
    }
    return [Made("products", columns, products.rows)]


def _bypasses(export: Export) -> list[Made]:
    """Return writes of deals that went round the process: out of the blueprint, by mass update, import or interface."""
    entries = export.module(TIMELINE)
    if not entries.has("record.id") or not export.module("Deals").has("id"):
        return []
    record, action, source = bare_id(entries.text("record.id")), entries.text("action"), entries.text("source")
    staged = "false"
    if export.changes:
        staged = f"{entries.text('id')} IN (SELECT entry FROM {export.changes} WHERE field = 'Stage')"
    by_source = {"mass_update": "mass_update", "import": "import", "crm_api": "api", "bulkapi": "api"}
    by_source_sql = cells.chosen(source, by_source, "")
    kind = f"CASE WHEN {action} IN ({listed(list(_LEFT_PROCESS))}) THEN {cells.chosen(action, _LEFT_PROCESS)} ELSE {by_source_sql} END"
    columns = {
        "bypass_id": entries.text("id"),
        "happened_at": entries.moment("audited_time"),
        "employee_id": bare_id(entries.text("done_by.id")),
        "opportunity_id": record,
        "object_kind": literal("opportunities"),
        "object_id": record,
        "kind": kind,
        "reason": action,
    }
    round_it = f"({action} IN ({listed(list(_LEFT_PROCESS))}) OR ({staged} AND {action} <> 'create_record' AND {source} IN ({listed(list(by_source))})))"
    return [Made("bypasses", columns, f"{entries.rows} WHERE {round_it} AND {export.has_id('Deals', record)}")]
