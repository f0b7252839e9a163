"""Write a result for programs: scan.json and findings.parquet (the shapes are in docs/how-it-works/scan-output.md)."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mingdan.engine.detector import Detector
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.result import Alert, Callback, CallbackEstimate, DiversionRate, Estimated, Matter, ScanResult


def scan_json(result: ScanResult, detectors: Mapping[str, Detector[Any]]) -> str:
    """Return scan.json: the same trail, date and version give the same text, timings and the engine's name aside."""
    return json.dumps(_document(result, detectors), ensure_ascii=False, indent=1) + "\n"


def _document(result: ScanResult, detectors: Mapping[str, Detector[Any]]) -> dict[str, Any]:
    return {
        "scan": {
            "version": result.version,
            "as_of": result.as_of.isoformat(),
            "moment": result.moment.isoformat(),
            "seconds": round(result.seconds, 3),
            "engine": result.engine,
            "currency": result.currency,
            "tables": {table.name: {"rows": table.rows, "set_aside": table.set_aside} for table in result.tables},
            "detectors": [_run(run) for run in result.detectors],
            "notices": [_text(notice) for notice in result.notices],
        },
        "alerts": [_alert(alert, result) for alert in result.alerts],
        "matters": [_matter(matter, result) for matter in result.matters],
        "callbacks": [_callback(callback) for callback in result.callbacks],
        "callback_estimate": _estimate(result.callback_estimate) if result.callback_estimate else None,
        "findings": [_finding(finding, detectors) for finding in result.findings],
    }


def _run(run: Any) -> dict[str, Any]:
    document = {"code": run.code, "version": run.version, "status": run.status}
    if run.status == "skipped":
        return {**document, "reason": run.reason}
    return {**document, "findings": run.findings, "seconds": round(run.seconds, 3)}


def _matter(matter: Matter, result: ScanResult) -> dict[str, Any]:
    document = {
        "matter_id": matter.matter_id,
        "employee_id": matter.employee_id,
        "salesperson": result.numbers.get(matter.employee_id or ""),
        "account_ids": list(matter.account_ids),
        "opportunity_ids": list(matter.opportunity_ids),
        "company_ids": list(matter.company_ids),
        "probability": matter.probability,
        "weight_of_evidence": matter.weight_of_evidence,
        "amount_at_risk": _amount(matter.amount_at_risk),
        "currency": result.currency,
        "families": list(matter.families),
        "first_signal_at": matter.first_signal_at.date().isoformat(),
        "last_signal_at": matter.last_signal_at.date().isoformat(),
        "finding_ids": [reason.finding.finding_id for reason in matter.reasons],
    }
    if matter.margin_at_risk is not None:
        document["margin_at_risk"] = _amount(matter.margin_at_risk)
    return document


def _alert(alert: Alert, result: ScanResult) -> dict[str, Any]:
    return {
        "rank": alert.rank,
        "alert_id": alert.alert_id,
        **_matter(alert.matter, result),
        "reasons": [
            {
                "detector": reason.finding.detector,
                "finding_id": reason.finding.finding_id,
                "weight": reason.weight,
                **_text(reason.text),
                "evidence": [_row(row) for row in reason.finding.evidence],
            }
            for reason in alert.matter.reasons
        ],
        "innocent_explanations": [
            {**_text(explanation.text), "status": explanation.status} for explanation in alert.innocent_explanations
        ],
        "next_step": {
            **_text(alert.next_step),
            "hours": alert.next_step_hours,
            "expected_gain_bits": alert.next_step_gain,
        },
    }


def _callback(callback: Callback) -> dict[str, Any]:
    return {
        "account_id": callback.account_id,
        "reason": callback.reason.en,
        "reason_zh": callback.reason.zh,
        "inclusion_probability": callback.inclusion_probability,
        "matter_id": callback.matter_id,
    }


def _estimate(estimate: CallbackEstimate) -> dict[str, Any]:
    return {
        "since": estimate.since.isoformat(),
        "until": estimate.until.isoformat(),
        "customers": estimate.customers,
        "company": _rate(estimate.company),
        "teams": [{"team_id": team.team_id, **_rate(team)} for team in estimate.teams],
        "caveat": _text(estimate.caveat),
    }


def _rate(rate: DiversionRate) -> dict[str, Any]:
    return {
        "asked": rate.asked,
        "reached": rate.reached,
        "answered": rate.answered,
        "bought_elsewhere": _share(rate.elsewhere),
        "through_our_salesperson": _share(rate.through),
        "withheld": _text(rate.withheld) if rate.withheld else None,
    }


