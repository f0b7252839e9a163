"""C5: a customer's quote or contract is mailed to an address that is not the customer's, a partner's or ours."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.document_leaks import firms_at, mailed_documents, our_domains, resembles
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.talk_text import is_free_mail
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]
Pair = tuple[str, str]
Kind = Literal["rival", "stranger", "near", "free"]


@dataclass(frozen=True)
class Parameters:
    """`rival`, `stranger` and `weak` cap the weight: a winner's or look-alike address, a strange one, a free or customer's.

    `expected` is how often a side deal's documents go out by company mail, `expected_free` how often to a free address; `prior`
    how many people whose documents went to known addresses only are added to the others. Addresses of one kind are compared by the
    number of customers whose documents they got, up to `most_customers`.
    """

    rival: float = 1.8
    stranger: float = 1.0
    weak: float = 0.6
    expected: float = 0.3
    expected_free: float = 0.1
    prior: int = 10
    most_customers: int = 3


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and strange address, about the customers whose documents went there."""
    seen = mailed_documents(tables)
    people = seen["employee_id"].tolist()
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for place in np.flatnonzero(~seen["known"]).tolist():
        grouped[people[place], str(seen["domain"][place])].append({name: seen[name][place] for name in seen})
    if not grouped:
        return []
    around = _Around(tables, {domain for _, domain in grouped})
    usual = _Usual(
        set(people), {pair: (around.kind(pair[1], rows), rows) for pair, rows in grouped.items()}, parameters
    )
    found = []
    for (employee, domain), rows in sorted(grouped.items()):
        kind = around.kind(domain, rows)
        expected = parameters.expected_free if kind == "free" else parameters.expected
        most = {"rival": parameters.rival, "stranger": parameters.stranger}.get(kind, parameters.weak)
        weight = min(most, math.log10(expected / usual.share(employee, kind, rows)))
        if weight > 0:
            found.append(_finding(tables, employee, domain, rows, weight, around))
    return found


class _Usual:
    """How many of the people who mail documents have sent those of so many customers to one address of a kind."""

    def __init__(
        self, people: set[str], met: Mapping[Pair, tuple[Kind, Sequence[Row]]], parameters: Parameters
    ) -> None:
        self.others, self.parameters = len(people) - 1, parameters
        self.most: dict[tuple[Kind, str], int] = {}
        for (employee, _), (kind, rows) in met.items():
            self.most[kind, employee] = max(self.most.get((kind, employee), 0), self._customers(rows))
        self.at_least = Counter((kind, n) for (kind, _), most in self.most.items() for n in range(1, most + 1))

    def _customers(self, rows: Sequence[Row]) -> int:
        return min(len({row["account_id"] for row in rows}), self.parameters.most_customers)

    def share(self, employee: str, kind: Kind, rows: Sequence[Row]) -> float:
        """Return the share of the other people who did so, half a person who did added and `prior` who did not."""
        as_many = self._customers(rows)
        alike = self.at_least[kind, as_many] - (self.most.get((kind, employee), 0) >= as_many)
        return (0.5 + alike) / (0.5 + self.parameters.prior + self.others)


class _Around:
    """What is known of the strange addresses: firms of the register, winners, other customers, likeness to ours."""

    def __init__(self, tables: Tables, domains: set[str]) -> None:
        self.firms = firms_at(tables, domains)
        self.own = our_domains(tables)
        named = {firm for firms in self.firms.values() for firm in firms}
        winners = tables.opportunities.select(firm="winner_company_id")
        suppliers = tables.callbacks.select(firm="supplier_company_id")
        won = among(winners.union(suppliers), "firm", named).distinct() if named else None
        self.winners = {row["firm"] for row in tables.records(won, order_by=["firm"])} if won is not None else set()
        address = tables.accounts.email_domain.lower().strip()
        others = (
            among(tables.accounts.select("account_id", domain=address), "domain", domains).select("domain").distinct()
        )
        self.customers = {row["domain"] for row in tables.records(others, order_by=["domain"])}

    def is_rival(self, domain: str) -> bool:
        """Return whether a winner of our lost deals has this address, or it could be taken for ours."""
        return resembles(domain, self.own) or any(firm in self.winners for firm in self.firms.get(domain, ()))

    def kind(self, domain: str, rows: Sequence[Row]) -> Kind:
        """Return what kind of address this is; two people at one provider of free mail are not one recipient."""
        if is_free_mail(domain):
            return "free"
        if self.is_rival(domain):
            return "rival"
        return "near" if domain in self.customers or all(row["tied"] for row in rows) else "stranger"


