"""E2: a customer or firm carries a phone number, address, bank account or identity of one of our people."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.dealings import Tie, ties_of
from mingdan.engine.methods.firm_touches import Touch, firm_touches, of_firms
from mingdan.engine.methods.identifier_frequency import frequencies, holders, is_typed, typed_by_others
from mingdan.engine.methods.identifier_rows import employee_identifiers, identifier_matches, outside_identifiers
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """`hub`: a key at more unrelated firms than this is an agent's or a shared office's and says nothing.

    `crowd`: a key of more of our own people than this is a dormitory or an office. `most` is the weight (log10) that a
    match of a kind may carry, `untied` what is left of it where the salesperson has nothing to do with the firm,
    `long_known` where the firm is an old customer of his and nothing else. `typed`
    is how often a side deal puts the salesperson's number into the customer's own record; people also do that for
    convenience, one in twenty-five or so, and each has a hundred customers, so it carries `typed_most` at most.
    """

    hub: int = 5
    crowd: int = 3
    phone: float = 1.8
    bank: float = 1.8
    id: float = 1.8
    address: float = 0.4
    person: float = 0.6
    untied: float = 0.15
    long_known: float = 0.5
    typed: float = 0.05
    typed_most: float = 0.6
    slack_days: int = 30
    evidence_rows: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each of our people and outside firm (or customer) with a key in common."""
    own, outside = employee_identifiers(tables), outside_identifiers(tables)
    rows = identifier_matches(tables, own, outside, parameters.slack_days)
    if not rows:
        return []
    spread, size = frequencies(tables, outside, rows)
    held_by = holders(tables, own)
    typed = typed_by_others(rows, size)
    pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        key = (row["kind"], row["key"])
        if spread[key] <= parameters.hub and held_by[key] <= parameters.crowd:
            by_chance = (spread[key] + 1) / (size[row["kind"]] + 2)
            if is_typed(row):
                by_chance = max(by_chance, typed[row["employee_id"]] / parameters.typed)
            weight = min(_most(row, parameters), -math.log10(by_chance))
            shared = {"spread": spread[key], "holders": held_by[key], "weight": max(0.0, weight) / held_by[key]}
            pairs[row["employee_id"], row["entity"]].append({**row, **shared})
    if not pairs:
        return []
    ties, touches = ties_of(tables, sorted(pairs)), tables.once(firm_touches)
    return [
        _finding(tables, pair, pairs[pair], (ties[pair], of_firms(touches.get(pair[0], ()), [pair[1]])), parameters)
        for pair in sorted(pairs)
    ]


def _most(row: Row, parameters: Parameters) -> float:
    most: float = getattr(parameters, row["kind"])
    return min(most, parameters.typed_most) if is_typed(row) else most


def _finding(
    tables: Tables,
    pair: tuple[str, str],
    rows: Sequence[Row],
    met: tuple[Tie, Sequence[Touch]],
    parameters: Parameters,
) -> Finding:
    (employee, entity), (tie, touches) = pair, met
    accounts = sorted({*tie.customers, *(row["account_id"] for row in rows if row["account_id"])})
    companies = tuple(sorted({row["company_id"] for row in rows if row["company_id"]}))
    dealt = [tie.dealt[account] for account in accounts if account in tie.dealt]
    lost = tie.lost
    kept = 1.0 if lost or touches or _moves(rows) else parameters.long_known if dealt else parameters.untied
    weight = _weight(rows) * kept
    touched = {*accounts, *(deal["account_id"] for deal in lost), *(touch.account_id for touch in touches)} - {None}
    at = max((_latest(tables, rows, dealt, lost), *(touch.last_at for touch in touches)))
    counts = {kind: len({row["key"] for row in rows if row["kind"] == kind}) for kind in _KINDS}
    return Finding(
        subject_kind="account" if accounts else "company",
        subject_id=accounts[0] if accounts else companies[0] if companies else entity,
        at=at,
        weight=weight,
        evidence=_evidence(rows, lost, touches, parameters.evidence_rows),
        facts={
            "firm": tie.name,
            "phones": counts["phone"],
            "addresses": counts["address"],
            "banks": counts["bank"],
            "people": counts["id"] + counts["person"],
            "others": max(row["spread"] for row in rows) - 1,
            "losses": len(lost),
        },
        employee_id=employee,
        account_ids=tuple(sorted(touched)),
        opportunity_ids=tuple(deal["opportunity_id"] for deal in lost),
        company_ids=companies,
        amount_at_risk=money(_at_risk(rows, dealt, lost)),
        explanations=_explanations(tables, employee, rows, companies, at),
    )


