"""How long a full scan takes, how it grows, and what each detector costs beside merely reading its columns.

Simulates a company, scans it in a process of its own, and prints rows, seconds and peak memory; before it the same for
a quarter and a half of the company, to show growth. Sizes: REPS, ACCOUNTS and YEARS in the environment.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

REPS = int(os.environ.get("REPS", "500"))
ACCOUNTS = int(os.environ.get("ACCOUNTS", "50000"))
YEARS = float(os.environ.get("YEARS", "5"))
SEED = 20261123
LIMIT_SECONDS, LIMIT_GIB = 300, 8
MINGDAN = str(Path(sys.executable).with_name("mingdan"))

MEASURED = """
import resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def measured(*arguments: str) -> tuple[float, float]:
    """Run the command line; return its seconds and its peak resident memory in GiB."""
    command = [sys.executable, "-c", MEASURED, MINGDAN, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, kibibytes = done.stdout.split()
    return float(seconds), int(kibibytes) / 2**20


def reading_floor(trail: Path, reads: dict[str, set[str]]) -> float:
    """Return the seconds to read these columns once from Parquet and count something of each."""
    started = time.perf_counter()
    for table, columns in sorted(reads.items()):
        file = trail / f"{table}.parquet"
        if file.exists():
            present = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'").fetchall()}
            counted = [f'max(hash("{column}"))' for column in sorted(columns & present)]
            duckdb.sql(f"SELECT count(*), {', '.join(counted) or '0'} FROM '{file}'").fetchall()
    return time.perf_counter() - started


def scanned(folder: Path, share: float) -> dict[str, float]:
    """Simulate a company of this share of the full size, scan it, print what it took; return rows, seconds, GiB."""
    trail, out = folder / "trail", folder / "scan"
    size = ["--reps", str(round(REPS * share)), "--accounts", str(round(ACCOUNTS * share)), "--years", str(YEARS)]
    seconds, gib = measured("simulate", str(trail), *size, "--seed", str(SEED))
    print(f"{share:4.2f}x simulated in {seconds:.0f} s, peak {gib:.1f} GiB", flush=True)
    seconds, gib = measured("scan", str(trail), "--out", str(out))
    document = json.loads((out / "scan.json").read_text(encoding="utf-8"))
    rows = sum(table["rows"] for table in document["scan"]["tables"].values())
    print(f"{share:4.2f}x {rows:>12,} rows scanned in {seconds:6.1f} s, peak {gib:.2f} GiB", flush=True)
    if share == 1:
        print_detectors(trail, document["scan"])
    return {"rows": rows, "seconds": seconds, "gib": gib}


def print_detectors(trail: Path, document: dict[str, Any]) -> None:
    """Print rows by table, and each detector's seconds beside the floor of reading its columns once."""
    for name, table in document["tables"].items():
        print(f"     {name:24}{table['rows']:>12,}")
    reads = {one["code"]: one for one in catalogue()}
    print(f"     {'detector':24}{'findings':>9}{'seconds':>9}{'floor':>8}{'times':>7}")
    for run in document["detectors"]:
        if run["status"] != "ran":
            print(f"     {run['code']:24} skipped: {run['reason']}")
            continue
        floor = reading_floor(trail, columns_of(reads[run["code"]]))
        times = run["seconds"] / floor
        print(f"     {run['code']:24}{run['findings']:>9,}{run['seconds']:>9.2f}{floor:>8.2f}{times:>7.1f}")


def columns_of(one: dict[str, Any]) -> dict[str, set[str]]:
    """Return the columns that a detector reads or uses, by table."""
    tables = {*one["reads"], *one["uses"]}
    return {table: {*one["reads"].get(table, ()), *one["uses"].get(table, ())} for table in tables}


def catalogue() -> list[dict[str, Any]]:
    """Return the detectors as the command line prints them."""
    printed = subprocess.run([MINGDAN, "detectors", "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
    detectors: list[dict[str, Any]] = json.loads(printed)
    return detectors


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mingdan-bench-") as folder:
        sizes = {share: scanned(Path(folder) / f"{share}", share) for share in (0.25, 0.5, 1.0)}
    full, least = sizes[1.0], sizes[0.25]
    met = {True: "met", False: "MISSED"}
    print(f"limit {LIMIT_SECONDS} s: {met[full['seconds'] <= LIMIT_SECONDS]} at {full['seconds']:.0f} s")
    print(f"limit {LIMIT_GIB} GiB: {met[full['gib'] <= LIMIT_GIB]} at {full['gib']:.2f} GiB")
    for share, size in sizes.items():
        by_row = size["seconds"] / size["rows"] / (least["seconds"] / least["rows"])
        times = size["seconds"] / least["seconds"]
        print(f"{share / 0.25:.0f}x the company: {times:.2f} times the time, {by_row:.2f} times by row")


if __name__ == "__main__":
    main()
