"""Sample results for the report's tests: a rich one, an empty one, one of orders only."""

from datetime import date
from typing import Any

from mingdan.engine.findings import Finding, Text
from mingdan.engine.fuse import Policy, alerts_of, draw_callbacks, matters_of
from mingdan.engine.result import (
    CallbackEstimate,
    DetectorRun,
    DiversionRate,
    Estimated,
    ScanResult,
    SetAside,
    TableRead,
)
from tests.engine.report.sample_detectors import SAMPLE_DETECTORS
from tests.engine.report.sample_findings import (
    AS_OF,
    below,
    first_alert,
    found,
    fourth_alert,
    rhythm,
    second_alert,
    third_alert,
)

EMPLOYEES = {
    "E017": "周建国",
    "E021": "Nora Lindqvist",
    "E033": "欧阳慧敏",
    "E048": "Tomás Ferreira",
    "E052": "何立",
    "E060": "Grace Adeyemi",
}
ACCOUNTS = {
    "A1": "苏州恒达精密机械有限公司",
    "A2": "Northwind Pumps Ltd",
    "A3": "宁波海川轴承厂",
    "A4": "Fenwick & Sons <Tooling> Co.",
    "A5": "无锡正泰自动化设备有限公司",
    "A6": "Harbour Cold Storage",
    "A7": "广州粤兴食品机械有限公司",
    "A8": "Aldgate Packaging",
    **{f"A{n}": f"华东客户{n}号" for n in range(9, 30)},
}
COMPANIES = {"C1": "昆山捷顺贸易商行", "C2": "Baltic Trade Partners OÜ", "C3": "杭州云腾供应链管理有限公司"}


TABLES_READ = (
    TableRead("orders", 48210, 3),
    TableRead("order_lines", 131904, 0),
    TableRead("payments", 46022, 12),
    TableRead("accounts", 3120, 0),
    TableRead("employees", 64, 0),
    TableRead("opportunities", 9402, 1),
    TableRead("tickets", 2210, 0),
    TableRead("callbacks", 140, 0),
    TableRead("companies", 5210, 0),
    TableRead("context_events", 18, 0),
)

ESTIMATE = CallbackEstimate(
    since=date(2024, 6, 30),
    until=date(2025, 6, 30),
    customers=3120,
    company=DiversionRate(None, 140, 96, 88, Estimated(0.148, 0.0812, 0.239), Estimated(0.0119, 0.00031, 0.0643)),
    teams=(
        DiversionRate("T01", 74, 52, 47, Estimated(0.0921, 0.0301, 0.203), Estimated(0.0, 0.0, 0.0755)),
        DiversionRate("T02", 40, 27, 25, withheld=Text("fewer than 5 people", "不足 5 人")),
    ),
    caveat=Text(
        "Customers buy from several firms; an answer is hearsay.", "客户往往向多家企业采购，口头答复不是凭证。"
    ),
)


def rich(**changes: Any) -> ScanResult:
    """A company of 64 salespeople with 4 alerts, matters below the line and 15 call-backs."""
    findings = tuple(
        finding
        for some in (first_alert(), second_alert(), third_alert(), fourth_alert(), below())
        for finding in some
        if finding.weight
    )
    matters = matters_of(findings, SAMPLE_DETECTORS)
    frame = [f"A{n}" for n in range(1, 220)]
    fields: dict[str, Any] = {
        "version": "0.1.0",
        "as_of": AS_OF,
        "seconds": 12.34,
        "engine": "duckdb",
        "currency": "CNY",
        "tables": TABLES_READ,
        "detectors": _runs(findings),
        "findings": findings,
        "matters": matters,
        "alerts": alerts_of(matters, SAMPLE_DETECTORS, Policy(min_probability=0.7, budget=4)),
        "callbacks": draw_callbacks(frame, matters, size=15, seed="2025-06-30"),
        "notices": (
            Text(
                "No leave register was found; absences cannot be told from silence.",
                "未找到休假登记,无法区分休假与沉默。",
            ),
        ),
        "set_aside": (
            SetAside("payments", "receipts.csv", 118, "received_at", "31/02/2025", "no date that can be read"),
            SetAside("orders", "orders.csv", 40211, "employee_id", "E0I7", "refers to no row of employees"),
            SetAside("payments", "receipts.csv", 2044, "amount", "", "the cell is empty and the column is required"),
        ),
        "numbers": {employee: 17 + 4 * n for n, employee in enumerate(EMPLOYEES)},
        "callback_estimate": ESTIMATE,
        "names": {"employees": EMPLOYEES, "accounts": ACCOUNTS, "companies": COMPANIES},
    }
    return ScanResult(**{**fields, **changes})


def _runs(findings: tuple[Finding, ...]) -> tuple[DetectorRun, ...]:
    runs = []
    for detector in SAMPLE_DETECTORS:
        count = sum(finding.detector == detector.code for finding in findings)
        runs.append(DetectorRun(detector.code, 1, "ran", count, 0.4))
    missing = "access_events is missing"
    return (
        *runs[1:-1],
        DetectorRun("payee-not-company", 1, "skipped", reason="contracts.payee_bank_key is missing"),
        DetectorRun("silent-deal", 1, "skipped", reason=missing),
    )


def empty() -> ScanResult:
    """A trail in which no detector could find anything."""
    return ScanResult(
        version="0.1.0",
        as_of=AS_OF,
        seconds=0.4,
        engine="duckdb",
        currency="EUR",
        tables=(),
        detectors=(),
        findings=(),
        matters=(),
        alerts=(),
        callbacks=(),
    )


def orders_only() -> ScanResult:
    """A trail of orders and nothing else: one weak matter, no alert, most detectors blind."""
    cycle = found(
        "broken-purchase-cycle", None, "2025-02-10", 0.8, {"customer": "A1", "cycle": 32, "silent": 182, "times": 5.7},
        accounts=("A1",), amount=386000, rows=(("orders", "SO-1"),), figure=rhythm("2023-09-04", 32, 15, 62000.0),
    )  # fmt: skip
    matters = matters_of((cycle,), SAMPLE_DETECTORS)
    runs = tuple(
        DetectorRun(one.code, 1, "ran", 1, 0.2) if one.code == cycle.detector
        else DetectorRun(one.code, 1, "skipped", reason="payments is missing")
        for one in SAMPLE_DETECTORS
    )  # fmt: skip
    return rich(
        findings=(cycle,), matters=matters, alerts=(), detectors=runs, tables=(TableRead("orders", 1200, 0),),
        names={"employees": {}, "accounts": {}, "companies": {}}, numbers={}, notices=(), set_aside=(),
        callbacks=draw_callbacks(["A1", "A2", "A3"], matters, size=2, seed="x"),
    )  # fmt: skip
