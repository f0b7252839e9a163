"""D2: discounts that stop just inside one's own authority, and deals cut into quotes that need nobody's approval."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Figure, Finding, Status, Text
from mingdan.engine.methods.authority import density_jump, just_inside
from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.peer_group import peers_by_group
from mingdan.engine.methods.quote_book import QuoteBook, amount_limit, quote_book
from mingdan.engine.methods.split_quotes import splits
from mingdan.engine.trail import Tables, moment, money

Ints = NDArray[np.int64]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Parameters:
    """`width` of the authority counts as just inside; `rare` is the p-value below which a salesperson stands out.

    `usual`: where peers put that share just inside too, the price list ends there. `within` days make one need.
    """

    width: float = 0.1
    rare: float = 0.05
    least_quotes: int = 10
    usual: float = 0.4
    within: int = 14
    evidence_rows: int = 40
    most_accounts: int = 200


@dataclass(frozen=True)
class _Said:
    """What the quotes of one salesperson say; positions of the quotes that say it."""

    employee: str
    p: float
    quotes: Ints
    facts: dict[str, float]
    price_list: Status
    phased: Status
    reference: float


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return findings of bunching and of split quotes by salesperson, over the last two years."""
    book = quote_book(tables)
    people = sorted(set(book.employee.tolist()))
    said = [*_bunching(tables, book, people, parameters), *_splitting(book, people, parameters)]
    return [_finding(tables, book, one, parameters) for one in said if one.p <= parameters.rare]


def _bunching(tables: Tables, book: QuoteBook, people: Sequence[str], parameters: Parameters) -> list[_Said]:
    own = np.isfinite(book.limit) & (book.limit > 0) & (book.discount > 0) & (book.discount <= book.limit + 1e-9)
    near = own & just_inside(book.discount, book.limit, parameters.width * book.limit)
    place = {one: index for index, one in enumerate(people)}
    row = np.array([place[one] for one in book.employee.tolist()], dtype=np.int64)
    chances = np.bincount(row[own], minlength=len(people)).astype(np.float64)
    hits = np.bincount(row[near], minlength=len(people)).astype(np.float64)
    peers = peers_by_group(tables, people)
    found = []
    for index in np.flatnonzero(chances >= parameters.least_quotes).tolist():
        others = np.array([place[one] for one in peers[people[index]] if one != people[index]], dtype=np.int64)
        usual = fit_beta(hits[others], chances[others])
        mine = row == index
        inside, beyond = _jump(book, mine, parameters.width)
        p = usual.tail(int(hits[index]), int(chances[index]))
        jump = float(binom.sf(inside - 1, inside + beyond, 0.5)) if inside else 1.0
        found.append(
            _Said(
                employee=people[index],
                p=p if jump <= parameters.rare else max(p, jump),
                quotes=np.flatnonzero(mine & near),
                facts={**_NOTHING, "near": hits[index], "own": chances[index], "peers": usual.mean, "beyond": beyond},
                price_list="supported" if usual.mean > parameters.usual else "ruled_out" if len(others) else "open",
                phased="ruled_out",
                reference=float(np.median(book.discount[own & ~mine])) if (own & ~mine).any() else 0.0,
            )
        )
    return found


_NOTHING: dict[str, float] = {"near": 0, "own": 0, "peers": 0.0, "beyond": 0, "splits": 0, "cut": 0.0}


def _jump(book: QuoteBook, mine: NDArray[np.bool_], width: float) -> tuple[int, int]:
    """Count on both sides of each limit that the salesperson had."""
    sides = [
        density_jump(book.discount[mine & (book.limit == limit)], np.asarray(limit), width * limit)
        for limit in np.unique(book.limit[mine & np.isfinite(book.limit)])
    ]
    return sum(inside for inside, _ in sides), sum(beyond for _, beyond in sides)


def _splitting(book: QuoteBook, people: Sequence[str], parameters: Parameters) -> list[_Said]:
    limit = amount_limit(book)
    if limit is None:
        return []
    found = []
    place = {one: index for index, one in enumerate(people)}
    row = np.array([place[one] for one in book.employee.tolist()], dtype=np.int64)
    for index, employee in enumerate(people):
        mine = np.flatnonzero((row == index) & ~book.approved)
        cut = splits(book.firm[mine], book.day[mine], book.net[mine], limit, parameters.within, seed=index)
        if not cut.groups:
            continue
        times = Counter(int(book.firm[mine[group[0]]]) for group in cut.groups)
        found.append(
            _Said(
                employee=employee,
                p=cut.p,
                quotes=mine[np.array([one for group in cut.groups for one in group], dtype=np.int64)],
                facts={**_NOTHING, "splits": len(cut.groups), "cut": float(f"{limit:.6g}")},
                price_list="ruled_out",
                phased="supported" if min(times.values()) >= 3 else "open",
                reference=0.0,
            )
        )
    return found


