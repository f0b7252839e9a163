"""What each salesperson did month by month, as counts over counts: the features in which peers are compared."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from ibis.expr.types.groupby import GroupedTable
from numpy.typing import NDArray

from mingdan.engine.findings import Text
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]

FEATURES: dict[str, Text] = {
    "lost": Text("closed deals lost", "结束商机中的丢单"),
    "unnamed": Text("lost deals without a competitor or winner", "丢单未写明竞争对手或中标方"),
    "vain-quotes": Text("quotes for each order", "每单报价次数"),
    "discount": Text("discount given", "折扣幅度"),
    "visits": Text("activities for each order", "每单跟进次数"),
    "spending": Text("spending for each order", "每单费用"),
    "taken-out": Text("rows taken out of the system", "导出数据行数"),
    "contacts-changed": Text("customers' contact data changed", "修改客户联系方式"),
    "own-bookings": Text("orders for each customer owned", "每位客户下单数"),
}
"""Each feature's name, in the order of the columns."""

WORTH = 6.0
"""How many of a feature's units (deals, orders, months) the peers' rate is worth."""


@dataclass(frozen=True)
class Work:
    """`over` and `under` have one row per person, a column per month and a layer per feature; a value is over / under."""

    people: tuple[str, ...]
    months: NDArray[np.int64]
    over: Floats
    under: Floats

    def values(self, first: int, last: int) -> Floats:
        """Return people x features over the months from first up to last: rates, shrunk towards that of all together.

        Rates are compared on a logarithmic scale, on which a doubling is a doubling anywhere.
        """
        over, under = self.over[:, first:last].sum(axis=1), self.under[:, first:last].sum(axis=1)
        usual = (over.sum(axis=0) + 1e-9) / np.maximum(under.sum(axis=0), 1e-9)
        shrunk: Floats = (over + WORTH * usual) / (under + WORTH)
        logs: Floats = np.log(shrunk / usual)
        return logs


def work_of(tables: Tables, people: tuple[str, ...]) -> Work:
    """Return the work of these people in every month in which any of them did any."""
    counts = {name: tables.columns(part, order_by=["employee_id", "month"]) for name, part in _parts(tables).items()}
    seen = [part["month"].astype(np.int64) for part in counts.values() if len(part["month"])]
    months = np.arange(min(map(np.min, seen)), max(map(np.max, seen)) + 1) if seen else np.zeros(0, dtype=np.int64)
    place = {person: index for index, person in enumerate(people)}
    shape = len(people), len(months), len(FEATURES)
    over, under = np.zeros(shape), np.zeros(shape)
    for name, part in counts.items():
        rows = np.array([place.get(one, -1) for one in part["employee_id"]], dtype=np.int64)
        inside = rows >= 0
        at = rows[inside], (part["month"].astype(np.int64) - (months[0] if len(months) else 0))[inside]
        for layer, (above, below) in enumerate(_RATIOS.values()):
            for target, column in ((over, above), (under, below)):
                if column.startswith(f"{name}."):
                    values = np.nan_to_num(part[column.split(".")[1]].astype(np.float64))[inside]
                    np.add.at(target[:, :, layer], at, values)
    under[:, :, [below == "" for _, below in _RATIOS.values()]] = 1.0
    return Work(people, months, over, under)


_RATIOS: dict[str, tuple[str, str]] = {
    "lost": ("closed.lost", "closed.closed"),
    "unnamed": ("closed.unnamed", "closed.lost"),
    "vain-quotes": ("quoted.quotes", "ordered.orders"),
    "discount": ("quoted.discount", "quoted.discounted"),
    "visits": ("active.activities", "ordered.orders"),
    "spending": ("spent.amount", "ordered.orders"),
    "taken-out": ("took.rows", ""),
    "contacts-changed": ("changed.changes", ""),
    "own-bookings": ("ordered.orders", "ordered.customers"),
}
"""Each feature as a sum over a sum of the parts' columns; nothing below means each month."""


def _parts(tables: Tables) -> dict[str, Expression]:
    """Return counts by employee_id and month for each source."""
    deals = tables.opportunities.filter(ibis._.outcome.isin(["won", "lost"]) & ibis._.closed_at.notnull())
    lost = deals.outcome == "lost"
    silent = lost & deals.competitor.isnull() & deals.winner_company_id.isnull()
    closed = deals.mutate(lost=lost.ifelse(1, 0), silent=silent.ifelse(1, 0))
    taking = tables.access_events.filter(tables.access_events.action.isin(["export", "download", "print"]))
    changes = tables.field_changes.filter(tables.field_changes.table_name.isin(["contacts", "accounts"]))
    return {
        "closed": _monthly(closed, "owner_id", "closed_at").agg(
            closed=ibis._.count(), lost=ibis._.lost.sum(), unnamed=ibis._.silent.sum()
        ),
        "quoted": _monthly(tables.quotes, "employee_id", "sent_at").agg(
            quotes=ibis._.count(), discount=ibis._.discount.sum(), discounted=ibis._.discount.count()
        ),
        "ordered": _monthly(tables.orders, "employee_id", "ordered_at").agg(
            orders=ibis._.count(), customers=ibis._.account_id.nunique()
        ),
        "active": _monthly(tables.activities, "employee_id", "happened_at").agg(activities=ibis._.count()),
        "spent": _monthly(tables.expenses, "employee_id", "spent_at").agg(amount=ibis._.amount.sum()),
        "took": _monthly(taking, "employee_id", "happened_at").agg(rows=ibis._.row_count.fill_null(1).sum()),
        "changed": _monthly(changes, "changed_by", "changed_at").agg(changes=ibis._.count()),
    }


def _monthly(rows: Expression, person: str, at: str) -> GroupedTable:
    dated = rows.filter(rows[person].notnull() & rows[at].notnull())
    month = dated[at].year() * 12 + dated[at].month() - 1
    grouped: GroupedTable = dated.mutate(employee_id=dated[person], month=month).group_by("employee_id", "month")
    return grouped