def _finding(
    tables: Tables, employee: str, domain: str, rows: Sequence[Row], weight: float, around: _Around
) -> Finding:
    accounts = tuple(sorted({row["account_id"] for row in rows}))
    firms = tuple(around.firms.get(domain, ())) if not is_free_mail(domain) else ()
    firm = firms[0] if len(firms) == 1 else None
    files = {(row["table_name"], row["row_id"]): row["amount"] for row in rows}
    last = moment(max(row["sent_at"] for row in rows))
    amount = sum((money(float(value)) for value in files.values()), Decimal(0))
    return Finding(
        subject_kind="company" if firm else "account",
        subject_id=firm or accounts[0],
        at=last,
        weight=weight,
        evidence=(
            *(Evidence("emails", row["email_id"]) for row in rows),
            *(Evidence(table, name) for table, name in sorted(files)),
        ),
        facts={
            "mails": len({row["email_id"] for row in rows}),
            "documents": len(files),
            "customers": len(accounts),
            "rival": int(not is_free_mail(domain) and around.is_rival(domain)),
            "free": int(is_free_mail(domain)),
            "day": last,
        },
        employee_id=employee,
        account_ids=accounts,
        company_ids=(firm,) if firm else (),
        amount_at_risk=amount,
        explanations=_explanations(tables, employee, domain, rows, firm, around),
    )


def _explanations(
    tables: Tables, employee: str, domain: str, rows: Sequence[Row], firm: str | None, around: _Around
) -> dict[str, Status]:
    free = is_free_mail(domain)
    last = moment(max(row["sent_at"] for row in rows))
    declared = tables.context.declared(employee, last.date(), company_id=firm) if firm else "ruled_out"
    is_agentless = free or around.is_rival(domain)  # a rival to whom two of our people write is no agent for that
    shared = domain in around.customers or rows[0]["senders"] >= 2
    return {
        "agent": "ruled_out" if is_agentless else "supported" if shared else "open",
        "private-address": "open" if free else "ruled_out",
        "declared": declared,
    }


def _mails(domain: str, inbound: bool = False) -> dict[str, list[dict[str, object]]]:
    """Return forty customers whose quotes are mailed to them, and the first one's quote mailed to `domain` too."""
    people, customers = range(8), range(40)
    quotes: list[dict[str, object]] = [
        {
            "quote_id": f"Q{n}",
            "account_id": f"A{n}",
            "employee_id": f"E{n % 8}",
            "sent_at": "2025-03-01",
            "net_amount": "80000",
            "document_hash": f"H{n}",
        }
        for n in customers
    ]
    mails = [_mail(f"M{n}", f"E{n % 8}", f"customer{n}.cn", f"H{n}", "out") for n in customers]
    if inbound:
        mails.append({**_mail("I0", "E0", domain, None, "in"), "account_id": "A0"})
    return {
        "employees": [{"employee_id": f"E{n}", "name": f"P{n}", "role": "rep"} for n in people],
        "accounts": [
            {"account_id": f"A{n}", "name": f"Customer {n}", "email_domain": f"customer{n}.cn"} for n in customers
        ],
        "companies": [{"company_id": "F1", "name": "Elsewhere Trading", "email_domain": "elsewhere.cn"}],
        "quotes": quotes,
        "emails": [*mails, _mail("X0", "E0", domain, "H0", "out")],
    }