_KINDS = ("phone", "address", "bank", "id", "person")


def _weight(rows: Sequence[Row]) -> float:
    """Add the kinds, each counted once at its best: a second phone number of one firm says nothing new."""
    best: dict[str, float] = defaultdict(float)
    for row in rows:
        best[row["kind"]] = max(best[row["kind"]], row["weight"])
    return sum(best[kind] for kind in _KINDS)


def _moves(rows: Sequence[Row]) -> bool:
    """Return whether a row is an order, payment, contract or lead, not only an entry that stands in a record."""
    return any(not row["standing"] and not is_typed(row) for row in rows)


def _latest(tables: Tables, rows: Sequence[Row], dealt: Sequence[Row], lost: Sequence[Row]) -> datetime:
    """Return the last day on which the tie mattered: a shared phone is as old as its last deal, not as the firm."""
    days = (
        [row["at"] for row in rows if not row["standing"]]
        + [row["last_at"] for row in dealt]
        + [deal["closed_at"] for deal in lost]
    )
    return min(tables.as_of, max((moment(day) for day in days if day), default=tables.as_of))


def _evidence(rows: Sequence[Row], lost: Sequence[Row], touches: Sequence[Touch], most: int) -> tuple[Evidence, ...]:
    own = sorted({Evidence(row["own_table"], row["own_row"]) for row in rows})
    theirs = sorted({Evidence(row["table_name"], row["row_id"]) for row in rows})[:most]
    deals = [Evidence("opportunities", deal["opportunity_id"]) for deal in lost[:most]]
    touched = [Evidence(touch.table, touch.row_id) for touch in touches[-most:]]
    return tuple(dict.fromkeys((*own, *theirs, *deals, *touched)))


def _at_risk(rows: Sequence[Row], dealt: Sequence[Row], lost: Sequence[Row]) -> Decimal:
    moved: dict[tuple[str, str], Decimal] = {
        (row["table_name"], row["row_id"]): row["amount"] for row in rows if row["amount"]
    }
    paid = sum(moved.values(), Decimal(0))
    sold = sum((row["amount"] for row in dealt if row["amount"]), Decimal(0))
    return max(paid, sold) + sum((deal["amount"] for deal in lost if deal["amount"]), Decimal(0))


def _explanations(
    tables: Tables, employee: str, rows: Sequence[Row], companies: Sequence[str], at: datetime
) -> dict[str, Status]:
    day = at.date()
    declared = {tables.context.declared(employee, day, company_id=company) for company in companies}
    kinds = {row["kind"] for row in rows}
    spread = max(row["spread"] for row in rows)
    declared_status: Status = "supported" if "supported" in declared else "open" if "open" in declared else "ruled_out"
    knows_profile = tables.has("company_profile", "phone_key") or not kinds & {"phone"}
    return {
        "declared": declared_status if declared else tables.context.declared(employee, day),
        "agent": "ruled_out" if spread == 1 else "open",
        "switchboard": "ruled_out" if knows_profile else "open",
        "former-tenant": "open" if kinds == {"address"} else "ruled_out",
        "namesake": "open" if kinds == {"person"} else "ruled_out",
        "filler": _filler(rows, spread),
        "household": "supported" if max(row["holders"] for row in rows) > 1 else "ruled_out",
    }


def _filler(rows: Sequence[Row], spread: int) -> Status:
    """A salesperson's own number fills a compulsory field, or takes messages for the customer, mostly for several."""
    if any(not is_typed(row) for row in rows):
        return "ruled_out"
    return "supported" if spread >= 3 else "open"


_OWN = {"employee_id": "E1", "name": "Li Wei", "role": "rep", "hired_date": "2020-01-01", "phone_key": "P1"}
_CUSTOMERS = [
    {"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": "E1", "phone_key": f"P{100 + n}"} for n in range(30)
]
_PROFILE = [{"name": "Our firm", "phone_key": "P0"}]