def _share(share: Estimated | None) -> dict[str, float] | None:
    return {"rate": share.rate, "low": share.low, "high": share.high} if share else None


def _finding(finding: Finding, detectors: Mapping[str, Detector[Any]]) -> dict[str, Any]:
    document = {
        "finding_id": finding.finding_id,
        "detector": finding.detector,
        "family": detectors[finding.detector].family,
        "subject_kind": finding.subject_kind,
        "subject_id": finding.subject_id,
        "employee_id": finding.employee_id,
        "account_id": finding.account_ids[0] if finding.account_ids else None,
        "account_ids": list(finding.account_ids),
        "opportunity_ids": list(finding.opportunity_ids),
        "company_ids": list(finding.company_ids),
        "weight": float(f"{finding.weight:.6g}"),
        "amount_at_risk": _amount(finding.amount_at_risk),
        "at": finding.at.isoformat(timespec="seconds"),
        "explanations": dict(sorted(finding.explanations.items())),
        "evidence": [_row(row) for row in finding.evidence],
    }
    if finding.margin_at_risk is not None:
        document["margin_at_risk"] = _amount(finding.margin_at_risk)
    return document


def _row(row: Evidence) -> dict[str, str]:
    return {"table": row.table, "row_id": row.row_id}


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _amount(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


FINDINGS_SCHEMA = pa.schema(
    [
        ("finding_id", pa.string()),
        ("detector", pa.string()),
        ("family", pa.string()),
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("employee_id", pa.string()),
        ("account_id", pa.string()),
        ("account_ids", pa.list_(pa.string())),
        ("opportunity_ids", pa.list_(pa.string())),
        ("company_ids", pa.list_(pa.string())),
        ("weight", pa.float64()),
        ("amount_at_risk", pa.decimal128(18, 2)),
        ("margin_at_risk", pa.decimal128(18, 2)),
        ("at", pa.timestamp("us")),
        ("evidence", pa.list_(pa.struct([("table", pa.string()), ("row_id", pa.string())]))),
    ]
)


def write_findings(result: ScanResult, detectors: Mapping[str, Detector[Any]], path: Path) -> None:
    """Write one row per finding as Parquet."""
    rows = []
    for finding in result.findings:
        row = _finding(finding, detectors)
        margin = finding.margin_at_risk
        row["amount_at_risk"] = finding.amount_at_risk.quantize(Decimal("0.01"))
        row["margin_at_risk"] = margin.quantize(Decimal("0.01")) if margin is not None else None
        row["at"] = finding.at
        rows.append({name: row[name] for name in FINDINGS_SCHEMA.names})
    pq.write_table(pa.Table.from_pylist(rows, schema=FINDINGS_SCHEMA), path)  # type: ignore[no-untyped-call]


ALERTS_SCHEMA = pa.schema(
    [
        ("raised_date", pa.date32()),
        ("rank", pa.int32()),
        ("alert_id", pa.string()),
        ("matter_id", pa.string()),
        ("employee_id", pa.string()),
        ("account_ids", pa.list_(pa.string())),
        ("opportunity_ids", pa.list_(pa.string())),
        ("company_ids", pa.list_(pa.string())),
        ("probability", pa.float64()),
        ("weight_of_evidence", pa.float64()),
        ("amount_at_risk", pa.decimal128(18, 2)),
        ("margin_at_risk", pa.decimal128(18, 2)),
        ("currency", pa.string()),
        ("families", pa.list_(pa.string())),
        ("first_signal_at", pa.timestamp("us")),
        ("last_signal_at", pa.timestamp("us")),
    ]
)


def write_alerts(results: Sequence[ScanResult], path: Path) -> None:
    """Write the alerts of a replay, one row each, with the day on which each was raised."""
    rows = []
    for result in results:
        for alert in result.alerts:
            row = {**_alert(alert, result), "raised_date": result.as_of}
            row["first_signal_at"], row["last_signal_at"] = alert.matter.first_signal_at, alert.matter.last_signal_at
            for name in ("amount_at_risk", "margin_at_risk"):
                row[name] = Decimal(row[name]) if row.get(name) is not None else None
            rows.append({name: row[name] for name in ALERTS_SCHEMA.names})
    pq.write_table(pa.Table.from_pylist(rows, schema=ALERTS_SCHEMA), path)  # type: ignore[no-untyped-call]
