"""P6: a deal's record bears signs of having been written after the deal was done."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.frame_contracts import contracts_of, has_frame
from mingdan.engine.methods.rarity import chance_in_any, rarity_weight
from mingdan.engine.methods.record_signs import A_DAY, AT_ONCE, CLOSED_FIRST, CONTRACT_FIRST, LATE, Signs, record_signs
from mingdan.engine.trail import Tables, moment, money, row_id

Row = dict[str, Any]


WORTH = 50
"""How many of the owner's deals the others' rate is worth."""


@dataclass(frozen=True)
class Parameters:
    """When a sign counts and is told.

    A record is late from `least_lag_days`; stages (or a whole deal) within `most_minutes` were written at once. A sign
    speaks if at most `largest_rate` of at least `least_peers` deals of others show it, on deals of the last `days`; at most
    `most_told` deals of one salesperson. A second sign on a deal counts `repeat`; what weighs
    less than `least` is not told. One in 1 / `share` of those who divert is taken to leave any one such sign.
    """

    least_lag_days: int = 7
    most_minutes: int = 10
    largest_rate: float = 0.05
    least_peers: int = 30
    days: int = 730
    most_told: int = 20
    repeat: float = 0.3
    share: float = 0.1
    least: float = 0.1


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per deal whose record shows a sign that is rare among others' deals."""
    signs = record_signs(tables, least_lag_days=parameters.least_lag_days, most_minutes=parameters.most_minutes)
    told = _told(tables, signs, parameters)
    documents = _documents(tables, [str(signs.deals["opportunity_id"][place]) for place, *_ in told])
    contracts = contracts_of(
        tables, (signs.deals["account_id"][place] for place, shown, _ in told if CONTRACT_FIRST in shown)
    )
    lags = _usual_lags(signs)
    found = []
    for place, shown, weight in told:
        deal = {name: column[place] for name, column in signs.deals.items()}
        explained: dict[str, Status] = {
            "frame-contract": _frame(contracts.get(deal["account_id"], ()), deal, shown),
            "logs-late": _logs_late(lags.get(deal["owner_id"]), parameters),
        }
        cited = _cited(shown, documents[deal["opportunity_id"]])
        found.append(_finding(tables, signs, place, shown, cited, explained, weight))
    return found


def _told(tables: Tables, signs: Signs, parameters: Parameters) -> list[tuple[int, list[str], float]]:
    """Return the places of the deals to tell with their signs, the rarest first, and the weight; the heaviest deals first."""
    shown: dict[int, dict[str, float]] = defaultdict(dict)
    since = np.datetime64(tables.as_of - timedelta(days=parameters.days))
    recent = signs.deals["created_at"] >= since
    owners = signs.deals["owner_id"].astype(str)
    for sign, sizes in signs.size.items():
        asked = recent & (signs.others[sign] > 0)
        seen = asked & ~np.isnan(sizes)
        cases, habit = Counter(owners[asked].tolist()), Counter(owners[seen].tolist())
        speaks = seen & (signs.rate[sign] <= parameters.largest_rate) & (signs.others[sign] >= parameters.least_peers)
        for at in np.flatnonzero(speaks).tolist():
            rate, mine, own = float(signs.rate[sign][at]), cases[owners[at]], habit[owners[at]]
            usual = max(rate, (own - 1 + WORTH * rate) / (mine - 1 + WORTH))
            shown[at][sign] = rarity_weight(chance_in_any(usual, mine), parameters.share)
    by_owner: dict[str, list[tuple[int, list[str], float]]] = defaultdict(list)
    for place in sorted(shown):
        rarest = sorted(shown[place], key=lambda sign: (-shown[place][sign], signs.rate[sign][place], sign))
        weights = [shown[place][sign] for sign in rarest]
        weight = weights[0] + parameters.repeat * sum(weights[1:])
        if weight >= parameters.least:
            by_owner[str(owners[place])].append((place, rarest, weight))
    return [
        one
        for owner in sorted(by_owner)
        for one in sorted(by_owner[owner], key=lambda one: (-one[2], one[0]))[: parameters.most_told]
    ]


def _usual_lags(signs: Signs) -> dict[str, float]:
    """Return the median lag of each salesperson's records, in seconds, of those with at least eight."""
    known = ~np.isnan(signs.deals["lag"].astype(np.float64))
    owners, lags = signs.deals["owner_id"][known].astype(str), signs.deals["lag"][known].astype(np.float64)
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    parts = np.split(lags[order], starts[1:]) if len(names) else []
    return {str(name): float(np.median(part)) for name, part in zip(names, parts, strict=True) if len(part) >= 8}


