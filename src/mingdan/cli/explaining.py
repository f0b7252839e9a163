"""`mingdan explain` and `mingdan dry-run`: why an alert says what it says, and what a change would do."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from mingdan.cli.console import out, progress_shown, workspace_for
from mingdan.cli.replaying import From, To, days_between
from mingdan.cli.scanning import KeyFile, Mapping, Parameters, Source, Trail
from mingdan.engine.dry_run import Compared
from mingdan.engine.dry_run import dry_run as compare
from mingdan.engine.explain import Explained, Recomputed, alert_in, recompute
from mingdan.engine.parameters import read_setup, shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.reading.atomic import whole_file
from mingdan.engine.replay import Every
from mingdan.engine.report.words import STATUSES
from mingdan.engine.scan import ScanOptions

ROWS_SHOWN = 12


def explain(
    alert: Annotated[str, typer.Argument(help="An alert's id or rank.")],
    trail: Trail,
    result: Annotated[Path, typer.Option("--result", help="The folder of the scan.")] = Path("mingdan-scan"),
    source: Source = None,
    mapping: Mapping = None,
    key_file: KeyFile = None,
    parameters: Parameters = None,
    language: Annotated[Literal["en", "zh"], typer.Option("--lang", help="Sentences in English or Chinese.")] = "en",
) -> None:
    """Recompute an alert from the trail, show the rows it rests on, and say whether every number is the same."""
    written = alert_in(result, alert)
    with workspace_for(result) as workspace, progress_shown("reading") as on_progress:
        read = read_trail(
            trail, source=source, mapping=mapping, key_file=key_file, workspace=workspace, on_progress=on_progress
        )
        again = recompute(read, written, read_setup(parameters))
        read.close()
    _print_alert(again, language)
    if again.differences:
        for difference in again.differences:
            out.print(f"Different: {difference}.", soft_wrap=True)
        raise typer.Exit(1)
    rows = sum(len(one.rows) for one in again.reasons)
    out.print(f"Recomputed: every number is the same. It cites {rows} rows.")


def _print_alert(again: Recomputed, language: Literal["en", "zh"]) -> None:
    alert = again.alert
    out.print(f"{alert['alert_id']}  probability {alert['probability']}, weight {alert['weight_of_evidence']}")
    for one in again.reasons:
        _print_reason(one, language)
    out.print("")
    for explanation in alert["innocent_explanations"]:
        out.print(
            f"- {explanation[language]}: {getattr(STATUSES[explanation['status']], language)}",
            markup=False,
            soft_wrap=True,
        )
    step = alert["next_step"]
    out.print(f"> {step[language]} ({step['hours']} h, {step['expected_gain_bits']} bit)", markup=False, soft_wrap=True)


def _print_reason(one: Explained, language: Literal["en", "zh"]) -> None:
    finding = one.reason.finding
    out.print("")
    head = f"{getattr(one.detector.title, language)} [{one.detector.code} v{one.detector.version}]"
    out.print(f"{head} weight {finding.weight}, counts {one.reason.weight}", markup=False, highlight=False)
    out.print(getattr(one.reason.text, language), markup=False, soft_wrap=True)
    out.print(getattr(one.detector.method, language), style="dim", markup=False, soft_wrap=True)
    out.print(f"parameters {one.detector.parameters}", style="dim", markup=False, soft_wrap=True)
    for row, cells in one.rows[:ROWS_SHOWN]:
        said = ", ".join(f"{name}={value}" for name, value in (cells or {}).items())
        out.print(
            f"  {row.table} {row.row_id}: {said or 'not in the trail'}", markup=False, highlight=False, soft_wrap=True
        )
    if len(one.rows) > ROWS_SHOWN:
        out.print(f"  ... and {len(one.rows) - ROWS_SHOWN} more rows")
    out.print(f"  SHA-256 of the {len(one.rows)} rows: {one.content}", style="dim")


def dry_run(
    trail: Trail,
    parameters: Annotated[Path, typer.Option("--parameters", help="The parameter file to try.")],
    start: From,
    end: To,
    every: Annotated[Every, typer.Option(help="How often to look.")] = "month",
    source: Source = None,
    mapping: Mapping = None,
    key_file: KeyFile = None,
    budget: Annotated[int | None, typer.Option(min=0, help="At most so many alerts each time.")] = None,
    min_probability: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="An alert must be at least so probable.")
    ] = 0.8,
    out_file: Annotated[Path, typer.Option("--out", help="Where to write the comparison as JSON.")] = Path(
        "mingdan-dry-run.json"
    ),
) -> None:
    """Show what a change of parameters would have done in past months: more alerts, fewer, or others."""
    days = days_between(start, end, every)
    then = read_setup(parameters)
    options = ScanOptions(source, mapping, key_file, budget=budget, min_probability=min_probability)
    with workspace_for(out_file.absolute().parent) as workspace, progress_shown("reading") as on_progress:
        read = read_trail(trail, source=source, mapping=mapping, key_file=key_file, workspace=workspace)
        compared = list(compare(read, days, options, shipped(), then, on_progress=on_progress))
        read.close()
    with whole_file(out_file) as file:
        file.write_text(json.dumps([_document(one) for one in compared], indent=1) + "\n", encoding="utf-8")
    _print_compared(compared)
    out.print(f"Written to {out_file}", soft_wrap=True)


def _document(one: Compared) -> dict[str, object]:
    return {
        "as_of": f"{one.day}",
        "alerts_now": [alert.alert_id for alert in one.now.alerts],
        "alerts_then": [alert.alert_id for alert in one.then.alerts],
        "findings_now": {run.code: run.findings for run in one.now.detectors},
        "findings_then": {run.code: run.findings for run in one.then.detectors},
    }


def _print_compared(compared: list[Compared]) -> None:
    table = Table("as of", "alerts now", "alerts then", "new", "gone", "findings now", "findings then")
    for one in compared:
        counts = (one.now.alerts, one.then.alerts, one.new, one.gone, one.now.findings, one.then.findings)
        table.add_row(f"{one.day}", *(str(len(some)) for some in counts))
    totals = (
        sum(len(some) for some in column)
        for column in zip(*((one.now.alerts, one.then.alerts, one.new, one.gone) for one in compared), strict=True)
    )
    table.add_row("in all", *map(str, totals), "", "")
    out.print(table)
