"""A4: a customer's number or address was replaced or deleted, so that the company no longer reaches the customer."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.contact_changes import (
    busy_days,
    collisions,
    contact_changes,
    first_calls_after_changes,
    losses_with_deletions,
    renamed_at,
)
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.excess_rates import excesses
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """`own`, `firm` and `customer` cap the weight of a new value that belongs to such a one; `rates` that of an excess.

    `worth` is how many innocent changes the prior stands for: one in so many meets somebody else's number; of `people_worth`
    people one ever enters the own number, of those who divert `own_expected`. `campaign` changes by one person on a day
    are a clean-up. `hub`: a number of more firms says nothing.
    """

    own: float = 2.7
    firm: float = 1.0
    customer: float = 0.6
    rates: float = 1.0
    expected: float = 0.3
    own_expected: float = 0.2
    worth: int = 30
    people_worth: int = 30
    campaign: int = 20
    hub: int = 5
    after_days: int = 365
    before_days: int = 30
    least_chances: int = 3
    least_seen: int = 2


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return findings of others' numbers by customer; of own numbers, unreachable and deleted contacts by salesperson."""
    return [*_replaced(tables, parameters), *_unreachable(tables, parameters), *_deleted(tables, parameters)]


def _replaced(tables: Tables, parameters: Parameters) -> list[Finding]:
    changes = contact_changes(tables)
    counted = changes.group_by("changed_by").agg(n=ibis._.count())
    totals = {row["changed_by"]: row["n"] for row in tables.records(counted, order_by=["changed_by"])}
    rows = collisions(tables, parameters.hub)
    hits: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ("own", "firm", "customer")}
    for row in rows:
        hits[row["kind"]][row["changed_by"]].add(row["change"])
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        row["weight"] = _weight(row, totals, hits[row["kind"]], parameters)
        grouped[row["changed_by"], "" if row["kind"] == "own" else row["account_id"]].append(row)
    risk = yearly_turnover(tables, {row["account_id"] for row in rows})
    days = busy_days(tables, parameters.campaign)
    return [_of_changes(tables, pair, grouped[pair], risk, days) for pair in sorted(grouped)]


def _weight(row: Row, totals: dict[str, int], hits: dict[str, set[str]], parameters: Parameters) -> float:
    """Return log10 of how much likelier this is in a side deal: for the own number by people, else by others' changes.

    A salesperson changes many numbers: what counts is how many people ever enter their own.
    """
    changers = [changer for changer in totals if changer != row["changed_by"]]
    if row["kind"] == "own":
        doing = sum(bool(hits.get(changer)) for changer in changers)
        expected, by_chance = parameters.own_expected, (1 + doing) / (parameters.people_worth + len(changers))
    else:
        met = sum(len(hits.get(changer, ())) for changer in changers)
        others = sum(totals[changer] for changer in changers)
        expected, by_chance = parameters.expected, (1 + met) / (parameters.worth + others)
    return max(0.0, min(float(getattr(parameters, row["kind"])), math.log10(expected / by_chance)))


def _of_changes(
    tables: Tables,
    pair: tuple[str, str],
    rows: Sequence[Row],
    risk: dict[str, Decimal],
    busy: set[tuple[str, date]],
) -> Finding:
    """Return the finding of one customer, or (without) of the customers whose number became the salesperson's own."""
    employee, customer = pair
    accounts = tuple(sorted({row["account_id"] for row in rows}))
    days = [moment(row["changed_at"]) for row in rows]
    changes = sorted({row["change"] for row in rows})
    holders = sorted({Evidence(row["table_name"], row["row_id"]) for row in rows})
    fills = not customer and not any(row["replaced"] for row in rows)
    scope = Scope(account_id=customer or None, employee_id=employee)
    return Finding(
        subject_kind="account" if customer else "employee",
        subject_id=customer or employee,
        at=max(days),
        weight=max(row["weight"] for row in rows),
        evidence=(*(Evidence("field_changes", one) for one in changes), *holders),
        facts={**_NOTHING, "foreign" if customer else "own": len(changes), "customers": len(accounts)},
        employee_id=employee,
        account_ids=accounts,
        company_ids=tuple(sorted({row["entity"] for row in rows if row["whose"] == "firm"})),
        amount_at_risk=sum((risk.get(account, Decimal(0)) for account in accounts), Decimal(0)),
        explanations={
            **_explanations(tables, min(days).date(), max(days).date(), scope),
            **({"campaign": "supported"} if all((employee, day.date()) in busy for day in days) else {}),
            "staff-change": _staff_change(tables, rows) if customer else "ruled_out",
            "filler": ("supported" if len(changes) >= 3 else "open") if fills else "ruled_out",
        },
    )


