"""`mingdan simulate` and `mingdan evaluate`: companies whose truth is known."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from mingdan.cli.console import out, progress_shown
from mingdan.cli.scanning import AsJson
from mingdan.engine.evaluate import Evaluation, Measure
from mingdan.engine.evaluate import evaluate as evaluate_scan
from mingdan.engine.reading.atomic import whole_file
from mingdan.engine.simulate import simulate as simulate_company

Scenario = Literal["mixed", "subtle", "adaptive", "none"]

DEMO_SEED = 32
DEMO_SHARE = 0.1
"""Three of thirty salespeople divert orders, more than is usual, so that a small company has something to show."""


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder for the trail and its truth.")],
    reps: Annotated[int, typer.Option(min=1, help="Salespeople.")] = 30,
    accounts: Annotated[int, typer.Option(min=1, help="Customers.")] = 1500,
    years: Annotated[float, typer.Option(min=0.25, help="Years of history.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    scenario: Annotated[Scenario, typer.Option(help="How side deals are made; none for an honest company.")] = "mixed",
) -> None:
    """Write the trail of an invented company, and beside it the truth about its side deals."""
    with progress_shown("inventing a company") as on_progress:
        simulate_company(
            folder,
            reps=reps,
            accounts=accounts,
            years=years,
            seed=seed,
            scenario=scenario,
            on_progress=lambda share: on_progress("inventing a company", share),
        )
    out.print(f"Wrote {folder}; its truth lies in {folder / 'truth'}.", soft_wrap=True)


def evaluate(
    result: Annotated[Path, typer.Argument(help="The folder of a scan.")],
    truth: Annotated[Path, typer.Argument(help="The truth folder of the simulated company.")],
    as_json: AsJson = False,
) -> None:
    """Compare a scan with the truth of a simulated company; also written to evaluation.json beside the scan."""
    evaluation = evaluate_scan(result, truth)
    with whole_file(result / "evaluation.json") as file:
        file.write_text(evaluation.to_json(), encoding="utf-8")
    if as_json:
        sys.stdout.write(evaluation.to_json())
        return
    for heading, measures in evaluation.sections():
        if measures:
            out.print(_measures_table(heading, measures))
    out.print(_reliability_table(evaluation))


def _measures_table(heading: str, measures: Sequence[Measure]) -> Table:
    table = Table("figure", "value", "95 % interval", "n", "note", title=heading, title_justify="left")
    for one in measures:
        interval = "" if one.low is None and one.high is None else f"{_figure(one.low)} to {_figure(one.high)}"
        table.add_row(one.name, _figure(one.value), interval, str(one.n), one.note)
    return table


def _reliability_table(evaluation: Evaluation) -> Table:
    table = Table(
        "said", "true", "95 % interval", "matters", title="Reliability of probabilities", title_justify="left"
    )
    for one in evaluation.reliability:
        table.add_row(_figure(one.said), _figure(one.true), f"{_figure(one.low)} to {_figure(one.high)}", str(one.n))
    return table


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def has_screen() -> bool:
    """Return whether a browser window can be shown to somebody here."""
    if sys.platform in ("darwin", "win32"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
