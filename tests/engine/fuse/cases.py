"""Small findings for the fusion tests."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector, Innocent
from mingdan.engine.findings import Evidence, Family, Finding, Status, Text

START = datetime(2025, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout
NAMED: dict[str, Family] = {
    "payer": "money",
    "payee": "money",
    "rhythm": "repurchase",
    "basket": "repurchase",
    "phone": "entity",
    "losses": "pipeline",
    "order-of-events": "process",
    "said": "voice",
}


def detector(code: str, family: Family) -> Detector[Any]:
    text = Text(en=f"{code}?", zh="问?")
    return Detector(
        code=code,
        version=1,
        design="T1",
        family=family,
        strength="W5",
        title=text,
        question=text,
        sentence=Text(en=f"{code} speaks.", zh="有话说。"),
        next_step=text,
        method=text,
        reads={},
        parameters=None,
        find=lambda _tables, _parameters: [],
        innocent_explanations=(Innocent("chance", Text(en="chance", zh="偶然")),),
        wakes_on=(),
        examples=(),
    )


DETECTORS = tuple(detector(code, family) for code, family in NAMED.items())


def f(
    detector: str = "rhythm",
    *,
    weight: float = 0.6,
    employee: str | None = "E1",
    accounts: tuple[str, ...] = ("A1",),
    companies: tuple[str, ...] = (),
    rows: tuple[str, ...] = (),
    day: int = 0,
    amount: int = 1000,
    kind: str = "account",
    chance: Status = "open",
) -> Finding:
    subject = {"account": accounts[0] if accounts else "", "employee": employee or "", "company": "".join(companies)}[
        kind
    ]
    return Finding(
        subject_kind=kind,  # type: ignore[arg-type]  # one of the three keys above
        subject_id=subject,
        at=START + timedelta(days=day),
        weight=weight,
        evidence=tuple(Evidence("orders", row) for row in rows or (f"{detector}-{'-'.join(accounts)}-{day}",)),
        employee_id=employee,
        account_ids=accounts,
        company_ids=companies,
        amount_at_risk=Decimal(amount),
        explanations={"chance": chance},
        detector=detector,
    )