_NOTHING = dict.fromkeys(("customers", "own", "foreign", "unreached", "called", "deleted", "losses"), 0)


def _explanations(tables: Tables, start: date, end: date, scope: Scope) -> dict[str, Status]:
    """A clean-up is a registered migration or many changes a day, which the caller looks at: without either it is none."""
    register = tables.context.status(["migration"], start, end, scope)
    return {"campaign": "supported" if register == "supported" else "ruled_out", "privacy": "open"}


def _staff_change(tables: Tables, rows: Sequence[Row]) -> Status:
    """Return whether name or title of the same contact changed within a week."""
    days = renamed_at(tables, sorted({row["contact_row"] for row in rows}))
    return "supported" if any(abs((day - row["changed_at"]).days) <= 7 for day in days for row in rows) else "open"


def _unreachable(tables: Tables, parameters: Parameters) -> list[Finding]:
    rows = tables.records(
        first_calls_after_changes(tables, parameters.after_days), order_by=["employee_id", "account_id"]
    )
    findings = []
    for employee, mine, weight in _excesses(rows, lambda row: not row["reached"], parameters):
        missed = [row for row in mine if not row["reached"]]
        changes = [Evidence("field_changes", row["row_id"]) for row in missed]
        calls = [Evidence("callbacks", row["callback_id"]) for row in missed]
        facts = {**_NOTHING, "unreached": len(missed), "called": len(mine)}
        findings.append(_of_salesperson(tables, employee, missed, weight, (*changes, *calls), facts))
    return findings


def _deleted(tables: Tables, parameters: Parameters) -> list[Finding]:
    rows = tables.records(losses_with_deletions(tables, parameters.before_days), order_by=["opportunity_id"])
    findings = []
    for employee, mine, weight in _excesses(rows, lambda row: row["row_id"] is not None, parameters):
        hit = [row for row in mine if row["row_id"] is not None]
        deletions = sorted({Evidence(row["table_name"], row["row_id"]) for row in hit})
        deals = [Evidence("opportunities", row["opportunity_id"]) for row in hit]
        facts = {**_NOTHING, "deleted": len(hit), "losses": len(mine)}
        findings.append(_of_salesperson(tables, employee, hit, weight, (*deletions, *deals), facts))
    return findings


def _excesses(
    rows: Sequence[Row], is_bad: Callable[[Row], bool], parameters: Parameters
) -> list[tuple[str, list[Row], float]]:
    """Return who has more bad outcomes than the peers' rates explain, with the rows and the weight."""
    found = excesses(rows, is_bad, least_chances=parameters.least_chances, least_seen=parameters.least_seen)
    return [(one, mine, min(parameters.rates, weight_from_p(p))) for one, mine, p in found if weight_from_p(p) > 0]


def _of_salesperson(
    tables: Tables,
    employee: str,
    rows: Sequence[Row],
    weight: float,
    evidence: tuple[Evidence, ...],
    facts: dict[str, int],
) -> Finding:
    accounts = tuple(sorted({row["account_id"] for row in rows}))
    days = [row.get("called_at") or row["closed_at"] for row in rows]
    at = moment(max(days))
    deals = {row["opportunity_id"]: row["amount"] or Decimal(0) for row in rows if "opportunity_id" in row}
    risk = sum(deals.values(), Decimal(0)) or sum(yearly_turnover(tables, accounts).values(), Decimal(0))
    scope = Scope(employee_id=employee)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=at,
        weight=weight,
        evidence=evidence,
        facts={**facts, "customers": len(accounts)},
        employee_id=employee,
        account_ids=accounts,
        opportunity_ids=tuple(sorted(deals)),
        amount_at_risk=money(risk),
        explanations={
            **_explanations(tables, moment(min(days)).date(), at.date(), scope),
            "staff-change": "open",
            "filler": "ruled_out",
        },
    )


