"""What customers' answers in call-backs weigh, each part against how customers of this company usually answer."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mingdan.engine.methods.account_firms import folded
from mingdan.engine.methods.callback_answers import placed
from mingdan.engine.trail import Tables

Answer = dict[str, Any]

TOLD = 0.6
"""How often a customer whose order was diverted says that it bought elsewhere (a design value)."""

NAMED = 0.2
"""How often it names the salesperson then."""

OWN_FIRM = 0.7
"""How often the supplier it names then is one that no other salesperson's customers name."""


@dataclass(frozen=True)
class Usual:
    """How often customers of the company answer so: that they bought elsewhere, by whether they still buy from us; naming a
    salesperson in any answer; and, naming a supplier, one that other salespeople's customers do not name.
    """

    elsewhere: tuple[float, float]
    naming: float
    sole_supplier: float


def answers_of(tables: Tables) -> list[Answer]:
    """Return every answered call-back of a customer, in the order of customer and time.

    `elsewhere` and `still` are 0 or 1, `owner` is whose customer it was, `supplier` what identifies the supplier named.
    """
    calls = tables.callbacks.filter(
        tables.callbacks.account_id.notnull()
        & tables.callbacks.bought_elsewhere.notnull()
        & tables.callbacks.reached.fill_null(True)
    )
    known = placed(tables, calls)
    told = known.select(
        "callback_id",
        "account_id",
        "called_at",
        "stated_date",
        "supplier_company_id",
        "mentions_employee_id",
        "owner",
        "still",
        elsewhere=known.bought_elsewhere.ifelse(1, 0),
        called=folded(known.supplier_name),
    )
    rows = tables.records(told, order_by=["account_id", "called_at", "callback_id"])
    return [{**row, "supplier": row["supplier_company_id"] or row["called"] or None} for row in rows]


class Answers:
    """All answers of a company, counted so that one customer's can be left out."""

    def __init__(self, rows: Sequence[Answer]) -> None:
        self._sellers: dict[str, set[str]] = defaultdict(set)
        self._count = _counted(rows)
        for row in rows:
            if row["elsewhere"] and row["supplier"]:
                self._sellers[row["supplier"]].add(row["owner"])
        self._suppliers = Counter(row["supplier"] for row in rows if row["elsewhere"] and row["supplier"])
        self._sole = Counter({one: n for one, n in self._suppliers.items() if len(self._sellers[one]) == 1})

    def usual_without(self, own: Sequence[Answer]) -> Usual:
        """Return the company's rates without these answers, one added on each side."""
        mine = _counted(own)
        rest = {name: self._count[name] - mine[name] for name in self._count}
        elsewhere = tuple((1 + rest[f"elsewhere{still}"]) / (2 + rest[f"asked{still}"]) for still in (0, 1))
        asked = rest["asked0"] + rest["asked1"]
        told = [row["supplier"] for row in own if row["elsewhere"] and row["supplier"]]
        suppliers = sum(self._suppliers.values()) - len(told)
        sole = sum(self._sole.values()) - sum(one in self._sole for one in told)
        return Usual((elsewhere[0], elsewhere[1]), (1 + rest["naming"]) / (2 + asked), (1 + sole) / (2 + suppliers))

    def is_sole(self, supplier: str) -> bool:
        """Return whether only one salesperson's customers name this supplier."""
        return len(self._sellers[supplier]) <= 1


def _counted(rows: Sequence[Answer]) -> Counter[str]:
    counted: Counter[str] = Counter(dict.fromkeys(("asked0", "asked1", "elsewhere0", "elsewhere1", "naming"), 0))
    for row in rows:
        counted[f"asked{row['still']}"] += 1
        counted[f"elsewhere{row['still']}"] += row["elsewhere"]
        counted["naming"] += row["mentions_employee_id"] is not None
    return counted


def answer_weight(rows: Sequence[Answer], answers: Answers, *, alone: float, repeat: float) -> float:
    """Return log10 of how much likelier one customer's answers are after a diversion.

    Buying elsewhere is normal and says at most `alone`. Naming a salesperson, each further time `repeat` as much, and a
    supplier that only this salesperson's customers name add to it; a supplier that others' customers name too, or a later
    answer that nothing was bought elsewhere, takes off.
    """
    usual = answers.usual_without(rows)
    said = [row for row in rows if row["elsewhere"]]
    later = [row for row in rows if not row["elsewhere"] and row["called_at"] > said[0]["called_at"]]
    weight = min(alone, max(0.0, max(math.log10(TOLD / usual.elsewhere[row["still"]]) for row in said)))
    named = sum(row["mentions_employee_id"] is not None for row in said)
    if named:
        weight += max(0.0, math.log10(NAMED / usual.naming)) * (1 + repeat * (named - 1))
    suppliers = {row["supplier"] for row in said if row["supplier"]}
    if suppliers:
        sole = all(answers.is_sole(one) for one in suppliers)
        rate = usual.sole_supplier
        weight += math.log10(OWN_FIRM / rate if sole else (1 - OWN_FIRM) / (1 - rate))
    return weight + sum(min(0.0, math.log10((1 - TOLD) / (1 - usual.elsewhere[row["still"]]))) for row in later)
