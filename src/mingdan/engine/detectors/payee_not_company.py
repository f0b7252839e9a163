"""M3: a contract names a payee account that is not the company's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
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
    wanted = strange.select("contract_id", "account_id", "employee_id", "opportunity_id", "signed_at", "amount")
    return [_finding(tables, row, parameters) for row in tables.records(wanted, order_by=["contract_id"])]


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
            "escrow": tables.context.status(["waiver", "migration"], signed_at, signed_at, scope),
        },
    )


_REGISTER = [{"bank_key": "OURS", "name": "Main account"}]

DETECTOR = Detector(
    code="payee-not-company",
    version=1,
    design="M3",
    family="money",
    strength="W5",
    title=Text(en="Payee is not the company", zh="收款账户非公司账户"),
    question=Text(
        en="Does a contract tell the customer to pay into an account that is not ours?",
        zh="合同是否要求客户把款付到非本公司的账户?",
    ),
    sentence=Text(
        en="Contract {contract} of {day:day} over {amount:money} names a payee account that is not in our register.",
        zh="合同 {contract}({day:day},金额 {amount:money})写明的收款账户不在本公司账户登记表中。",
    ),
    next_step=Text(
        en="Compare the signed document with the register of bank accounts, then ask finance whether the money arrived.",
        zh="将签署文件与银行账户登记表核对,再向财务确认款项是否到账。",
    ),
    method=Text(
        en="Set membership: the contract's payee account against the register of our own accounts. No statistics.",
        zh="集合判断:合同收款账户是否属于本公司账户登记表,不涉及统计推断。",
    ),
    reads={"contracts": ("payee_bank_key",), "company_bank_accounts": ("bank_key",)},
    uses={"contracts": ("employee_id", "opportunity_id", "amount")},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("new-account", Text(en="a new company account, not yet registered", zh="公司新开账户,尚未登记"), 1.0),
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