DETECTOR = Detector(
    code="shared-identifier",
    version=3,
    design="E2",
    family="entity",
    strength="W4",
    title=Text(en="Identifier shared with an employee", zh="与员工共用电话、地址或账户"),
    question=Text(
        en="Does a customer or outside firm use a phone number, address, bank account or identity of one of our people?",
        zh="是否有客户或外部企业使用了本公司员工的电话、地址、银行账户或身份信息？",
    ),
    sentence=Text(
        en="{firm} shares identifiers with the salesperson:[ phone numbers {phones:count};][ addresses {addresses:count};]"
        "[ bank accounts {banks:count};][ persons {people:count};][ other firms that carry them: {others:count};]"
        "[ deals of the salesperson that it won: {losses:count};].",
        zh="{firm} 与该销售员存在共用标识：[电话 {phones:count} 个；][地址 {addresses:count} 个；][银行账户 {banks:count} 个；]"
        "[人员 {people:count} 名；][另有 {others:count} 家企业使用相同标识；][该企业赢得其丢单 {losses:count} 笔；]。",
    ),
    next_step=Text(
        en="Compare both source records and their dates, then look for a declaration of interest before asking anybody.",
        zh="先核对两处原始记录及其日期，并查阅利益申报，再向当事人了解情况。",
    ),
    method=Text(
        en="Equality of match keys of one kind. Weight log10(1/u), u being how often the key occurs among unrelated firms "
        "(with one added on each side), at most 1.8 for a phone number, bank account or identity, 0.4 for an address and 0.6 for "
        "a name; kinds add up. Keys carried by more than 5 unrelated firms or 3 colleagues, and our own switchboard, "
        "premises and accounts, are ignored; a phone number in a customer's own record is weighed by how often others' numbers "
        "stand in such records, at most 0.6; 0.15 of the weight where the firm never met the salesperson's business, half for an old customer.",
        zh="同类匹配键相等。权重为 log10(1/u),u 为该键在互不相关企业中出现的频率（两侧各加一）；电话、银行账户、身份最多 1.8,"
        "地址最多 0.4，姓名最多 0.6，不同种类相加。超过 5 家无关企业或 3 名同事共用的键，以及本公司总机、地址和账户不计；客户档案中的电话按其他员工号码出现的频率计权，最多 0.6；"
        "该企业与销售员业务从无往来的，权重只计 0.15，仅为其老客户的计一半。",
    ),
    reads={"employees": ("employee_id",)},
    uses={
        "employees": ("phone_key", "address_key", "bank_key", "id_key", "hired_date", "left_date"),
        "declared_interests": ("person_key", "company_id"),
        "company_profile": ("phone_key", "address_key"),
        "company_bank_accounts": ("bank_key",),
        "accounts": ("phone_key", "address_key", "registration_no", "owner_id"),
        "contacts": ("phone_key",),
        "leads": ("phone_key",),
        "companies": ("phone_key", "address_key", "registration_no"),
        "company_people": ("person_key",),
        "orders": ("ship_to_key", "consignee_key", "employee_id"),
        "payments": ("payer_bank_key", "payee_bank_key"),
        "contracts": ("payee_bank_key",),
        "field_changes": ("new_key",),
        "opportunities": ("winner_company_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent("agent", Text(en="a registration agent or shared office", zh="代理注册机构或共享办公"), 0.6),
        Innocent("switchboard", Text(en="our own switchboard", zh="本公司总机"), 0.6),
        Innocent("former-tenant", Text(en="a former tenant of the address", zh="该地址的前租户"), 0.3),
        Innocent("namesake", Text(en="another person of the same name", zh="同名的其他人"), 0.4),
        Innocent(
            "filler", Text(en="own number typed to fill a compulsory field", zh="为填满必填项而填写自己的号码"), 0.9
        ),
        Innocent("household", Text(en="colleagues who share a flat or a line", zh="同事合租或共用线路"), 0.3),
    ),
    wakes_on=("employees", "accounts", "contacts", "companies", "orders", "payments", "contracts", "field_changes"),
    examples=(
        Example(
            name="a firm that wins the deals has the salesperson's phone",
            fires=True,
            as_of="2025-06-30",
            records={
                "company_profile": _PROFILE,
                "employees": [_OWN],
                "accounts": _CUSTOMERS,
                "companies": [
                    {"company_id": "F1", "name": "New firm", "phone_key": "P1", "established_date": "2024-05-01"}
                ],
                "opportunities": [
                    {
                        "opportunity_id": "O1",
                        "account_id": "A1",
                        "owner_id": "E1",
                        "created_at": "2024-08-01",
                        "closed_at": "2024-10-01",
                        "outcome": "lost",
                        "amount": "80000",
                        "winner_company_id": "F1",
                    }
                ],
            },
        ),
        Example(
            name="an agent's phone at many firms, one of which employs nobody of ours",
            fires=False,
            as_of="2025-06-30",
            records={
                "company_profile": _PROFILE,
                "employees": [_OWN],
                "accounts": _CUSTOMERS,
                "companies": [{"company_id": f"F{n}", "name": f"Firm {n}", "phone_key": "P1"} for n in range(6)],
            },
        ),
    ),
)
