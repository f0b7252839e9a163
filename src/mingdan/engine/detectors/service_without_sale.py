"""S1: a customer asks for service on goods that we never sold to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.service_claims import Surprise, claims_of, coverage_of, odd_claims, serials_of, surprises
from mingdan.engine.trail import Tables, money

Row = dict[str, Any]
CITED = 6


@dataclass(frozen=True)
class Parameters:
    """`most_p`: odd service that the company's own rate explains more often is no finding; the rest bounds explanations."""

    most_p: float = 0.05
    second_hand_days: int = 730
    good_coverage: float = 0.98
    poor_coverage: float = 0.9
    early_days: int = 365


@dataclass(frozen=True)
class Known:
    """What is known of the customers in question: ties of firms, serial numbers shipped to them, how well these are kept."""

    ties: FirmTies
    serials: dict[str, tuple[str, ...]]
    coverage: dict[str | None, float]
    first_shipment: datetime | None


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer that asks for service on machines no sale to it explains, beyond the usual rate."""
    claims = claims_of(tables)
    told = surprises(tables, claims, parameters.most_p)
    if not told:
        return []
    odd = odd_claims(tables, claims, [one.account_id for one in told])
    buyers = [row["buyer"] for rows in odd.values() for row in rows if row["buyer"]]
    coverage, first = coverage_of(tables)
    ties = FirmTies(tables, [*odd, *buyers])
    known = Known(ties, serials_of(tables, odd), coverage, first)
    owners = standings(tables, {account: rows[0]["first_at"] for account, rows in odd.items()})
    return [_finding(tables, one, odd[one.account_id], owners[one.account_id], known, parameters) for one in told]


def _finding(
    tables: Tables, one: Surprise, rows: list[Row], standing: Standing, known: Known, parameters: Parameters
) -> Finding:
    tickets = sorted({Evidence("tickets", ticket) for row in rows for ticket in row["ticket_ids"]})
    shipments = sorted({Evidence("shipments", row["shipment_id"]) for row in rows if row["shipment_id"]})
    others = sorted({row["buyer"] for row in rows if row["buyer"] and row["buyer"] != one.account_id})
    return Finding(
        subject_kind="account",
        subject_id=one.account_id,
        at=rows[0]["first_at"],
        weight=weight_from_p(one.p),
        evidence=(*tickets[:CITED], *shipments[:CITED]),
        facts={
            "odd": one.odd,
            "claims": one.claims,
            "first": rows[0]["first_at"],
            "kind": _KINDS[rows[0]["found"]],
            "usual": one.usual,
            "chance": max(one.p, 0.001),
        },
        employee_id=standing.employee_id,
        account_ids=tuple(sorted({one.account_id, *others})),
        company_ids=(standing.company_id,) if standing.company_id else (),
        amount_at_risk=money(sum((row["list_price"] or Decimal(0) for row in rows), Decimal(0))),
        explanations=_explained(tables, one.account_id, rows, known, parameters),
    )


def _explained(
    tables: Tables, account: str, rows: list[Row], known: Known, parameters: Parameters
) -> dict[str, Status]:
    """Say of each explanation whether it accounts for every odd machine, for none, or cannot be told."""
    judged = [
        {
            "second-hand": _second_hand(row, parameters),
            "typing-error": _mistyped(row["asset"], known.serials.get(account, ()))
            if row["found"] != "unsold"
            else "open",
            "unregistered": _unregistered(row, known, parameters),
            "before-records": _before(row, known.first_shipment, parameters),
            "distributor": _distributor(tables, row, known, parameters),
            "group": _group(account, row, known, parameters),
        }
        for row in rows
    ]
    return {code: _all_of([one[code] for one in judged]) for code in judged[0]}


def _all_of(statuses: list[Status]) -> Status:
    """Return supported if it holds for all, ruled out if for none, else open."""
    found = set(statuses)
    return statuses[0] if len(found) == 1 else "open"


def _second_hand(row: Row, parameters: Parameters) -> Status:
    """A machine changes hands after years; one shipped to another within the year before is not second-hand."""
    if row["found"] != "other" or row["shipped_at"] is None:
        return "open"
    age = (row["first_at"] - row["shipped_at"]).days
    if age >= parameters.second_hand_days:
        return "supported"
    return "ruled_out" if age < parameters.second_hand_days / 2 else "open"


def _mistyped(serial: str, own: tuple[str, ...]) -> Status:
    return "supported" if any(one_slip(serial, other) for other in own) else "ruled_out"


def one_slip(one: str, other: str) -> bool:
    """Return whether two different texts differ by one wrong, missing, added or two swapped neighbouring characters."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    place = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    swapped = long[:place] + long[place : place + 2][::-1] + long[place + 2 :]
    return short[place + 1 :] == long[place + 1 :] or short == swapped


