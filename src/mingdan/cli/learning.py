"""`mingdan learn`: a company's own closed cases and call-backs move what each detector's word is worth."""

from pathlib import Path
from typing import Annotated

import typer

from mingdan.cli.console import out
from mingdan.cli.scanning import Parameters
from mingdan.engine.learning import learn_from, parameter_file, read_outcomes
from mingdan.engine.parameters import read_setup
from mingdan.engine.reading.atomic import whole_file

MOST_MOVED = 8


def learn(
    results: Annotated[
        list[Path], typer.Argument(help="Folders of scans (or scan.json files) that the cases came from.")
    ],
    outcomes: Annotated[
        Path, typer.Option("--outcomes", help="CSV: matter_id or account_id, and outcome (substantiated or unfounded).")
    ],
    parameters: Parameters = None,
    to: Annotated[Path, typer.Option("--out", help="The parameter file to write.")] = Path("mingdan-learnt.toml"),
) -> None:
    """Learn from closed cases and call-backs; write a parameter file for `scan --parameters` and `dry-run`."""
    before = read_setup(parameters).fusion
    learnt = learn_from(results, read_outcomes(outcomes), before)
    with whole_file(to) as draft:
        draft.write_text(parameter_file(learnt), encoding="utf-8")
    out.print(f"Learnt from {learnt.decided} decided matters, {learnt.true} of them substantiated.")
    out.print(f"Mean log loss {learnt.loss_before:.3f} before, {learnt.loss_after:.3f} after (on these same cases).")
    moved = sorted(learnt.fusion.scales, key=lambda code: -abs(learnt.fusion.scales[code] - before.scale(code)))
    for code in moved[:MOST_MOVED]:
        if learnt.fusion.scales[code] != before.scale(code):
            out.print(f"  {code}: {before.scale(code):.3f} -> {learnt.fusion.scales[code]:.3f}", highlight=False)
    out.print(f"Wrote {to}. Try it first: mingdan dry-run TRAIL --parameters {to}", highlight=False, soft_wrap=True)
