"""SideDealBench: the table of detection.md §8.3 for all four scenarios, on seeds that nothing was learnt from.

Each company of 100 salespeople and 3 years is looked at month by month over its last year (or less often, see --every),
as if it were then; the baselines see the whole trail at its end. What was found in each company is kept in
.cache/side_deal_bench, so that a run that was cut short goes on where it stopped.

    python benchmarks/side_deal_bench.py [--seeds 20] [--scenarios mixed subtle adaptive none] [--every month]

With `--trails FOLDER...` companies that somebody else invented, with their truth, are measured too.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from side_deal_baselines import mechanical, points, spoken, words_and_acts
from side_deal_table import table_of
from side_deal_worlds import CACHE, World, reporting_worlds, worlds_in

from mingdan.engine.evaluate.judging import LOWERED
from mingdan.engine.evaluate.reading import Judge, Judged
from mingdan.engine.evaluate.replayed import (
    IN_TIME,
    Raising,
    Run,
    days_to_raise,
    margin_in_time,
    named_in,
    raised_in,
    read_run,
)
from mingdan.engine.findings import Finding
from mingdan.engine.output import scan_json, write_alerts
from mingdan.engine.parameters import shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.replay import days_of, replay
from mingdan.engine.scan import ScanOptions

SCENARIOS = ("mixed", "subtle", "adaptive", "none")
LAST = timedelta(days=365)
YEARS = 3.0
"""How long somebody counts as watched where another hand's truth does not say: its companies have three years."""

MEASURED = Path(__file__).parents[1] / "src/mingdan/engine/documents/measured.json"


def record_of(world: World, every: str) -> dict[str, Any]:
    """Return everything the table needs of one company, from disk if it is there."""
    kept = CACHE / f"reported-{every}-{world.scenario}-{world.seed}.json"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            record = _measured(world, every, Path(folder))
        kept.write_text(json.dumps(record), encoding="utf-8")
        print(f"{world.scenario} {world.seed} done", flush=True)
    loaded: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return loaded


def _measured(world: World, every: str, folder: Path) -> dict[str, Any]:
    trail, out, workspace = world.written(folder / "trail"), folder / "replay", folder / "workspace"
    out.mkdir()
    workspace.mkdir()
    read = read_trail(trail, workspace=workspace)
    end = read.latest.date()
    results = []
    for result in replay(read, _days(end, every), ScanOptions(), on_progress=lambda _what, _share: None):
        (out / f"{result.as_of}").mkdir()
        text = scan_json(result, shipped().by_code)
        (out / f"{result.as_of}" / "scan.json").write_text(text, encoding="utf-8")
        results.append(result)
    write_alerts(results, out / "alerts.parquet")
    read.close()
    run = read_run(out, trail / "truth")
    record = _of_run(run)
    people = sorted(person.employee for person in run.people)
    names, values = mechanical(trail)
    np.savez_compressed(CACHE / f"features-{world.scenario}-{world.seed}.npz", names=np.array(names), values=values)
    findings = results[-1].findings
    return {
        **record,
        "scenario": world.scenario,
        "seed": world.seed,
        "words": words_and_acts(trail, people),
        "points": points(findings, people),
        "spoken": spoken(findings, people),
        "detectors": _by_detector(run, findings),
    }


def _days(end: Any, every: str) -> Any:
    """Return the days of the last year, the end of the trail the last of them."""
    if every == "end":
        return (end,)
    days = days_of(end - LAST, end, every)  # type: ignore[arg-type]
    return (*days[:-1], end) if days[-1] != end else days


def _of_run(run: Run) -> dict[str, Any]:
    named, lowered = named_in(run), raised_in(run, LOWERED)
    guilty = {one.employee for one in run.diversions}
    last: dict[str, Judged] = {}
    for look in run.looks:
        last.update((one.matter["matter_id"], one) for one in look.matters if one.employee)
    best: dict[str | None, float] = defaultdict(float)
    for one in run.looks[-1].matters:
        best[one.employee] = max(best[one.employee], one.probability)
    people = sorted(run.people, key=lambda person: person.employee)
    return {
        "alerts": [one.judged.is_true for one in named],
        "guilty": [person.employee in guilty for person in people],
        "named": [any(one.judged.employee == person.employee for one in named) for person in people],
        "found": [_found(person.employee, named) for person in people],
        "found_lowered": [_found(person.employee, lowered) for person in people],
        "twin": [person.twin if not person.scheme else None for person in people],
        "years": [YEARS if person.years is None else person.years for person in people],
        "ours": [best[person.employee] for person in people],
        "matters": [[one.probability, one.is_true] for one in last.values()],
        "margins": {scheme: _margins(run, scheme, named, lowered) for scheme in sorted({d.scheme for d in run.ripe})},
        "by_family": _by_family(run, lowered),
        "days": [*map(dict, days_to_raise(run, lowered))],
        "days_named": [*map(dict, days_to_raise(run, named))],
    }