def _unregistered(row: Row, known: Known, parameters: Parameters) -> Status:
    """Say whether serial numbers of such a product are often missing from our own shipments."""
    if row["found"] != "unknown":
        return "ruled_out"
    share = known.coverage.get(row["product_id"], known.coverage.get(None, 0.0))
    if share < parameters.poor_coverage:
        return "supported"
    return "ruled_out" if share >= parameters.good_coverage else "open"


def _before(row: Row, first_shipment: datetime | None, parameters: Parameters) -> Status:
    """Say whether the machine may have been sold before our records begin."""
    if row["found"] == "other":
        return "ruled_out"
    if first_shipment is None:
        return "open"
    return "supported" if row["first_at"] - first_shipment < timedelta(days=parameters.early_days) else "open"


def _distributor(tables: Tables, row: Row, known: Known, parameters: Parameters) -> Status:
    if row["found"] != "other":
        return _through_others(row, known, parameters)
    firm = known.ties.firms.get(row["buyer"] or "")
    day: date = row["first_at"].date()
    return tables.context.is_distributor(firm["company_id"], day) if firm else "open"


def _group(account: str, row: Row, known: Known, parameters: Parameters) -> Status:
    if row["found"] != "other":
        return _through_others(row, known, parameters)
    same = known.ties.same_customer(account, row["buyer"])
    return "supported" if same == "supported" else known.ties.same_group(account, row["buyer"])


def _through_others(row: Row, known: Known, parameters: Parameters) -> Status:
    """A machine that we certainly never shipped came through no distributor or sister firm of ours."""
    never = row["found"] == "unknown" and _unregistered(row, known, parameters) == "ruled_out"
    return "ruled_out" if never else "open"


_KINDS = {
    "unknown": Text(en="with a serial number that we never shipped", zh="其序列号从未由本公司发出"),
    "other": Text(en="that we shipped to another customer", zh="由本公司发给其他客户"),
    "unsold": Text(en="of a kind that we never sold to it", zh="本公司从未向其销售此类产品"),
}


def _shipped(count: int) -> dict[str, list[dict[str, object]]]:
    """Return customers that each bought a machine and asked for its repair."""
    names = [f"{number:02}" for number in range(count)]
    return {
        "orders": [
            {"order_id": f"O{n}", "account_id": f"B{n}", "ordered_at": "2022-03-01", "amount": "9000"} for n in names
        ],
        "shipments": [
            {"shipment_id": f"S{n}", "order_id": f"O{n}", "shipped_at": "2022-03-09", "product_id": "M", "serial_no": f"SN-{n}-00"}
            for n in names
        ],
        "tickets": [
            {"ticket_id": f"T{n}", "opened_at": "2024-02-01", "kind": "repair", "account_id": f"B{n}", "serial_no": f"SN-{n}-00"}
            for n in names
        ],
        "accounts": [{"account_id": f"B{n}", "name": f"Customer {n}", "owner_id": "E1"} for n in names],
    }  # fmt: skip


def _asked(serials: dict[str, str], count: int = 30) -> dict[str, list[dict[str, object]]]:
    """Return that company with further repairs asked for, by ticket-id suffix `customer/number`."""
    trail = _shipped(count)
    for name, serial in serials.items():
        ticket = {
            "ticket_id": name,
            "opened_at": "2024-06-01",
            "kind": "repair",
            "account_id": name[:3],
            "serial_no": serial,
        }
        trail["tickets"].append(dict(ticket))
    return trail


