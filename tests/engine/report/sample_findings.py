"""Findings of the sample report: four salespeople with two keys or more, and weaker signs about others."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from mingdan.engine.detector import judge
from mingdan.engine.findings import Evidence, Fact, Figure, Finding, Status, SubjectKind
from tests.engine.report.sample_detectors import SAMPLE_DETECTORS

AS_OF = date(2025, 6, 30)
BY_CODE = {detector.code: detector for detector in SAMPLE_DETECTORS}


def at(written: str) -> datetime:
    return datetime.fromisoformat(written)


def rhythm(first: str, every: int, count: int, amount: float) -> Figure:
    start = date.fromisoformat(first)
    points = tuple(
        (start + timedelta(days=every * n + (n * 7) % 5), amount * (1 + 0.12 * ((n * 5) % 7 - 3))) for n in range(count)
    )
    return Figure("rhythm", points, expected=float(every), until=AS_OF)


def prices(first: str, every: int, values: tuple[float, ...], reference: float) -> Figure:
    start = date.fromisoformat(first)
    points = tuple((start + timedelta(days=every * n), value) for n, value in enumerate(values))
    return Figure("price", points, reference=reference)


def found(
    code: str,
    employee: str | None,
    day: str,
    weight: float,
    facts: Mapping[str, Fact],
    *,
    kind: SubjectKind = "account",
    accounts: tuple[str, ...] = (),
    deals: tuple[str, ...] = (),
    companies: tuple[str, ...] = (),
    rows: tuple[tuple[str, str], ...] = (),
    amount: int = 0,
    margin: int | None = None,
    statuses: Mapping[str, Status] | None = None,
    figure: Figure | None = None,
) -> Finding:
    subject = {"account": accounts, "deal": deals, "company": companies, "employee": (employee or "",)}[kind][0]
    finding = Finding(
        subject_kind=kind,
        subject_id=subject,
        at=at(day),
        weight=weight,
        evidence=tuple(Evidence(table, row) for table, row in rows),
        facts=facts,
        employee_id=employee,
        account_ids=accounts,
        opportunity_ids=deals,
        company_ids=companies,
        amount_at_risk=Decimal(amount),
        margin_at_risk=None if margin is None else Decimal(margin),
        explanations=statuses or {},
        figure=figure,
    )
    return judge(BY_CODE[code], finding)


def first_alert() -> list[Finding]:
    orders = tuple(("orders", f"SO-{2300 + n}") for n in range(14))
    return [
        found(
            "broken-purchase-cycle", "E017", "2025-02-10", 1.0,
            {"customer": "A1", "cycle": 32, "silent": 182, "times": 5.7},
            accounts=("A1",), amount=386000, margin=92600, rows=orders,
            statuses={"closed": "ruled_out", "stock": "ruled_out", "tender": "open"},
            figure=rhythm("2023-09-04", 32, 15, 62000.0),
        ),
        found(
            "third-party-payer", "E017", "2025-03-18", 1.8,
            {"payments": 3, "amount": Decimal("214500.00"), "customer": "A1", "payer": "昆山捷顺贸易商行", "others": 2, "salesperson": "E017"},
            accounts=("A1", "A3", "A5"), companies=("C1",), amount=214500,
            rows=(("payments", "P-9001"), ("payments", "P-9014"), ("payments", "P-9020")),
            statuses={"treasury": "ruled_out", "factoring": "ruled_out", "agency": "open"},
        ),
        found(
            "shared-identifier", "E017", "2025-04-02", 1.8,
            {"company": "C1", "what": "138…", "salesperson": "E017", "holders": 2},
            kind="company", accounts=("A1",), companies=("C1",),
            rows=(("employees", "E017"), ("companies", "C1")), statuses={"agent": "ruled_out", "declared": "ruled_out"},
        ),
        found(
            "late-stage-loss", "E017", "2025-05-31", 0.5,
            {"lost": 9, "late": 14, "expected": 4.2, "salesperson": "E017"},
            kind="employee", accounts=("A1", "A3"), deals=("OPP-771", "OPP-802"), amount=120000,
            rows=(("opportunities", "OPP-771"), ("opportunities", "OPP-802")),
        ),
    ]  # fmt: skip


def second_alert() -> list[Finding]:
    return [
        found(
            "service-without-sale", "E021", "2025-05-06", 2.7,
            {"customer": "A2", "ticket": "T-5512", "day": at("2025-05-06"), "serial": "PX-88104", "buyer": "Baltic Trade Partners OÜ"},
            accounts=("A2",), companies=("C2",), amount=148900, margin=41200,
            rows=(("tickets", "T-5512"), ("shipments", "SH-3391")), statuses={"used": "open", "group": "ruled_out"},
        ),
        found(
            "customer-names-supplier", "E021", "2025-05-20", 1.8,
            {"callback": "CB-114", "day": at("2025-05-20"), "customer": "A2", "company": "C2"},
            accounts=("A2",), companies=("C2",), rows=(("callbacks", "CB-114"),), statuses={"mixed-up": "open"},
        ),
        found(
            "residual-low-price", "E021", "2025-01-15", 1.0,
            {"customer": "A2", "price": Decimal("412.50"), "product": "PX-88", "peers": Decimal("519"), "gap": 0.258},
            accounts=("A2",), deals=("OPP-690",), amount=52300, rows=(("order_lines", "SO-2290|PX-88"),),
            statuses={"frame": "supported", "program": "ruled_out"},
            figure=prices("2024-01-10", 41, (520, 515, 522, 508, 498, 470, 441, 430, 412.5, 415, 412.5), 519.0),
        ),
    ]  # fmt: skip


def third_alert() -> list[Finding]:
    return [
        found(
            "sham-intermediary", "E033", "2024-11-20", 1.8,
            {"customer": "A7", "day": at("2024-08-31"), "company": "C3", "founded": at("2024-07-08")},
            accounts=("A7",), deals=("OPP-615", "OPP-644"), companies=("C3",), amount=1264000,
            rows=tuple(("orders", f"SO-{1800 + n}") for n in range(32)), statuses={"dealer": "ruled_out", "policy": "ruled_out"},
        ),
        found(
            "shared-identifier", "E033", "2024-12-12", 1.8,
            {"company": "C3", "what": "IBAN", "salesperson": "E033", "holders": 2},
            kind="company", companies=("C3",), rows=(("employees", "E033"), ("companies", "C3")),
            statuses={"agent": "ruled_out", "declared": "ruled_out"},
        ),
        found(
            "residual-low-price", "E033", "2025-02-03", 0.9,
            {"customer": "A7", "price": Decimal("8840"), "product": "GL-20", "peers": Decimal("9750"), "gap": 0.103},
            accounts=("A7",), amount=96000, rows=(("order_lines", "SO-1822|GL-20"),),
            figure=prices("2024-03-01", 35, (0.08, 0.09, 0.08, 0.10, 0.17, 0.19, 0.21, 0.20, 0.22), 0.09),
        ),
        found(
            "export-spike", "E033", "2024-10-29", 1.0,
            {"salesperson": "E033", "rows": 1840, "day": at("2024-10-29"), "times": 21.4},
            kind="employee", accounts=("A7", "A9"), rows=(("access_events", "EV-10029"),), statuses={"migration": "ruled_out"},
        ),
    ]  # fmt: skip


def fourth_alert() -> list[Finding]:
    return [
        found(
            "broken-purchase-cycle", "E048", "2025-03-04", 1.0,
            {"customer": "A4", "cycle": 18, "silent": 118, "times": 6.6},
            accounts=("A4",), amount=74200, rows=tuple(("orders", f"SO-{3100 + n}") for n in range(30)),
            statuses={"closed": "ruled_out", "stock": "ruled_out", "tender": "ruled_out"},
            figure=rhythm("2023-07-01", 18, 34, 3900.0),
        ),
        found(
            "customer-names-supplier", "E048", "2025-06-11", 1.8,
            {"callback": "CB-131", "day": at("2025-06-11"), "customer": "A4", "company": "an unknown firm"},
            accounts=("A4",), rows=(("callbacks", "CB-131"),), statuses={"mixed-up": "ruled_out"},
        ),
        found(
            "third-party-payer", "E048", "2025-06-20", 1.2,
            {"payments": 1, "amount": Decimal("8120.40"), "customer": "A4", "payer": "R. Okafor", "others": 0, "salesperson": "E048"},
            accounts=("A4",), amount=8120, rows=(("payments", "P-9310"),),
        ),
    ]  # fmt: skip


def below() -> list[Finding]:
    cycles = [
        found(
            "broken-purchase-cycle", employee, f"2025-0{1 + n % 5}-1{n % 9}", 0.4 + 0.07 * n,
            {"customer": f"A{10 + n}", "cycle": 20 + n, "silent": 90 + 7 * n, "times": 3.0 + 0.2 * n},
            accounts=(f"A{10 + n}",), amount=9000 + 4100 * n, rows=(("orders", f"SO-4{n:03}"),),
        )
        for n, employee in enumerate(("E052", "E060", "E052", "E021", None, "E060"))
    ]  # fmt: skip
    payer = found(
        "third-party-payer", "E060", "2025-04-09", 1.5,
        {"payments": 2, "amount": Decimal("31000"), "customer": "A20", "payer": "Kestrel Treasury", "others": 1, "salesperson": "E060"},
        accounts=("A20", "A21"), amount=31000, rows=(("payments", "P-7777"),), statuses={"treasury": "supported"},
    )  # fmt: skip
    twofold = found(
        "late-stage-loss", "E060", "2025-04-30", 0.5, {"lost": 5, "late": 11, "expected": 3.1, "salesperson": "E060"},
        kind="employee", accounts=("A20",), rows=(("opportunities", "OPP-520"),),
    )  # fmt: skip
    silent = found(
        "silent-deal", "E048", "2025-05-02", 0.6, {"deal": "OPP-911", "silent": 63},
        kind="deal", accounts=("A22",), deals=("OPP-911",), amount=45000, rows=(("leaves", "E048|2025-03-01|2025-03-09"),),
    )  # fmt: skip
    return [*cycles, payer, twofold, silent]