def _by_detector(run: Run, findings: Sequence[Finding]) -> dict[str, dict[str, Any]]:
    """Return for each detector how many findings named a salesperson, how many were true, and whom these reached."""
    judge = Judge(run.diversions)
    names = ("employee_id", "account_ids", "opportunity_ids", "company_ids")
    rows: dict[str, dict[str, Any]] = {}
    for one in findings:
        if one.employee_id and one.weight > 0:
            row = rows.setdefault(one.detector, {"findings": 0, "true": 0, "found": []})
            row["findings"] += 1
            if judge({name: getattr(one, name) for name in names}).is_true:
                row["true"] += 1
                row["found"] = sorted({*row["found"], one.employee_id})
    return rows


def write_measured(records: dict[str, list[dict[str, Any]]]) -> None:
    """Write what each detector reached for the catalogue."""
    told = [record for scenario, found in records.items() if scenario != "none" for record in found]
    sums: dict[str, dict[str, int]] = {}
    for record in told:
        for code, row in record["detectors"].items():
            total = sums.setdefault(code, {"findings": 0, "true": 0, "found": 0})
            for name in ("findings", "true"):
                total[name] += row[name]
            total["found"] += len(row["found"])
    guilty = sum(sum(record["guilty"]) for record in told)
    groups = {"under two years": [0, 0], "longer": [0, 0]}
    for record in (one for found in records.values() for one in found):
        for is_guilty, years, score in zip(record["guilty"], record["years"], record["ours"], strict=True):
            if not is_guilty:
                group = groups["under two years" if years < 2 else "longer"]
                group[0] += score >= LOWERED
                group[1] += 1
    document = {
        "companies": len(told),
        "guilty": guilty,
        "fairness": groups,
        "detectors": dict(sorted(sums.items())),
    }
    MEASURED.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _found(employee: str, raised: tuple[Raising, ...]) -> bool:
    return any(one.judged.employee == employee and one.judged.is_true for one in raised)


def _margins(run: Run, scheme: str, named: tuple[Raising, ...], lowered: tuple[Raising, ...]) -> list[float]:
    whole = sum(one.margin for one in run.ripe if one.scheme == scheme)
    return [whole, *((margin_in_time(run, raised, scheme) or 0.0) * whole for raised in (named, lowered))]


def _by_family(run: Run, raised: tuple[Raising, ...]) -> dict[str, dict[str, float]]:
    """Return by family the days from first diversion to alert of each person raised with its help."""
    families = sorted({family for one in raised for family in one.judged.families})
    return {
        family: days_to_raise(run, [one for one in raised if family in one.judged.families])[0] for family in families
    }


def main() -> None:
    """Measure every company that is not yet on disk, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--scenarios", nargs="*", default=SCENARIOS, choices=SCENARIOS)
    parser.add_argument("--every", default="month", choices=("week", "month", "quarter", "end"))
    parser.add_argument("--trails", nargs="*", type=Path, default=())
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    records: dict[str, list[dict[str, Any]]] = {}
    with ProcessPoolExecutor(chosen.processes) as pool:
        worlds = {scenario: reporting_worlds(scenario, chosen.seeds) for scenario in chosen.scenarios}
        worlds |= {folder.name: worlds_in(folder) for folder in chosen.trails}
        # one of each scenario at a time, so that a run that is cut short has something of all
        in_turn = [world for one_of_each in zip_longest(*worlds.values()) for world in one_of_each if world]
        jobs = {world: pool.submit(record_of, world, chosen.every) for world in in_turn}
        for scenario, some in worlds.items():
            records[scenario] = [jobs[world].result() for world in some]
    text = table_of(records, every=chosen.every, in_time=IN_TIME.days)
    print(text)
    if chosen.out:
        write_measured(records)
        chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