def _finding(tables: Tables, book: QuoteBook, said: _Said, parameters: Parameters) -> Finding:
    days = [_EPOCH + timedelta(days=int(day)) for day in book.day[said.quotes]]
    excess = np.maximum(book.discount[said.quotes] - said.reference, 0) * book.listed[said.quotes]
    amount = float(excess.sum()) if said.reference else float(book.net[said.quotes].sum())
    counted = Counter(book.account[said.quotes].tolist())
    accounts = sorted(account for account, n in counted.items() if n >= 2)[: parameters.most_accounts]
    latest = said.quotes[np.lexsort((said.quotes, book.day[said.quotes]))][-parameters.evidence_rows :]
    campaign = tables.context.status(["promotion"], min(days), max(days), Scope(employee_id=said.employee))
    return Finding(
        subject_kind="employee",
        subject_id=said.employee,
        at=min(moment(max(days)), tables.as_of),
        weight=min(STRENGTH_CAPS["W1"], weight_from_p(said.p)),
        evidence=tuple(Evidence("quotes", book.quote[one]) for one in sorted(latest.tolist())),
        facts={name: float(f"{value:.6g}") for name, value in said.facts.items()},
        employee_id=said.employee,
        account_ids=tuple(accounts),
        amount_at_risk=money(amount),
        explanations={"price-list": said.price_list, "phased": said.phased, "promotion": campaign},
        figure=_figure(book, latest, said) if said.reference else None,
    )


def _figure(book: QuoteBook, shown: Ints, said: _Said) -> Figure:
    points = tuple(
        (_EPOCH + timedelta(days=int(book.day[one])), float(f"{book.discount[one]:.6g}")) for one in shown.tolist()
    )
    return Figure(kind="price", points=points, reference=float(f"{said.reference:.6g}"))


def _quotes(last: Sequence[float]) -> dict[str, list[dict[str, object]]]:
    """Return six salespeople with ten per cent authority and fourteen quotes each, the last with these discounts."""
    spread = (0.02, 0.03, 0.05, 0.04, 0.06, 0.08, 0.07, 0.10, 0.03, 0.05, 0.12, 0.06, 0.02, 0.04)
    rows = []
    for person in range(6):
        for number, usual in enumerate(spread):
            discount = last[number % len(last)] if person == 5 else usual
            rows.append(
                {
                    "quote_id": f"Q{person}-{number:02d}",
                    "account_id": f"A{person}-{number % 5}",
                    "employee_id": f"E{person}",
                    "sent_at": f"2025-{number % 6 + 1:02d}-{person + number + 1:02d}",
                    "net_amount": 10_000 * (1 - discount),
                    "list_amount": 10_000,
                    "discount": discount,
                    "approval_limit": 0.10,
                }
            )
    return {"quotes": rows}


DETECTOR = Detector(
    code="discount-near-limit",
    version=2,
    design="D2",
    family="price",
    strength="W1",
    title=Text(en="Discounts at the limit, split quotes", zh="卡审批线、拆单"),
    question=Text(
        en="Does a salesperson keep discounts just inside his own authority, or cut deals so that nobody need approve them?",
        zh="销售员的折扣是否总停在本人审批权限线内，或将一笔生意拆成无需审批的多份报价？",
    ),
    sentence=Text(
        en="Quotes just inside the salesperson's own authority: {near:count} of {own:count} (peers {peers:percent}), just "
        "beyond it: {beyond:count}. Sets of quotes to one customer within 14 days, each below {cut:money} and together "
        "above: {splits:count}.",
        zh="折扣紧贴本人权限上限的报价 {near:count}/{own:count} 份（同侪 {peers:percent}），略超上限的 {beyond:count} 份；"
        "14 天内对同一客户分开报价、单份低于 {cut:money} 而合计超过的 {splits:count} 组。",
    ),
    next_step=Text(
        en="Read the quotes side by side with the limits of that day, and ask the manager who knew of them.",
        zh="对照当日审批权限逐份查看报价，并向主管了解是否知情。",
    ),
    method=Text(
        en="Share of own-authority discounts in the last tenth of the authority against peers, beta-binomial tail, where there "
        "is also a jump of density at the limit (binomial). Splits: pairs and triples below the amount from which approvals "
        "begin, against dates shuffled within quarters. Weight by Sellke's bound, at most 0.2: honest salespeople do it nearly as often.",
        zh="本人权限内折扣落在上限最后一成的比例与同侪比较（贝塔-二项尾概率），且在上限处密度有跳变（二项检验）；拆单：单份低于"
        "实际审批起点金额的成对或成组报价，与季度内随机打乱日期比较。按 Sellke 界换算权重，最多 0.2：守规矩的销售员也几乎同样常见。",
    ),
    reads={"quotes": ("discount", "employee_id")},
    uses={
        "quotes": ("approval_limit", "approved_by", "list_amount", "opportunity_id", "version"),
        "employees": ("role", "region"),
        "accounts": ("registration_no",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("price-list", Text(en="the price list ends at the limit", zh="价目表折扣恰止于权限上限"), 0.6),
        Innocent("phased", Text(en="deliveries in phases", zh="分批交付"), 0.4),
        Innocent("promotion", Text(en="a promotion at that discount", zh="按该折扣开展的促销"), 0.5),
    ),
    wakes_on=("quotes",),
    examples=(
        Example("nine of ten discounts at ten per cent", True, _quotes((0.10, 0.098, 0.10, 0.095, 0.05)), "2025-06-30"),
        Example("discounts spread like everybody's", False, _quotes((0.02, 0.05, 0.04, 0.10, 0.06)), "2025-06-30"),
    ),
)
