"""Orders and invoices of a Zoho export."""

from mingdan.engine.reading.raw import REST
from mingdan.engine.sources import cells
from mingdan.engine.sources.modules import Made
from mingdan.engine.sources.zoho.deals import net_amount, parent_id, unit_price, written_via
from mingdan.engine.sources.zoho.export import Export
from mingdan.engine.sources.zoho.people import address


def made_of_trade(export: Export) -> list[Made]:
    """Return orders, order_lines and invoices; Zoho CRM keeps no receipts."""
    return [*_orders(export), *_order_lines(export), *_invoices(export)]


def _orders(export: Export) -> list[Made]:
    orders = export.module("Sales_Orders")
    if not orders.has("id"):
        return []
    own = export.id(orders)
    area = [orders.text(f"Shipping_{part}") for part in ("Country", "State", "City")]
    columns = {
        "order_id": own,
        "account_id": export.lookup(orders, "Account_Name", "Accounts"),
        "ordered_at": orders.moment("Created_Time"),
        "amount": net_amount(orders),
        "employee_id": export.owner(orders),
        "currency": orders.text("Currency"),
        "recorded_at": orders.moment("Created_Time"),
        "written_via": written_via(export, own),
        "opportunity_id": export.lookup(orders, "Deal_Name", "Deals"),
        "ship_to": address(orders, "Shipping"),
        "ship_to_area": cells.joined([part for part in area if part != cells.NOTHING]),
    }
    called_off = f"coalesce(lower({orders.text('Status')}), '') IN ('cancelled', 'canceled', '已取消')"
    return [Made("orders", columns, f"{orders.rows} WHERE NOT {called_off}")]


def _order_lines(export: Export) -> list[Made]:
    lines = export.module("Ordered_Items")
    if not lines.has("Quantity"):
        return []
    columns = {
        "order_id": parent_id(lines),
        "product_id": export.lookup(lines, "Product_Name", "Products"),
        "quantity": lines.number("Quantity"),
        "unit_price": unit_price(lines),
        REST: lines.text("id"),
    }
    return [Made("order_lines", columns, lines.rows)]


def _invoices(export: Export) -> list[Made]:
    invoices = export.module("Invoices")
    if not invoices.has("id"):
        return []
    columns = {
        "invoice_id": export.id(invoices),
        "account_id": export.lookup(invoices, "Account_Name", "Accounts"),
        "issued_at": invoices.moment("Invoice_Date", "Created_Time"),
        "amount": invoices.number("Grand_Total", "Sub_Total"),
        "currency": invoices.text("Currency"),
        "order_id": export.lookup(invoices, "Sales_Order", "Sales_Orders"),
        "buyer_name": invoices.text("Account_Name.name"),
    }
    return [Made("invoices", columns, invoices.rows)]
