"""What is left of a price once product, time, quantity, terms, region and segment are accounted for."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
LEAST_BUYERS = 3
"""A product needs that many other buyers before anything can be said of what it usually costs."""

CELL_WORTH, LEVEL_WORTH = 3.0, 20.0
"""How many rows the prior stands for: of a product's quarter towards the product, of a region or segment towards none."""

CLIP = 3.0


@dataclass(frozen=True)
class Prices:
    """One entry per customer, salesperson, product and month, in a fixed order.

    `account` and `seller` index `accounts` and `sellers`; `price` is the net unit price, `day` the month's last order,
    `amount` what was paid; `residual` is log(price / expected), NaN where nothing comparable was sold.
    """

    accounts: tuple[str, ...]
    sellers: tuple[str, ...]
    products: tuple[str, ...]
    account: Ints
    seller: Ints
    product: Ints
    day: NDArray[np.datetime64]
    price: Floats
    amount: Floats
    residual: Floats


def price_residuals(tables: Tables) -> Prices:
    """Fit what prices usually are, each fifth of the customers by the other four, and return what is left.

    Product medians, then the product's quarter, slopes for log quantity and payment days, region and segment, all on
    residuals clipped at three robust deviations so that a few special prices bend nothing. The salesperson is the
    order's, else the customer's owner; lines in another currency and lines without price or quantity are left out.
    """
    accounts = tables.columns(_accounts(tables), order_by=["account"])
    sellers = tables.columns(_sellers(tables), order_by=["seller"])
    products = tables.columns(_products(tables), order_by=["product"])
    rows = tables.columns(_months(tables), order_by=["account", "seller", "product", "month"])
    price = rows["amount"] / rows["quantity"]
    fold = rows["account"].astype(np.int64) % FOLDS
    residual = np.full(len(price), np.nan)
    features = _Features(rows, accounts)
    for left_out in range(FOLDS):
        inside = fold == left_out
        if inside.any() and not inside.all():
            residual[inside] = _predicted(np.log(price), features, ~inside, inside)
    return Prices(
        accounts=tuple(accounts["account_id"].tolist()),
        sellers=tuple(sellers["id"].tolist()),
        products=tuple(products["product_id"].tolist()),
        account=rows["account"].astype(np.int64),
        seller=rows["seller"].astype(np.int64),
        product=rows["product"].astype(np.int64),
        day=rows["last_at"].astype("datetime64[D]"),
        price=price,
        amount=rows["amount"],
        residual=residual,
    )


def _orders(tables: Tables) -> Expression:
    """Return orders in the trail's currency with `id`, whose deal it was (empty where nobody knows)."""
    orders = tables.orders.filter(ibis._.currency.isnull() | (ibis._.currency == tables.currency))
    owners = tables.accounts.select("account_id", "owner_id")
    owned = orders.left_join(owners, "account_id").drop("account_id_right")
    return owned.mutate(id=ibis.coalesce(owned.employee_id, owned.owner_id, ibis.literal("")))


def _numbered(ids: Expression, key: str, name: str) -> Expression:
    """Add running numbers in the order of the key, so that millions of rows carry numbers instead of text."""
    return ids.mutate(**{name: ibis.row_number().over(ibis.window(order_by=key))})  # type: ignore[no-untyped-call]


def _accounts(tables: Tables) -> Expression:
    bought = _numbered(tables.orders.select("account_id").distinct(), "account_id", "account")
    known = tables.accounts.select("account_id", "region", "segment")
    return bought.left_join(known, "account_id").drop("account_id_right")


def _sellers(tables: Tables) -> Expression:
    return _numbered(_orders(tables).select("id").distinct(), "id", "seller")


def _products(tables: Tables) -> Expression:
    return _numbered(tables.order_lines.select("product_id").distinct(), "product_id", "product")


def _months(tables: Tables) -> Expression:
    """Return order lines summed by customer, salesperson, product and month; sums are decimals, the same everywhere."""
    orders = _orders(tables).select("order_id", "account_id", "id", "ordered_at", "payment_days")
    orders = orders.inner_join(_accounts(tables).select("account_id", "account"), "account_id")
    orders = orders.inner_join(_sellers(tables), "id").mutate(month=ibis._.ordered_at.truncate("M"))
    lines = tables.order_lines.filter((ibis._.quantity > 0) & (ibis._.unit_price > 0))
    lines = lines.inner_join(_products(tables), "product_id")
    sold = lines.inner_join(
        orders.select("order_id", "account", "seller", "month", "ordered_at", "payment_days"), "order_id"
    )
    return sold.group_by("account", "seller", "product", "month").agg(
        quantity=ibis._.quantity.sum(),
        amount=(ibis._.quantity * ibis._.unit_price).sum(),
        last_at=ibis._.ordered_at.max(),
        payment_days=ibis._.payment_days.max(),
    )