def _mail(name: str, employee: str, domain: str, attachment: str | None, direction: str) -> dict[str, object]:
    return {
        "email_id": name,
        "employee_id": employee,
        "sent_at": "2025-03-02",
        "direction": direction,
        "counterpart_domain": domain,
        "attachment_hash": attachment,
    }


DETECTOR = Detector(
    code="quote-sent-outside",
    version=2,
    design="C5",
    family="communication",
    strength="W4",
    title=Text(en="Quote sent outside", zh="报价外发"),
    question=Text(
        en="Was a customer's quote or contract mailed to somebody who is neither the customer, a partner nor ourselves?",
        zh="客户的报价或合同是否被发送给客户、合作伙伴和本公司以外的人？",
    ),
    sentence=Text(
        en="Mails with customers' quotes or contracts went to an address that is none of theirs: {mails:count}, documents: "
        "{documents:count}, customers: {customers:count}, last on {day:day}[; the address belongs to a firm that won our lost deals or "
        "looks like ours: {rival:count}][; it is a free address: {free:count}].",
        zh="附有客户报价或合同的邮件发往并非客户的地址：{mails:count} 封，文件 {documents:count} 份，涉及客户 {customers:count} "
        "家，最近一次为 {day:day}[；该地址属于赢走我方丢单的企业或与本公司地址相似：{rival:count}][；该地址为免费邮箱：{free:count}]。",
    ),
    next_step=Text(
        en="Look at the mail headers and the file, and ask the salesperson's manager who the recipient is.",
        zh="查看邮件头和文件，向销售员的主管了解收件人是谁。",
    ),
    method=Text(
        en="Exact match of attachments with the files of quotes and contracts of one customer. Known addresses are learnt by customer: "
        "its domain, its contacts', those that wrote to us about it; ours, distributors', and those that four salespeople use. "
        "Weight log10(0.3 / u), u being the share of other people who sent documents of as many customers (up to 3) to one address of "
        "the same kind, 10 who did not added; at most 1.8 for a winner of lost deals or a look-alike, 1.0 for a stranger, 0.6 for "
        "another customer's or one that the mail system ties to the customer, and for a free address (0.1 in place of 0.3).",
        zh="附件与单一客户的报价、合同文件精确匹配。按客户学习已知地址：客户域名、联系人域名、就该客户来信的域名，以及本公司、经销商和四名以上销售员"
        "使用的地址。权重为 log10(0.3/u)，u 为其他人员中把同样多客户（至多计 3 家）的文件发往同类地址者的比例（另加 10 名未外发者）；丢单赢家或相似域名最多 "
        "1.8，陌生地址最多 1.0，其他客户的地址、邮件系统已归入该客户的地址或免费邮箱（以 0.1 代替 0.3）最多 0.6。",
    ),
    reads={"emails": ("attachment_hash", "counterpart_domain"), "quotes": ("document_hash",)},
    uses={
        "emails": ("direction", "account_id"),
        "contracts": ("document_hash",),
        "accounts": ("email_domain",),
        "contacts": ("email_domain",),
        "companies": ("email_domain",),
        "company_profile": ("email_domains",),
        "opportunities": ("winner_company_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "agent",
            Text(
                en="an agent, design institute, forwarder or group firm of the customer",
                zh="客户的代理、设计院、货代或集团公司",
            ),
            0.5,
        ),
        Innocent(
            "private-address", Text(en="the private address of somebody at the customer", zh="客户人员的私人邮箱"), 0.5
        ),
        Innocent("declared", Text(en="an approved interest in the firm", zh="已申报并获准的利益关系"), 1.0),
    ),
    wakes_on=("emails",),
    examples=(
        Example(name="a quote goes to a firm outside", fires=True, as_of="2025-06-30", records=_mails("elsewhere.cn")),
        Example(
            name="the customer writes from a second address, and gets the quote there",
            fires=False,
            as_of="2025-06-30",
            records=_mails("qq.com", inbound=True),
        ),
    ),
)
