"""`mingdan scan` and `mingdan map`."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mingdan.cli.console import out, print_json, progress_shown, workspace_for
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.output import scan_json, write_findings
from mingdan.engine.parameters import read_setup
from mingdan.engine.reading import ReadTrail
from mingdan.engine.reading.atomic import whole_file, whole_folder
from mingdan.engine.report import render
from mingdan.engine.result import ScanResult
from mingdan.engine.scan import DUCKDB, ScanOptions
from mingdan.engine.scan import scan as scan_trail
from mingdan.engine.sources import SOURCES

Trail = Annotated[Path, typer.Argument(help="A folder of exports, one .xlsx, or a DuckDB or SQLite file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _day(written: str | None) -> datetime | None:
    """Read --as-of: a date counts to its end, a time is taken as UTC unless it names a zone."""
    if written is None:
        return None
    try:
        if len(written) == len("2025-03-31"):
            return datetime.combine(date.fromisoformat(written), time.max)
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is no date; write it as 2025-03-31.") from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _source(name: str | None) -> str | None:
    known = [source.name for source in SOURCES]
    if name is not None and name not in known:
        raise typer.BadParameter(f"there is no source {name!r}; known are {', '.join(known)}.")
    return name


Source = Annotated[str | None, typer.Option(callback=_source, help="Whose export it is; found out if left away.")]
Mapping = Annotated[Path | None, typer.Option(help="A mapping file (TOML) for other exports; see `mingdan map`.")]
Parameters = Annotated[
    Path | None, typer.Option("--parameters", help="A parameter file (TOML): what to ask and how to weigh.")
]
KeyFile = Annotated[Path | None, typer.Option(envvar="MINGDAN_KEY_FILE", help="The secret behind match keys.")]


def _engine(name: str) -> str:
    if name != DUCKDB and not name.startswith("spark://"):
        raise typer.BadParameter(f"there is no engine {name!r}; known are duckdb, spark://host:port and spark://local.")
    return name


def scan(
    trail: Annotated[
        str, typer.Argument(help="As for `map`; with Spark also a folder at hdfs://..., s3a://... or file:///...")
    ],
    source: Source = None,
    mapping: Mapping = None,
    key_file: KeyFile = None,
    as_of: Annotated[
        str | None, typer.Option(help="Look at nothing later than this date. [default: the latest in the trail]")
    ] = None,
    out_folder: Annotated[Path, typer.Option("--out", help="Where to write the result.")] = Path("mingdan-scan"),
    budget: Annotated[
        int | None, typer.Option(min=0, help="At most so many alerts. [default: 4 for each 100 salespeople]")
    ] = None,
    min_probability: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="An alert must be at least so probable.")
    ] = 0.8,
    engine: Annotated[
        str, typer.Option(callback=_engine, help="What computes: duckdb, spark://host:port, or spark://local.")
    ] = DUCKDB,
    parameters: Parameters = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that cannot be used.")] = False,
    names: Annotated[bool, typer.Option("--names", help="Show people's names in the report.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find side deals in a company's exports and write a report that explains every finding."""
    options = ScanOptions(source, mapping, key_file, _day(as_of), budget, min_probability, strict, engine)
    with workspace_for(out_folder) as workspace, progress_shown("reading") as on_progress:
        result, read = scan_trail(
            trail, options, workspace=workspace, on_progress=on_progress, setup=read_setup(parameters)
        )
        write_result(result, read, out_folder, with_names=names)
        read.close()
    if as_json:
        print_json(json.loads((out_folder / "scan.json").read_text(encoding="utf-8")))
    else:
        print_summary(result, out_folder)


def write_result(result: ScanResult, read: ReadTrail, out_folder: Path, *, with_names: bool) -> None:
    """Write scan.json, findings.parquet, set_aside.csv and report.html, all of them or none."""
    by_code = {detector.code: detector for detector in DETECTORS}
    with whole_folder(out_folder) as folder:
        (folder / "scan.json").write_text(scan_json(result, by_code), encoding="utf-8")
        write_findings(result, by_code, folder / "findings.parquet")
        read.write_set_aside(folder / "set_aside.csv")
        (folder / "report.html").write_text(render(result, with_names=with_names), encoding="utf-8")


def print_summary(result: ScanResult, out_folder: Path) -> None:
    """Print what was found in a few lines."""
    rows = sum(table.rows for table in result.tables)
    set_aside = sum(table.set_aside for table in result.tables)
    ran = [run for run in result.detectors if run.status == "ran"]
    out.print(f"Read {rows:,} rows of {len(result.tables)} tables up to {result.as_of}; set aside {set_aside:,}.")
    out.print(
        f"{len(ran)} detectors ran, {len(result.detectors) - len(ran)} were skipped; {len(result.findings):,} findings."
    )
    if result.alerts:
        out.print(_alerts_table(result))
    else:
        out.print("No alert: nothing reached two independent kinds of evidence and the probability asked for.")
    out.print(f"{len(result.callbacks)} customers to call back. Report: {out_folder / 'report.html'}", soft_wrap=True)


def _alerts_table(result: ScanResult) -> Table:
    table = Table("rank", "salesperson", "customers", "probability", f"at risk ({result.currency})", "evidence")
    for alert in result.alerts:
        matter = alert.matter
        table.add_row(
            str(alert.rank),
            str(result.numbers.get(matter.employee_id or "", "")),
            str(len(matter.account_ids)),
            f"{matter.probability:.2f}",
            f"{matter.amount_at_risk:,.0f}",
            ", ".join(matter.families),
        )
    return table


def propose(
    folder: Trail,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write the mapping here instead of printing it.")
    ] = None,
) -> None:
    """Propose a mapping file for exports of any shape, from their headings and values."""
    from mingdan.engine.sources.propose import propose_for_folder

    where = out_file or Path("mapping.toml")
    with workspace_for(where.absolute().parent) as workspace, progress_shown("looking"):
        text = propose_for_folder(folder, workspace=workspace)
    if out_file is None:
        out.print(text, markup=False, highlight=False, soft_wrap=True, end="")
        return
    with whole_file(out_file) as file:
        file.write_text(text, encoding="utf-8")
    out.print(f"Wrote {out_file}. Check it, then: mingdan scan {folder} --mapping {out_file}", soft_wrap=True)
