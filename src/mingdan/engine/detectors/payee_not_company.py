"""M3: a contract names a payee account that is not the company's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`grace_days`: a new company account may be missing from the register for so long."""

    grace_days: int = 30


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per contract whose payee account is in no row of our register of bank accounts."""
    ours = tables.company_bank_accounts.select("bank_key").distinct()
    contracts = tables.contracts.filter(ibis._.payee_bank_key.notnull())
    strange = contracts.anti_join(ours, contracts.payee_bank_key == ours.bank_key)
    used = strange.group_by("payee_bank_key").agg(contracts=ibis._.count(), people=ibis._.employee_id.nunique())
    named = strange.join(used, "payee_bank_key").left_join(_booked(tables), "payee_bank_key")
    profile = tables.company_profile.select(payee_name="name", is_ours=ibis.literal(1)).distinct()
    wanted = named.drop("payee_bank_key_right").left_join(profile, "payee_name").select(*_COLUMNS)
    return [_finding(tables, row, parameters) for row in tables.records(wanted, order_by=["contract_id"])]


_COLUMNS = (
    "contract_id",
    "account_id",
    "employee_id",
    "opportunity_id",
    "signed_at",
    "amount",
    "payee_name",
    "contracts",
    "people",
    "booked",
    "is_ours",
)


def _booked(tables: Tables) -> Expression:
    """Return how many receipts of our books came into each account, other than what somebody collected by hand."""
    paid = tables.payments.filter(ibis._.payee_bank_key.notnull() & ibis._.collected_by.isnull())
    return paid.group_by("payee_bank_key").agg(booked=ibis._.count())


def _is_booked(tables: Tables, row: dict[str, Any]) -> Status:
    """Finance books what it sees on the statement of an account: one with receipts in our books is ours."""
    if row["booked"]:
        return "supported"
    return "ruled_out" if tables.has("payments", "payee_bank_key") else "open"


def _in_our_name(row: dict[str, Any]) -> Status:
    return "open" if row["payee_name"] is None else "supported" if row["is_ours"] else "ruled_out"


def _shared(row: dict[str, Any]) -> Status:
    """An account in the contracts of several salespeople is more likely a platform's or a new one of ours than private."""
    if row["people"] > 1:
        return "supported"
    return "ruled_out" if row["contracts"] > 1 else "open"


def _finding(tables: Tables, row: dict[str, Any], parameters: Parameters) -> Finding:
    signed_at: datetime = row["signed_at"]
    amount = money(row["amount"] or Decimal(0))
    young = tables.as_of - signed_at < timedelta(days=parameters.grace_days)
    scope = Scope(account_id=row["account_id"], employee_id=row["employee_id"])
    return Finding(
        subject_kind="deal",
        subject_id=row["opportunity_id"] or row["contract_id"],
        at=signed_at,
        weight=STRENGTH_CAPS["W5"],
        evidence=(Evidence("contracts", row["contract_id"]),),
        facts={"contract": row["contract_id"], "day": signed_at, "amount": amount},
        employee_id=row["employee_id"],
        account_ids=(row["account_id"],),
        opportunity_ids=(row["opportunity_id"],) if row["opportunity_id"] else (),
        amount_at_risk=amount,
        explanations={
            "new-account": "open" if young else "ruled_out",
            "booked": _is_booked(tables, row),
            "our-name": _in_our_name(row),
            "shared-account": _shared(row),
            "escrow": tables.context.status(["waiver", "migration"], signed_at, signed_at, scope),
        },
    )


_REGISTER = [{"bank_key": "OURS", "name": "Main account"}]