def _changes(new: str, at: int = 1) -> dict[str, list[dict[str, object]]]:
    """Return twenty customers whose numbers six salespeople changed, of the first at so many customers to this one."""
    people, customers = range(6), range(20)
    return {
        "employees": [{"employee_id": f"E{n}", "name": f"P{n}", "role": "rep", "phone_key": f"W{n}"} for n in people],
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 6}"} for n in customers],
        "contacts": [{"contact_id": f"C{n}", "account_id": f"A{n}", "phone_key": f"N{n}"} for n in customers],
        "orders": [{"order_id": "O1", "account_id": "A0", "ordered_at": "2025-02-01", "amount": "70000"}],
        "field_changes": [
            {
                "table_name": "contacts", "row_id": f"C{n}", "field": "phone", "changed_at": f"2025-03-{n + 1:02d}",
                "changed_by": f"E{n % 6}", "old_key": f"O{n}", "new_key": f"N{n}" if n not in range(0, 6 * at, 6) else new,
            }
            for n in customers
        ],
    }  # fmt: skip


DETECTOR = Detector(
    code="contact-tampering",
    version=3,
    design="A4",
    family="access",
    strength="W5",
    title=Text(en="Contact data altered", zh="联系方式被更改或删除"),
    question=Text(
        en="Was a customer's number or e-mail address replaced or deleted so that the company no longer reaches the customer?",
        zh="客户的电话或邮箱是否被替换或删除，致使公司无法联系到客户？",
    ),
    sentence=Text(
        en="The salesperson changed or deleted contact data of customers: {customers:count};[ replaced by the salesperson's own number: {own:count};][ by another firm's or customer's: {foreign:count};][ not reached afterwards: "
        "{unreached:count} of {called:count};][ deleted in the 30 days before a loss: {deleted:count} of {losses:count};].",
        zh="该销售员更改或删除了 {customers:count} 家客户的联系方式；[改为其本人号码 {own:count} 次；][改为其他企业或客户的号码 {foreign:count} 次；][更改后未能联系上 {unreached:count} 家（回访 {called:count} 家）；]"
        "[丢单前 30 天内删除联系人 {deleted:count} 笔（共丢单 {losses:count} 笔）；]。",
    ),
    next_step=Text(
        en="Restore the old value from the field history and let somebody else call the customer on it.",
        zh="从字段变更历史恢复原值，并由其他人员按原号码联系客户。",
    ),
    method=Text(
        en="New values compared with the keys of employees, firms and other customers; weight log10(0.3 / u), u being how "
        "often others' changes meet such a value (a prior of one in 30); for one's own number, at however many customers, log10(0.2 / q), q being the share of colleagues who ever entered theirs (a prior of one in 30). Unreachable "
        "customers and deletions before a loss: beta-binomial tail against peers, p-value by Sellke's bound. At most 2.7 for the own number, 1.0 for a firm's and for rates, 0.6 for another customer's.",
        zh="将新值与员工、企业及其他客户的匹配键比对；权重为 log10(0.3/u)，u 为他人更改时出现此类值的频率（先验三十分之一）；改为本人号码时，无论涉及多少客户，权重为 log10(0.2/q)，q 为曾填入本人号码的同事所占比例（先验三十分之一）。失联率和丢单前"
        "删除率以贝塔-二项分布与同侪比较，p 值按 Sellke 界换算。本人号码最多 2.7，企业号码及比率最多 1.0，其他客户号码最多 0.6。",
    ),
    reads={"field_changes": ("new_key",)},
    uses={
        "employees": ("phone_key",),
        "contacts": ("phone_key", "email_key"),
        "companies": ("phone_key",),
        "company_profile": ("phone_key",),
        "callbacks": ("reached", "account_id"),
        "channel_events": ("account_id",),
        "access_events": ("account_id",),
        "opportunities": ("closed_at", "owner_id"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("campaign", Text(en="a clean-up or migration of contact data", zh="联系方式集中清理或数据迁移"), 1.0),
        Innocent("privacy", Text(en="the contact asked to be removed", zh="联系人要求删除信息"), 0.3),
        Innocent("staff-change", Text(en="the customer's contact person changed", zh="客户方联系人变动"), 0.4),
        Innocent(
            "filler", Text(en="own number typed to fill a compulsory field", zh="为填满必填项而填写自己的号码"), 0.9
        ),
    ),
    wakes_on=("field_changes", "callbacks", "channel_events", "opportunities"),
    examples=(
        Example(
            name="a customer's number becomes the salesperson's own",
            fires=True,
            as_of="2025-06-30",
            records=_changes("W0"),
        ),
        Example(
            name="three customers' numbers become the salesperson's own",
            fires=True,
            as_of="2025-06-30",
            records=_changes("W0", at=3),
        ),
        Example(
            name="every customer's number becomes another number of the customer",
            fires=False,
            as_of="2025-06-30",
            records=_changes("N0"),
        ),
    ),
)
