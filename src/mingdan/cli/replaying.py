"""`mingdan replay`: what the scans of earlier months would have said."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mingdan.cli.console import out, progress_shown, workspace_for
from mingdan.cli.scanning import KeyFile, Mapping, Parameters, Source, Trail
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.output import scan_json, write_alerts
from mingdan.engine.parameters import read_setup
from mingdan.engine.reading import read_trail
from mingdan.engine.reading.atomic import whole_folder
from mingdan.engine.replay import Every, days_of
from mingdan.engine.replay import replay as replay_trail
from mingdan.engine.result import ScanResult
from mingdan.engine.scan import ScanOptions


def day(written: str) -> date:
    """Read a day written as 2025-03-31."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is no date; write it as 2025-03-31.") from None


From = Annotated[date, typer.Option("--from", parser=day, metavar="DATE", help="The first day to look at.")]
To = Annotated[date, typer.Option("--to", parser=day, metavar="DATE", help="The last day to look at.")]


def days_between(start: date, end: date, every: Every) -> tuple[date, ...]:
    """Return the days to look at; complain where there are none."""
    if end < start:
        raise typer.BadParameter(f"{end} lies before {start}.", param_hint="--to")
    return days_of(start, end, every)


def replay(
    trail: Trail,
    start: From,
    end: To,
    every: Annotated[Every, typer.Option(help="How often to look.")] = "month",
    source: Source = None,
    mapping: Mapping = None,
    key_file: KeyFile = None,
    out_folder: Annotated[Path, typer.Option("--out", help="Where to write the results.")] = Path("mingdan-replay"),
    budget: Annotated[
        int | None, typer.Option(min=0, help="At most so many alerts each time. [default: 4 for each 100 salespeople]")
    ] = None,
    min_probability: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="An alert must be at least so probable.")
    ] = 0.8,
    parameters: Parameters = None,
) -> None:
    """Scan month after month as if it were then: nothing later is looked at, and nothing is raised twice."""
    days = days_between(start, end, every)
    options = ScanOptions(source, mapping, key_file, budget=budget, min_probability=min_probability)
    by_code = {detector.code: detector for detector in DETECTORS}
    results: list[ScanResult] = []
    with (
        workspace_for(out_folder) as workspace,
        progress_shown("reading") as on_progress,
        whole_folder(out_folder) as folder,
    ):
        read = read_trail(trail, source=source, mapping=mapping, key_file=key_file, workspace=workspace)
        for result in replay_trail(read, days, options, on_progress=on_progress, setup=read_setup(parameters)):
            (folder / f"{result.as_of}").mkdir()
            (folder / f"{result.as_of}" / "scan.json").write_text(scan_json(result, by_code), encoding="utf-8")
            results.append(result)
        write_alerts(results, folder / "alerts.parquet")
        read.close()
    _print(results, out_folder)


def _print(results: list[ScanResult], out_folder: Path) -> None:
    alerts = [(result, alert) for result in results for alert in result.alerts]
    table = Table("raised", "salesperson", "customers", "probability", "at risk", "evidence")
    for result, alert in alerts:
        matter = alert.matter
        table.add_row(
            f"{result.as_of}",
            str(result.numbers.get(matter.employee_id or "", "")),
            str(len(matter.account_ids)),
            f"{matter.probability:.2f}",
            f"{matter.amount_at_risk:,.0f} {result.currency}",
            ", ".join(matter.families),
        )
    if alerts:
        out.print(table)
    out.print(f"{len(alerts)} alerts in {len(results)} looks. Results: {out_folder}", soft_wrap=True)
