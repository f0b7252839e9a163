"""E3: a firm or mail domain that looks like ours stands in the papers of our customers."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.firm_clusters import clusters_of
from mingdan.engine.methods.firm_names import firms_by_name
from mingdan.engine.methods.look_alike import domains_look_alike, name_likeness
from mingdan.engine.methods.outside_names import Shown, domains_shown, names_shown
from mingdan.engine.trail import Tables, money
from mingdan.lib.company_names import firm_name


@dataclass(frozen=True)
class Parameters:
    """`alike` is the likeness (0 to 1) from which a name counts; `used` is how often a side deal uses such a name.

    `widely`: a look-alike that so many salespeople's customers show is an affiliate, a dealer or a namesake of ours.
    """

    alike: float = 0.6
    used: float = 0.05
    widely: int = 4
    evidence_rows: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and look-alike name or domain in the papers of the customers."""
    [names, domains] = _ours(tables)
    findings = _of_names(tables, names, parameters) if names else []
    return findings + (_of_domains(tables, domains, parameters) if domains else [])


def _of_names(tables: Tables, names: Sequence[str], parameters: Parameters) -> list[Finding]:
    own = {firm_name(name) for name in names}
    known = tables.companies.select(written="name").union(tables.accounts.select(written="name"))

    def alike(written: str) -> float:
        return max(name_likeness(written, own) for own in names)

    shown = [one for one in tables.once(names_shown) if firm_name(one.written) not in own]
    return _judged(tables, shown, alike, (known, own), parameters)


def _of_domains(tables: Tables, domains: Sequence[str], parameters: Parameters) -> list[Finding]:
    known = tables.companies.select(written="email_domain").union(tables.accounts.select(written="email_domain"))

    def alike(written: str) -> float:
        return max(float(domains_look_alike(written, own)) for own in domains)

    shown = [one for one in tables.once(domains_shown) if one.written.strip().lower() not in domains]
    return _judged(tables, shown, alike, (known, set(domains)), parameters)


def _ours(tables: Tables) -> list[list[str]]:
    rows = tables.records(tables.company_profile.select("name", "email_domains"), order_by=["name"])
    domains = {domain.strip().lower() for row in rows for domain in row["email_domains"] or () if domain}
    return [sorted({row["name"] for row in rows if row["name"]}), sorted(domains)]


def _distinct(tables: Tables, rows: Any) -> list[str]:
    known = rows.filter(ibis._.written.notnull()).distinct()
    return [row["written"] for row in tables.records(known, order_by=["written"])]


def _judged(
    tables: Tables,
    shown: Sequence[Shown],
    alike: Callable[[str], float],
    known: tuple[Any, Collection[str]],
    parameters: Parameters,
) -> list[Finding]:
    """Weigh each look-alike against how often firms and customers are as alike by chance, ours and itself left out."""
    likeness = {one: alike(one) for one in sorted({show.written for show in shown})}
    near = {written: value for written, value in likeness.items() if value >= parameters.alike}
    if not near:
        return []
    rows, own = known
    strangers = {one: alike(one) for one in _distinct(tables, rows) if firm_name(one) not in own and one not in own}
    by_pair: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    people: dict[str, set[str]] = defaultdict(set)
    for one in shown:
        if one.written in near:
            by_pair[one.written, one.employee_id].append(one)
            people[one.written].add(one.employee_id)
    found = []
    for (written, _), mine in sorted(by_pair.items()):
        as_alike = sum(value >= near[written] for one, value in strangers.items() if one != written)
        weight = math.log10(parameters.used * (2 + len(strangers)) / (1 + as_alike))
        if weight > 0 and len(people[written]) < parameters.widely:
            found.append(_finding(tables, mine, near[written], weight, parameters))
    return found


def _finding(tables: Tables, shown: Sequence[Shown], likeness: float, weight: float, parameters: Parameters) -> Finding:
    written, employee = shown[0].written, shown[0].employee_id
    firm = firms_by_name(tables, [written]).get(written)
    accounts = tuple(sorted({one.account_id for one in shown}))
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for one in shown:
        amount[one.table] += one.amount
    last = max(one.last_at for one in shown)
    rows = [Evidence(one.table, one.row_id) for one in shown[: parameters.evidence_rows]]
    return Finding(
        subject_kind="company" if firm else "account",
        subject_id=firm or accounts[0],
        at=min(tables.as_of, last),
        weight=weight,
        evidence=tuple(dict.fromkeys([*rows, *([Evidence("companies", firm)] if firm else [])])),
        facts={
            "name": written,
            "likeness": likeness,
            "rows": sum(one.rows for one in shown),
            "customers": len(accounts),
            "day": last,
        },
        employee_id=employee,
        account_ids=accounts,
        company_ids=(firm,) if firm else (),
        amount_at_risk=money(max(amount.values())),
        explanations={
            "affiliate": _affiliate(tables, firm),
            "distributor": tables.context.is_distributor(firm, last.date()) if firm else "open",
            "declared": tables.context.declared(employee, last.date(), company_id=firm) if firm else "open",
            "slip": "supported" if sum(one.rows for one in shown) == 1 and not firm else "ruled_out",
        },
    )