class _Features:
    """The covariates as numbers: product, product's quarter, region, segment; log quantity and payment days."""

    def __init__(self, rows: Columns, accounts: Columns) -> None:
        self.account = rows["account"].astype(np.int64)
        self.product = rows["product"].astype(np.int64)
        quarter = rows["month"].astype("datetime64[M]").astype(np.int64) // 3
        self.cell = np.unique(self.product * 100_000 + quarter, return_inverse=True)[1]
        self.levels = tuple(_codes(accounts[name])[self.account] for name in ("region", "segment"))
        self.quantity = np.log(rows["quantity"].astype(np.float64))
        days = rows["payment_days"].astype(np.float64)
        self.terms = np.nan_to_num(days, nan=float(np.nanmedian(days)) if np.isfinite(days).any() else 0.0) / 30


def _codes(values: NDArray[np.object_]) -> Ints:
    """Return the values as numbers in their order; a missing one counts as a value of its own."""
    listed = [value or "" for value in values.tolist()]
    number = {value: index for index, value in enumerate(sorted(set(listed)))}
    return np.array([number[value] for value in listed], dtype=np.int64)


def _predicted(log_price: Floats, features: _Features, fit: NDArray[np.bool_], ask: NDArray[np.bool_]) -> Floats:
    """Return the residuals of the rows `ask` under the model of the rows `fit`."""
    base, buyers = _medians(log_price, features, fit)
    usual_quantity, _ = _medians(features.quantity, features, fit)
    left = log_price - base[features.product]
    scale = 1.4826 * float(np.nanmedian(np.abs(left[fit]))) if fit.any() else 0.0
    left = np.clip(left, -CLIP * max(scale, 0.02), CLIP * max(scale, 0.02)) if scale else left
    slopes = np.column_stack([features.quantity - usual_quantity[features.product], features.terms])
    slopes = np.nan_to_num(slopes - np.nanmean(slopes[fit], axis=0)) if fit.any() else np.nan_to_num(slopes)
    rest, raw = np.nan_to_num(left), log_price - base[features.product]
    for _ in range(2):
        for group, worth in ((features.cell, CELL_WORTH), *((level, LEVEL_WORTH) for level in features.levels)):
            effect = _shrunk_means(rest, group, fit, worth)[group]
            rest, raw = rest - effect, raw - effect
        fitted = slopes @ _ridge(slopes[fit], rest[fit])
        rest, raw = rest - fitted, raw - fitted
    comparable = buyers[features.product] >= LEAST_BUYERS
    result: Floats = np.where(comparable, raw, np.nan)[ask]
    return result


def _medians(values: Floats, features: _Features, fit: NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """Return each product's median among the fitted rows (NaN without), and how many buyers it has there."""
    products = int(features.product.max()) + 1 if len(features.product) else 0
    medians = np.full(products, np.nan)
    order = np.flatnonzero(fit)
    order = order[np.lexsort((values[order], features.product[order]))]
    start = np.searchsorted(features.product[order], np.arange(products), side="left")
    end = np.searchsorted(features.product[order], np.arange(products), side="right")
    some = end > start
    low, high = (start + end - 1) // 2, (start + end) // 2
    ordered = values[order]
    medians[some] = (ordered[low[some]] + ordered[high[some]]) / 2
    width = int(features.account.max()) + 1 if len(features.account) else 1
    pairs = np.unique(features.product[fit] * width + features.account[fit])
    buyers = np.bincount(pairs // width, minlength=products)
    return medians, buyers


def _shrunk_means(values: Floats, group: Ints, fit: NDArray[np.bool_], worth: float) -> Floats:
    size = int(group.max()) + 1 if len(group) else 0
    total = np.bincount(group[fit], weights=values[fit], minlength=size)
    return np.asarray(total / (np.bincount(group[fit], minlength=size) + worth), dtype=np.float64)


def _ridge(design: Floats, target: Floats) -> Floats:
    gram = design.T @ design + 10.0 * np.eye(design.shape[1])
    return np.asarray(np.linalg.solve(gram, design.T @ target), dtype=np.float64)