DETECTOR = Detector(
    code="payee-not-company",
    version=4,
    design="M3",
    family="money",
    strength="W5",
    title=Text(en="Payee is not the company", zh="收款账户非公司账户"),
    question=Text(
        en="Does a contract tell the customer to pay into an account that is not ours?",
        zh="合同是否要求客户把款付到非本公司的账户？",
    ),
    sentence=Text(
        en="Contract {contract} of {day:day} over {amount:money} names a payee account that is not in our register.",
        zh="合同 {contract}（{day:day}，金额 {amount:money}）写明的收款账户不在本公司账户登记表中。",
    ),
    next_step=Text(
        en="Compare the signed document with the register of bank accounts, then ask finance whether the money arrived.",
        zh="将签署文件与银行账户登记表核对，再向财务确认款项是否到账。",
    ),
    method=Text(
        en="Set membership: the contract's payee account against the register of our own accounts, and against the accounts into "
        "which our books have receipts. No statistics.",
        zh="集合判断：合同收款账户是否属于本公司账户登记表，以及本公司账上是否有款项收入该账户，不涉及统计推断。",
    ),
    reads={"contracts": ("payee_bank_key",), "company_bank_accounts": ("bank_key",)},
    uses={
        "contracts": ("employee_id", "opportunity_id", "amount", "payee_name"),
        "payments": ("payee_bank_key", "collected_by"),
        "company_profile": ("name",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("new-account", Text(en="a new company account, not yet registered", zh="公司新开账户，尚未登记"), 1.0),
        Innocent(
            "booked",
            Text(
                en="an account of ours that the register lacks: our books have receipts that came into it",
                zh="登记表遗漏的本公司账户：本公司账上已有款项收入该账户",
            ),
            2.4,
        ),
        Innocent("our-name", Text(en="an account in our own name", zh="以本公司名义开立的账户"), 1.0),
        Innocent(
            "shared-account",
            Text(
                en="an account that contracts of several salespeople name: a platform's, or ours and not registered",
                zh="多名销售员的合同都写同一账户：平台账户，或尚未登记的本公司账户",
            ),
            2.4,
        ),
        Innocent(
            "escrow",
            Text(en="an escrow or platform account allowed for this deal", zh="本单获准使用的托管或平台账户"),
            2.7,
        ),
    ),
    wakes_on=("contracts", "company_bank_accounts"),
    examples=(
        Example(
            name="a contract paid to an unknown account",
            fires=True,
            as_of="2025-06-30",
            records={
                "company_bank_accounts": _REGISTER,
                "contracts": [
                    {
                        "contract_id": "K1",
                        "account_id": "A1",
                        "signed_at": "2025-03-01",
                        "employee_id": "E1",
                        "amount": "50000",
                        "payee_bank_key": "THEIRS",
                    },
                ],
            },
        ),
        Example(
            name="an account of a platform that two salespeople use, with a waiver for it",
            fires=False,
            as_of="2025-06-30",
            records={
                "company_bank_accounts": _REGISTER,
                "context_events": [{"kind": "waiver", "from_date": "2025-02-01", "to_date": "2025-04-01"}],
                "contracts": [
                    {
                        "contract_id": f"K{number}",
                        "account_id": f"A{number}",
                        "signed_at": "2025-03-01",
                        "employee_id": f"E{number}",
                        "amount": "50000",
                        "payee_bank_key": "THEIRS",
                    }
                    for number in (1, 2)
                ],
            },
        ),
        Example(
            name="a new account of ours that the register lacks: what was paid into it is in our books",
            fires=False,
            as_of="2025-06-30",
            records={
                "company_profile": [{"name": "Our Works Ltd"}],
                "company_bank_accounts": _REGISTER,
                "contracts": [
                    {
                        "contract_id": "K1",
                        "account_id": "A1",
                        "signed_at": "2025-03-01",
                        "employee_id": "E1",
                        "amount": "50000",
                        "payee_name": "Our Works Ltd",
                        "payee_bank_key": "NEW",
                    },
                ],
                "payments": [
                    {
                        "payment_id": "P1",
                        "account_id": "A1",
                        "received_at": "2025-04-01",
                        "amount": "50000",
                        "payee_bank_key": "NEW",
                    },
                ],
            },
        ),
        Example(
            name="a contract paid to our account",
            fires=False,
            as_of="2025-06-30",
            records={
                "company_bank_accounts": _REGISTER,
                "contracts": [
                    {
                        "contract_id": "K1",
                        "account_id": "A1",
                        "signed_at": "2025-03-01",
                        "employee_id": "E1",
                        "amount": "50000",
                        "payee_bank_key": "OURS",
                    },
                ],
            },
        ),
    ),
)
