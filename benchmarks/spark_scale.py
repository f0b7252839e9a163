"""How a scan grows on DuckDB and on Spark, and whether both say the same, byte by byte.

Simulates a company at 1, 2 and 4 times a size and scans each with both engines, from Parquet: with Spark once handed over
from this machine and, at the first size, once in place. ENGINE names a master (default spark://local). Prints rows, seconds
and the comparison, and fits a cost for each engine: processor seconds = fixed + rows times a price. Sizes: REPS, ACCOUNTS and YEARS.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

REPS = int(os.environ.get("REPS", "20"))
ACCOUNTS = int(os.environ.get("ACCOUNTS", "1000"))
YEARS = float(os.environ.get("YEARS", "2"))
ENGINE = os.environ.get("ENGINE", "spark://local")
TIMES = tuple(int(times) for times in os.environ.get("TIMES", "1,2,4").split(","))
SEED = 20261123
TICKS = os.sysconf("SC_CLK_TCK")
MINGDAN = str(Path(sys.executable).with_name("mingdan"))


def run(*arguments: str) -> tuple[float, float]:
    """Run the command line; return its seconds, and the processor seconds of it and what it started (Linux)."""
    started = time.perf_counter()
    process = subprocess.Popen([MINGDAN, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spent: dict[int, float] = {}
    while process.poll() is None:
        spent |= processor_seconds(process.pid)
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"mingdan {' '.join(arguments)} failed")
    return time.perf_counter() - started, sum(spent.values())


def processor_seconds(root: int) -> dict[int, float]:
    """Return what a process and its descendants have used so far, by process."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        used[number] = (int(fields[11]) + int(fields[12])) / TICKS
    family = {root}
    while grown := {number for number, parent in parents.items() if parent in family} - family:
        family |= grown
    return {number: used[number] for number in family if number in used}


def said(out: Path) -> tuple[dict[str, Any], bytes, bytes]:
    """Return what a scan said without timings and the engine's name."""
    document = json.loads((out / "scan.json").read_text(encoding="utf-8"))
    for timed in (document["scan"], *document["scan"]["detectors"]):
        timed.pop("seconds", None)
    document["scan"].pop("engine")
    return document, (out / "findings.parquet").read_bytes(), (out / "set_aside.csv").read_bytes()


def measure(folder: Path, times: int) -> dict[str, float]:
    """Simulate one size, scan it with each engine, and return rows and processor seconds."""
    trail = folder / "trail"
    size = ["--reps", str(REPS * times), "--accounts", str(ACCOUNTS * times), "--years", str(YEARS)]
    run("simulate", str(trail), *size, "--seed", str(SEED))
    ways = {"duckdb": (str(trail), "duckdb"), "spark": (str(trail), ENGINE)}
    if times == TIMES[0]:
        ways["spark in place"] = (trail.as_uri(), ENGINE)
    seconds, answers = {}, {}
    for way, (where, engine) in ways.items():
        out = folder / way.replace(" ", "_")
        seconds[way] = run("scan", where, "--engine", engine, "--out", str(out))
        answers[way] = said(out)
    document = answers["duckdb"][0]
    rows = sum(table["rows"] for table in document["scan"]["tables"].values())
    for way, (wall, spent) in seconds.items():
        same = "the same bytes" if answers[way] == answers["duckdb"] else "DIFFERENT BYTES"
        found = len(document["findings"])
        print(
            f"{times}x {rows:>11,} rows {way:15}{wall:8.1f} s, processor {spent:7.1f} s, {found:,} findings: {same}",
            flush=True,
        )
    return {"rows": rows, **{way: spent for way, (_, spent) in seconds.items()}}


def print_price(way: str, sizes: list[dict[str, float]]) -> None:
    """Print the cost model of an engine: least squares over the sizes."""
    rows = np.array([size["rows"] for size in sizes]) / 1e6
    seconds = np.array([size[way] for size in sizes])
    price, fixed = np.polyfit(rows, seconds, 1)
    growth = ", ".join(f"{one / seconds[0]:.2f}" for one in seconds)
    print(f"{way}: processor {fixed:.0f} s + {price:.1f} s for each million rows; growth {growth}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mingdan-bench-") as folder:
        sizes = []
        for times in TIMES:
            there = Path(folder) / str(times)
            there.mkdir()
            sizes.append(measure(there, times))
    for way in ("duckdb", "spark"):
        print_price(way, sizes)


if __name__ == "__main__":
    main()