def _documents(tables: Tables, deals: Sequence[str]) -> dict[str, dict[str, list[Row]]]:
    """Return the quotes, contracts and stage changes of these deals, by deal and table, in the order of time."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    if not deals:
        return found
    rows = [{"opportunity_id": deal} for deal in sorted(deals)]
    wanted = ibis.memtable(rows, schema=ibis.schema({"opportunity_id": "string"}))
    for table, at in (("quotes", "sent_at"), ("contracts", "signed_at"), ("stage_changes", "entered_at")):
        chosen = tables[table].semi_join(wanted, "opportunity_id")
        listed = chosen.select("opportunity_id", at=chosen[at], row_id=row_id(table))
        for row in tables.records(listed, order_by=["opportunity_id", "at", "row_id"]):
            found[row["opportunity_id"]][table].append(row)
    return found


def _finding(
    tables: Tables,
    signs: Signs,
    place: int,
    shown: Sequence[str],
    cited: tuple[Evidence, ...],
    explained: dict[str, Status],
    weight: float,
) -> Finding:
    deal = {name: column[place] for name, column in signs.deals.items()}
    first, *others = shown
    created, scope = moment(deal["created_at"]), Scope(account_id=deal["account_id"], employee_id=deal["owner_id"])
    size = float(signs.size[first][place])
    return Finding(
        subject_kind="deal",
        subject_id=deal["opportunity_id"],
        at=created,
        weight=weight,
        evidence=(Evidence("opportunities", deal["opportunity_id"]), *cited),
        facts={
            "sign": _said(first, size),
            "day": created,
            "rate": float(signs.rate[first][place]),
            "peers": int(signs.others[first][place]),
            "also": len(others),
        },
        employee_id=deal["owner_id"],
        account_ids=(deal["account_id"],) if deal["account_id"] else (),
        opportunity_ids=(deal["opportunity_id"],),
        amount_at_risk=money(float(deal["amount"]) if deal["currency"] in (None, tables.currency) else 0.0),
        explanations={
            **explained,
            "migration": tables.context.status(
                ["migration"], created - timedelta(days=30), created + timedelta(days=60), scope
            ),
        },
    )


def _said(sign: str, seconds: float) -> Text:
    days, minutes = f"{abs(seconds) / A_DAY:,.0f}", f"{abs(seconds) / 60:.0f}"
    return {
        LATE: Text(f"a document was recorded {days} days after its date", f"有单据在其日期 {days} 天之后才录入"),
        CONTRACT_FIRST: Text(
            f"the contract was signed {days} days before the first quote", f"合同比首次报价早 {days} 天签订"
        ),
        AT_ONCE: Text(f"all stages were entered within {minutes} minutes", f"全部阶段在 {minutes} 分钟内录完"),
        CLOSED_FIRST: Text(
            f"the deal was {'closed ' + days + ' days before it was created' if seconds < 0 else 'created and won within ' + minutes + ' minutes'}",
            f"商机{'在创建前 ' + days + ' 天即已关闭' if seconds < 0 else '创建后 ' + minutes + ' 分钟内即赢单'}",
        ),
    }[sign]


def _cited(shown: Sequence[str], own: dict[str, list[Row]]) -> tuple[Evidence, ...]:
    """Return the rows that show the signs: the first quote and contract, or the stages."""
    tables = [("stage_changes", 8)] if AT_ONCE in shown else []
    if {LATE, CONTRACT_FIRST} & set(shown):
        tables = [("contracts", 1), ("quotes", 3), *tables]
    return tuple(Evidence(table, row["row_id"]) for table, most in tables for row in own[table][:most])


def _frame(contracts: Sequence[Row], deal: Row, shown: Sequence[str]) -> Status:
    """Return whether the customer had a contract on another deal before; only a contract before the quote is explained."""
    if CONTRACT_FIRST not in shown:
        return "ruled_out"
    return "supported" if has_frame(contracts, deal["opportunity_id"], moment(deal["created_at"])) else "ruled_out"


def _logs_late(usual: float | None, parameters: Parameters) -> Status:
    """Return whether the salesperson records everything late, not this deal only."""
    if usual is None:
        return "open"
    return "supported" if usual >= parameters.least_lag_days * A_DAY / 2 else "ruled_out"


def _deal(number: int, contract: str) -> dict[str, list[dict[str, object]]]:
    """Return one deal of an example, quoted on 20 March, with a contract signed on this day."""
    at = {"opportunity_id": f"O{number:03d}", "account_id": f"A{number}"}
    deal = {
        "owner_id": f"E{number % 60}",
        "created_at": "2025-03-01T09:00",
        "closed_at": "2025-04-02T10:00",
        "outcome": "won",
    }
    quote = {"quote_id": f"Q{number}", "employee_id": f"E{number % 60}", "sent_at": "2025-03-20", "net_amount": "20000"}
    return {
        "opportunities": [{**at, **deal, "amount": "20000"}],
        "quotes": [{**at, **quote}],
        "contracts": [{**at, "contract_id": f"K{number}", "signed_at": contract}],
    }


def _company(contracts: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    joined: dict[str, list[dict[str, object]]] = defaultdict(list)
    for number, day in enumerate(contracts):
        for table, rows in _deal(number, day).items():
            joined[table].extend(rows)
    return dict(joined)


_USUAL = ["2025-04-01"] * 240

DETECTOR = Detector(
    code="back-dated-record",
    version=2,
    design="P6",
    family="pipeline",
    strength="W2",
    title=Text(en="Record written afterwards", zh="倒签补录"),
    question=Text(
        en="Was the deal's record written after the deal was done?",
        zh="该商机的记录是否在成交之后才补写？",
    ),
    sentence=Text(
        en="In the deal created on {day:day} {sign}; among {peers:count} deals of colleagues that is so in about {rate:percent}. Other signs in this record: {also:count}.",
        zh="{day:day} 创建的商机中，{sign}；同事的 {peers:count} 个商机中约 {rate:percent} 如此。本记录另有其他迹象 {also:count} 项。",
    ),
    next_step=Text(
        en="Compare the field history with the customer's own papers: when was the price agreed, and with whom?",
        zh="将字段修改历史与客户手中的文件对照：价格何时、与谁商定？",
    ),
    method=Text(
        en="Four signs: a document recorded a week or more after its date (rank among other people's deals), a contract before the first quote, all stages within ten minutes, a deal closed before or as it was created. A sign weighs log10(0.1 / q), told from 0.1: q is the chance that somebody with as many deals has one like it, at its rate among other people's deals of the same year and region, shrunk towards all, or at the salesperson's own in other deals where that is larger; further signs on the deal count 0.3. Imported and bulk-changed rows are left out, and times without a clock are not read to the minute.",
        zh="四种迹象：单据录入比其日期晚一周以上（与他人的商机排序比较）、合同早于首次报价、全部阶段在十分钟内录完、商机在创建前或创建时即关闭。每种迹象的权重为 log10（0.1/q），达到 0.1 才提示：q 为商机数相同的人至少出现一次的概率，发生率按同年同区域他人的商机统计并向整体收缩，本人其他商机的发生率更高时取后者；同一商机的其他迹象按 0.3 计。导入和批量修改的记录不参与，仅有日期的时间不精确到分钟。",
    ),
    reads={"opportunities": ("owner_id",)},
    uses={
        "opportunities": ("account_id", "recorded_at", "written_via", "closed_at", "amount"),
        "stage_changes": ("stage", "entered_at", "recorded_at"),
        "quotes": ("opportunity_id", "sent_at", "recorded_at", "written_via"),
        "contracts": ("opportunity_id", "signed_at", "recorded_at"),
        "employees": ("region",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("migration", Text(en="records moved from another system", zh="系统迁移补录"), 0.6),
        Innocent("frame-contract", Text(en="a call-off under a frame contract", zh="框架合同下的提货单"), 0.6),
        Innocent("logs-late", Text(en="a salesperson who records everything late", zh="该销售一向滞后录入"), 0.3),
    ),
    wakes_on=("opportunities", "quotes", "contracts", "stage_changes"),
    examples=(
        Example(
            name="a contract weeks before the first quote, where everybody else quotes first",
            fires=True,
            as_of="2025-06-30",
            records=_company(["2025-02-20", *_USUAL]),
        ),
        Example(
            name="a contract on the day of the quote",
            fires=False,
            as_of="2025-06-30",
            records=_company(["2025-03-20", *_USUAL]),
        ),
    ),
)