DETECTOR = Detector(
    code="service-without-sale",
    version=1,
    design="S1",
    family="service",
    strength="W4",
    title=Text(en="Service without sale", zh="无单有售后"),
    question=Text(
        en="Does a customer ask for service on goods that we never sold to it?",
        zh="客户是否就本公司从未售予它的产品要求售后服务？",
    ),
    sentence=Text(
        en="Since {first:day} the customer has asked for service on {odd:count} of {claims:count} machines that no sale to it "
        "explains, the first one {kind}. Across the company {usual:percent} of such requests are unexplained; chance gives "
        "so many with a probability of at most {chance:percent}.",
        zh="自 {first:day} 起，该客户报修的 {claims:count} 台设备中有 {odd:count} 台无对应销售记录，首台{kind}。"
        "全公司此类无对应记录的比例为 {usual:percent}；偶然出现如此多台的概率不超过 {chance:percent}。",
    ),
    next_step=Text(
        en="Ask the customer for the purchase document and a photograph of the type plate before the next service visit.",
        zh="下次上门服务前，请客户提供采购凭证及铭牌照片。",
    ),
    method=Text(
        en="Anti-join of the serial numbers and products in service tickets with what was shipped and sold to that customer, "
        "one count per machine. Beta-binomial tail at the company's own rate of unexplained machines without this customer, "
        "spread between customers fitted by moments; where serial numbers are badly kept the rate is high and nothing "
        "stands out. The weight is the bound of Sellke, Bayarri and Berger for this p-value.",
        zh="将服务工单中的序列号与产品同该客户的发货、销售记录作反连接，每台设备计一次。以剔除该客户后的全公司无对应记录比例作"
        "贝塔-二项尾概率检验，客户间差异按矩估计；序列号登记不全时该比例较高，不会产生发现。权重为该 p 值的 Sellke、Bayarri 与 Berger 上界。",
    ),
    reads={"tickets": ("serial_no",), "shipments": ("serial_no",), "orders": ("account_id",)},
    uses={
        "tickets": ("account_id", "phone_key", "kind", "product_id", "order_id"),
        "order_lines": ("product_id",),
        "products": ("list_price",),
        "accounts": ("phone_key", "registration_no"),
        "contacts": ("phone_key",),
        "distributors": ("company_id",),
        "company_people": ("person_key",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("second-hand", Text(en="second-hand trade or a lease", zh="二手转让或租赁"), 1.0),
        Innocent("typing-error", Text(en="a serial number typed wrong", zh="序列号录入错误"), 1.8),
        Innocent(
            "unregistered", Text(en="our shipments often lack the serial number", zh="本公司发货时常未登记序列号"), 1.2
        ),
        Innocent("before-records", Text(en="sold before our records begin", zh="销售早于系统记录起始日"), 1.0),
        Innocent("distributor", Text(en="sold by a distributor", zh="经由经销商销售"), 1.5),
        Innocent("group", Text(en="moved within a group of firms", zh="集团内部调拨"), 1.5),
    ),
    wakes_on=("tickets", "shipments"),
    examples=(
        Example(
            name="two machines that we never shipped",
            fires=True,
            as_of="2024-07-01",
            records=_asked({"B05-1": "SN-77-41", "B05-2": "SN-77-42"}),
        ),
        Example(name="every machine is ours", fires=False, as_of="2024-07-01", records=_asked({})),
        Example(
            name="unknown serial numbers everywhere",
            fires=False,
            as_of="2024-07-01",
            records=_asked({f"B{n:02}-1": f"OLD-{n:02}-7" for n in range(20)}),
        ),
        Example(
            name="two figures of the customer's own serial number swapped",
            fires=False,
            as_of="2024-07-01",
            records=_asked({"B12-1": "SN-21-00"}),
        ),
    ),
)
