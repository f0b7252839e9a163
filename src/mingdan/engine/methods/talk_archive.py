"""The archive of chats, as far as it may be read: messages whose parties consented, and nothing else.

Every question about talk starts from `archived`. A message without consent does not exist here: neither its text nor its
kind nor its time counts, so that refusing consent changes nothing for or against anybody.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.listed import among
from mingdan.engine.methods.talk_acts import Act, Turn, acts_of
from mingdan.engine.methods.talk_cues import TELLING
from mingdan.engine.methods.talk_text import card_numbers
from mingdan.engine.trail import Tables, moment

Pair = tuple[str, str]
"""A salesperson and a customer."""

LONGEST_TEXT = 2000
CANNED_PEOPLE, CANNED_SHARE = 3, 0.05
"""What more salespeople than this, and this share of all, have written word for word is a phrase of the house."""


@dataclass(frozen=True)
class Said:
    """One archived message that does something; `act` as in `talk_acts`."""

    message_id: str
    employee_id: str
    account_id: str
    at: datetime
    by_employee: bool
    act: Act
    text: str


def archived(tables: Tables) -> Expression:
    """Return the messages whose parties consented to the archive, of known customers."""
    return tables.messages.filter(tables.messages.consent.fill_null(False) & tables.messages.account_id.notnull())


def spoken(tables: Tables) -> Expression:
    """Return the archived messages that have a text."""
    return archived(tables).filter(ibis._.text.notnull())


def threads(tables: Tables) -> dict[Pair, int]:
    """Return how many messages with text each salesperson exchanged with each customer."""
    counted = spoken(tables).group_by(["employee_id", "account_id"]).agg(n=ibis._.count())
    rows = tables.columns(counted, order_by=["employee_id", "account_id"])
    pairs = zip(rows["employee_id"].tolist(), rows["account_id"].tolist(), strict=True)
    return dict(zip(pairs, rows["n"].tolist(), strict=True))


def acts_said(tables: Tables) -> dict[Pair, list[Said]]:
    """Return by salesperson and customer the messages that propose or decline something, oldest first.

    Equal texts are read once. What a good part of the salespeople write word for word is left out.
    """
    telling = spoken(tables).filter((ibis._.text.length() <= LONGEST_TEXT) & ibis._.text.lower().re_search(TELLING))
    told = telling.group_by(["text", "sender"]).agg(people=ibis._.employee_id.nunique())
    seen = tables.columns(told, order_by=["text", "sender"])
    texts: list[str] = seen["text"].tolist()
    by_employee: list[bool] = (seen["sender"] == "employee").tolist()
    if not texts:
        return {}
    speaking = len({employee for employee, _ in tables.once(threads)})
    canned = (seen["people"] > max(CANNED_PEOPLE, CANNED_SHARE * speaking)) & np.array(by_employee)
    read = acts_of([Turn(sent, text) for sent, text in zip(by_employee, texts, strict=True)])
    acts = {
        (text, sent): act
        for text, sent, act, is_canned in zip(texts, by_employee, read, canned, strict=True)
        if act != "none" and not is_canned
    }
    found: dict[Pair, list[Said]] = defaultdict(list)
    for row in _rows(tables, among(spoken(tables), "text", {text for text, _ in acts})):
        sent = row["sender"] == "employee"
        if (row["text"], sent) in acts:
            found[row["employee_id"], row["account_id"]].append(_said(row, acts[row["text"], sent]))
    return dict(sorted(found.items()))


def talks(tables: Tables, pairs: Collection[Pair]) -> dict[Pair, list[Said]]:
    """Return everything these salespeople and customers said to each other in the archive, oldest first, acts left out."""
    if not pairs:
        return {}
    wanted = set(pairs)
    found: dict[Pair, list[Said]] = {pair: [] for pair in sorted(wanted)}
    for row in _rows(tables, among(spoken(tables), "account_id", {account for _, account in wanted})):
        if (row["employee_id"], row["account_id"]) in wanted:
            found[row["employee_id"], row["account_id"]].append(_said(row, "none"))
    return found


def card_writers(tables: Tables) -> dict[str, set[str]]:
    """Return who wrote each bank card's number anywhere in the archive: salespeople by id, a customer as 'customer'."""
    numbered = spoken(tables).filter(
        (ibis._.text.length() <= LONGEST_TEXT) & ibis._.text.re_search("[0-9][0-9 -]{13,25}[0-9]")
    )
    rows = numbered.select("text", "sender", "employee_id").distinct()
    writers: dict[str, set[str]] = defaultdict(set)
    for row in tables.records(rows, order_by=["text", "sender", "employee_id"]):
        for digits in card_numbers(row["text"]):
            writers[digits].add(row["employee_id"] if row["sender"] == "employee" else "customer")
    return writers


def _rows(tables: Tables, rows: Expression) -> list[dict[str, Any]]:
    columns = ("message_id", "employee_id", "account_id", "sent_at", "sender", "text")
    return tables.records(rows.select(*columns), order_by=["sent_at", "message_id"])


def _said(row: dict[str, Any], act: Act) -> Said:
    sent_at = moment(row["sent_at"])
    by_employee = row["sender"] == "employee"
    return Said(row["message_id"], row["employee_id"], row["account_id"], sent_at, by_employee, act, row["text"])