def _affiliate(tables: Tables, firm: str | None) -> Status:
    """Return whether the firm belongs to us: the register shows a parent, person, phone or address in common."""
    numbers = tables.company_profile.select(number=ibis._.registration_no.strip().upper()).filter(
        ibis._.number.notnull()
    )
    ours = tables.companies.mutate(number=ibis._.registration_no.strip().upper()).semi_join(numbers, "number")
    own = [row["company_id"] for row in tables.records(ours.select("company_id"), order_by=["company_id"])]
    if firm is None or not own:
        return "open"
    cluster = clusters_of(tables, [firm, *own])
    return "supported" if any(cluster[firm] == cluster[one] for one in own) else "ruled_out"


def _paid(payer: str, rows: int = 2) -> dict[str, list[dict[str, Any]]]:
    return {
        "company_profile": [
            {"name": "明山仪器有限公司", "registration_no": "N0", "email_domains": ["mingshan.example"]}
        ],
        "companies": [
            {"company_id": "F0", "name": "明山仪器有限公司", "registration_no": "N0"},
            {"company_id": "F1", "name": "明珊科技有限公司"},
            {"company_id": "F2", "name": "苏州明山仪器销售有限公司"},
            *({"company_id": f"G{n}", "name": name} for n, name in enumerate(_OTHERS)),
        ],
        "company_people": [{"company_id": "F2", "role": "holder", "person_name": "明山仪器", "holder_company_id": "F0"}],
        "accounts": [{"account_id": f"A{n}", "name": f"恒泽{n}厂", "owner_id": "E1"} for n in range(3)],
        "payments": [
            {"payment_id": f"P{n}", "account_id": f"A{n}", "received_at": "2025-03-01", "amount": "9000", "payer_name": payer}
            for n in range(rows)
        ],
    }  # fmt: skip


_OTHERS = [
    f"{place}{core}{trade}有限公司"
    for place in ("苏州", "杭州", "武汉", "成都")
    for core in (
        "启泽",
        "宏达",
        "瑞信",
        "鼎腾",
        "源辉",
        "泰科",
        "汇晟",
        "禾域",
        "嘉图",
        "凌维",
        "锐航",
        "博创",
        "远鑫",
        "卓利",
    )
    for trade in ("商贸", "科技")
]

DETECTOR = Detector(
    code="look-alike-firm",
    version=1,
    design="E3",
    family="entity",
    strength="W4",
    title=Text(en="A firm or domain that looks like ours", zh="仿冒名称、域名"),
    question=Text(
        en="Does a firm or mail domain that looks like ours stand in the payments, contracts or mails of our customers?",
        zh="客户的付款、合同或邮件中，是否出现与本公司名称或域名相似的企业？",
    ),
    sentence=Text(
        en="{name}, which resembles our name or mail domain ({likeness:percent}), stands in {rows:count} records of "
        "{customers:count} customers of this salesperson, last on {day:day}.",
        zh="{name} 与本公司名称或域名相似（{likeness:percent}），出现在该销售员 {customers:count} 家客户的 {rows:count} 条记录中，最近一次为 {day:day}。",
    ),
    next_step=Text(
        en="Read the register entry of the firm or domain, then ask the customers whom they believed they were dealing with.",
        zh="查阅该企业或域名的登记信息，并向客户了解其认为在与谁交易。",
    ),
    method=Text(
        en="Names without place, trade and legal form, compared by character bigrams (Jaccard), by sound (Jaro-Winkler over pinyin) "
        "and by easily confused signs; domains by Damerau distance of at most two and by a skeleton of confusable letters. Weight "
        "log10(0.05 / u), u the share of firms and customers that are as alike by chance.",
        zh="名称去除地区、行业与组织形式后，比较二元字组（Jaccard）、读音（拼音 Jaro-Winkler）与形近字；域名比较不超过 2 的 Damerau 距离与易混字符骨架。"
        "权重为 log10(0.05/u)，u 为企业与客户中偶然同样相似的比例。",
    ),
    reads={"company_profile": ("name",)},
    uses={
        "company_profile": ("email_domains", "registration_no"),
        "payments": ("payer_name",),
        "invoices": ("buyer_name",),
        "contracts": ("counterparty_name", "payee_name"),
        "callbacks": ("supplier_name",),
        "emails": ("counterpart_domain",),
        "quotes": ("recipient_domain",),
        "companies": ("name", "email_domain", "registration_no"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("affiliate", Text(en="an affiliate of ours", zh="本公司的关联企业"), 2.0),
        Innocent("distributor", Text(en="a dealer who may use the brand", zh="获准使用品牌的经销商"), 1.8),
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent("slip", Text(en="our own name or address, mistyped once", zh="本公司名称或地址的一次笔误"), 1.8),
    ),
    wakes_on=("payments", "invoices", "contracts", "emails", "quotes", "callbacks"),
    examples=(
        Example(
            name="two customers pay through a firm whose name sounds like ours",
            fires=True,
            as_of="2025-06-30",
            records=_paid("明珊科技有限公司"),
        ),
        Example(
            name="two customers pay through our sales company, of the same name",
            fires=False,
            as_of="2025-06-30",
            records=_paid("苏州明山仪器销售有限公司"),
        ),
        Example(
            name="our name mistyped once on a payment slip",
            fires=False,
            as_of="2025-06-30",
            records=_paid("明珊仪器有限公司", rows=1),
        ),
    ),
)
