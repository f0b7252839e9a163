"""The invented companies of SideDealBench: which seeds are for learning, which for reporting, and how one is scanned.

A folder of trails that somebody else invented, each with its truth, takes part in the same way: its scenario is its name.
"""

import pickle
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from mingdan.engine.findings import Finding
from mingdan.engine.parameters import shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.scan import ask, salespeople_of
from mingdan.engine.simulate import simulate

CACHE = Path(__file__).parents[1] / ".cache" / "side_deal_bench"


@dataclass(frozen=True)
class World:
    """One invented company: ours, drawn from its seed, or somebody else's in the folder `trail`."""

    scenario: str
    seed: int
    reps: int = 0
    accounts: int = 0
    years: float = 0
    trail: Path | None = None

    def written(self, folder: Path) -> Path:
        """Return the company's trail; one of ours is written to the folder first."""
        if self.trail:
            return self.trail
        simulate(
            folder,
            reps=self.reps,
            accounts=self.accounts,
            years=self.years,
            seed=self.seed,
            scenario=self.scenario,  # type: ignore[arg-type]
        )
        return folder


def tuning_worlds(count: int) -> list[World]:
    """Return companies of many sizes for learning weights: seeds 1001 and up, never reported."""
    scenarios = ("mixed", "subtle", "mixed", "adaptive", "mixed", "none")
    worlds = []
    for place in range(count):
        dice = np.random.default_rng(10_000 + place)
        reps = int(dice.integers(40, 90))
        each, years = int(dice.integers(15, 30)), float(dice.choice([2, 2.5, 3]))
        worlds.append(World(scenarios[place % len(scenarios)], 1001 + place, reps, reps * each, years))
    return worlds


def reporting_worlds(scenario: str, count: int) -> list[World]:
    """Return companies of 100 salespeople and 3 years for the published table: seeds 2001 and up, never used to learn."""
    first = 2001 + 100 * ("mixed", "subtle", "adaptive", "none").index(scenario)
    return [World(scenario, first + place, 100, 2000, 3) for place in range(count)]


def worlds_in(folder: Path) -> list[World]:
    """Return the companies of a folder that somebody else filled: every trail in it that has a truth."""
    trails = sorted(one.parent for one in folder.glob("*/truth"))
    return [World(folder.name, place, trail=trail) for place, trail in enumerate(trails, start=1)]


@dataclass(frozen=True)
class Scanned:
    """What was found in a company as of a moment, and its truth: rows of `truth/` by table."""

    world: World
    moment: datetime
    salespeople: int
    findings: tuple[Finding, ...]
    truth: dict[str, list[dict[str, Any]]]


def scanned(worlds: Sequence[World], looks_back: Sequence[int], processes: int = 2) -> list[Scanned]:
    """Return every company scanned as many days before its end as `looks_back` says; kept on disk for the next time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(_scan_or_load, world, tuple(looks_back)) for world in worlds]
        return [one for job in jobs for one in job.result()]


def _scan_or_load(world: World, looks_back: tuple[int, ...]) -> list[Scanned]:
    kept = CACHE / f"tuning-{world.scenario}-{world.seed}.pickle"
    if kept.exists():
        loaded: list[Scanned] = pickle.loads(kept.read_bytes())  # noqa: S301  # our own file
        return loaded
    with tempfile.TemporaryDirectory() as folder:
        trail, workspace = world.written(Path(folder, "trail")), Path(folder, "workspace")
        workspace.mkdir()
        truth = {
            name: pq.read_table(trail / "truth" / f"{name}.parquet").to_pylist()  # type: ignore[no-untyped-call]
            for name in ("diversions", "employees")
        }
        read = read_trail(trail, workspace=workspace)
        found = []
        for days in looks_back:
            moment = read.latest - timedelta(days=days)
            tables = read.as_of(moment)
            _, findings = ask(tables, shipped(), lambda _what, _share: None, strict=True)
            found.append(Scanned(world, moment, len(salespeople_of(tables)), findings, truth))
        read.close()
    kept.write_bytes(pickle.dumps(found))
    print(f"{world.scenario} {world.seed}: {[len(one.findings) for one in found]} findings", flush=True)
    return found
