"""Declare and log-skeleton conformance: our engine against pm4py, on the same rules and the same CSV.

pm4py (AGPL) is installed into a throw-away environment and discovers the rules; then each side reads the CSV and checks
every case in a process of its own. Verdicts are compared case by case and rule by rule on the two logs, and by number of
deviations on the logs repeated to 260,000 events, where time and memory are measured. The CSV has all columns of the log.
Ours reads the three it needs. pm4py is measured twice: reading the file as its guide does, and told to read only these
three; the targets are judged against both. PM4PY_PYTHON names an interpreter that already has pm4py.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

LOGS = Path(__file__).parents[2] / "shared" / "data" / "process_logs"
PEER = "pm4py==2.7.23.11"
EVENTS = 260_000
TIMES_FASTER, TIMES_LEANER = 10, 10
WAYS = ("declare", "skeleton")
COLUMNS = ("case", "activity", "time")
Row = dict[str, str]

MEMORY = """
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""

DISCOVER = """
import json, sys, pandas, pm4py
log = pandas.read_csv(sys.argv[1], dtype=str)
log = pm4py.format_dataframe(log, case_id="case", activity_key="activity", timestamp_key="time")
declare = pm4py.discover_declare(log, min_support_ratio=0.02, min_confidence_ratio=0.8)
skeleton = pm4py.discover_log_skeleton(log, noise_threshold=0.03)
model = {
    "declare": {t: [list(r) if isinstance(r, tuple) else [r] for r in sorted(rules)] for t, rules in declare.items()},
    "skeleton": {t: sorted([a, *n] for a, n in r.items()) if t == "activ_freq" else sorted(map(list, r))
                 for t, r in skeleton.items()},
}
json.dump(model, open(sys.argv[2], "w"))
"""

PEER_CHECK = """
import json, sys, time, pandas, pm4py
baseline = peak()
way, file, model_file, out, detailed, *columns = sys.argv[1:]
model = json.load(open(model_file))[way]
start = time.perf_counter()
log = pandas.read_csv(file, dtype=str, usecols=columns or None)
log = pm4py.format_dataframe(log, case_id="case", activity_key="activity", timestamp_key="time")
read = time.perf_counter()
if way == "declare":
    model = {t: {tuple(r) if len(r) > 1 else r[0]: {} for r in rules} for t, rules in model.items()}
    found = pm4py.conformance_declare(log, model)
else:
    model = {t: {r[0]: set(r[1:]) for r in rules} if t == "activ_freq" else {tuple(r) for r in rules}
             for t, rules in model.items()}
    found = pm4py.conformance_log_skeleton(log, model)
done = time.perf_counter()
measured = {"read": read - start, "check": done - read, "mebibytes": peak() - baseline}

def rules_broken(case):
    for relation, said in case["deviations"]:
        if way == "declare":
            yield [relation, *([said] if isinstance(said, str) else said)]
        elif relation == "activ_freq":
            yield [relation, said[0]]
        else:
            yield from ([relation, *pair] for pair in said)

cases = [sorted(rules_broken(c)) if detailed == "yes" else c["no_dev_total"] for c in found]
json.dump({"measured": measured, "cases": cases}, open(out, "w"))
"""

OUR_CHECK = """
import json, sys, time
from pathlib import Path
import our_side
baseline = peak()
way, file, model_file, out, detailed = sys.argv[1:]
model = json.loads(Path(model_file).read_text())[way]
start = time.perf_counter()
log = our_side.read(Path(file))
read = time.perf_counter()
rules, broken, which = our_side.deviations(log, way, model)
done = time.perf_counter()
measured = {"read": read - start, "check": done - read, "mebibytes": peak() - baseline}
if detailed == "yes":
    by_variant = [sorted(rules[row] for row in column.nonzero()[0]) for column in broken.T]
else:
    by_variant = broken.sum(axis=0).tolist()
json.dump({"measured": measured, "cases": [by_variant[v] for v in which]}, open(out, "w"))
"""


def receipt() -> Iterator[Row]:
    """Yield the events of the municipality's permit log."""
    with (LOGS / "receipt.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names = {"case:concept:name": "case", "concept:name": "activity", "time:timestamp": "time"}
            yield {names.get(name, name): value for name, value in row.items()}


def incidents() -> Iterator[Row]:
    """Yield the events of the incident log; an activity is a status with its lifecycle state."""
    with gzip.open(LOGS / "07_bpic2013_incidents.xes.gz") as file:
        for _, node in ElementTree.iterparse(file):  # noqa: S314  # a file of our own shelf
            if node.tag.endswith("trace"):
                case = _values(node)["concept:name"]
                for event in (child for child in node if child.tag.endswith("event")):
                    said = _values(event)
                    activity = f"{said.pop('concept:name')} / {said['lifecycle:transition']}"
                    yield {"case": case, "activity": activity, "time": said.pop("time:timestamp"), **said}
                node.clear()


def _values(node: ElementTree.Element) -> dict[str, str]:
    return {child.attrib["key"]: child.attrib["value"] for child in node if "value" in child.attrib}


def write_csv(rows: list[Row], times: int, file: Path) -> int:
    """Write the log `times` over with renamed cases, in order of case and time; return the events."""
    numbers = {case: number for number, case in enumerate(dict.fromkeys(row["case"] for row in rows))}
    ordered = sorted(rows, key=lambda row: (numbers[row["case"]], row["time"]))
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        for copy in range(times):
            offset = copy * len(numbers)
            writer.writerows({**row, "case": f"c{numbers[row['case']] + offset:07d}"} for row in ordered)
    return times * len(rows)


def peer_python(folder: Path) -> str:
    """Return an interpreter with pm4py, made in `folder` unless PM4PY_PYTHON names one."""
    if ready := os.environ.get("PM4PY_PYTHON"):
        return ready
    print(f"installing {PEER} into a throw-away environment ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", PEER], check=True)
    return python


def run(python: str, script: str, *arguments: object) -> None:
    """Run a script in a process of its own; show what it printed only where it failed."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONWARNINGS": "ignore"}
    command = [python, "-c", MEMORY + script, *map(str, arguments)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


@dataclass(frozen=True)
class Side:
    """One who checks: an interpreter, what it runs, and the columns it is told to read."""

    name: str
    python: str
    script: str
    columns: tuple[str, ...] = ()


def said_by(side: Side, folder: Path, way: str, log: Path, detailed: str) -> dict[str, Any]:
    """Check one log with one kind of rules on one side; return what it measured and said."""
    out = folder / "said.json"
    run(side.python, side.script, way, log, folder / "model.json", out, detailed, *side.columns)
    said: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return said


def compare(sides: list[Side], folder: Path, name: str, rows: list[Row]) -> bool:
    """Print how one log went on all sides, ours last; return whether every target was met."""
    small, large = folder / "small.csv", folder / "large.csv"
    events = write_csv(rows, 1, small)
    repeated = write_csv(rows, -(-EVENTS // events), large)
    run(sides[0].python, DISCOVER, small, folder / "model.json")
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    met = True
    for way in WAYS:
        theirs, ours = (said_by(side, folder, way, small, "yes")["cases"] for side in (sides[0], sides[-1]))
        rules, broken = sum(map(len, model[way].values())), sum(map(len, ours))
        said = f"{len(ours):,} cases x {rules} rules, {broken:,} broken"
        print(f"{name}, {way}: {said}: {'same verdicts' if theirs == ours else 'DIFFERENT VERDICTS'}", flush=True)
        *peers, mine = (said_by(side, folder, way, large, "no") for side in sides)
        met &= theirs == ours and all(peer["cases"] == mine["cases"] for peer in peers)
        print(f"  repeated to {repeated:,} events:")
        met &= _told([side.name for side in sides], [one["measured"] for one in (*peers, mine)])
    return met


def _told(names: list[str], measured: list[dict[str, float]]) -> bool:
    """Print each side's figures, and how ours (the last) compare; return whether all targets are met."""
    ours, met = measured[-1], True
    for name, one in zip(names, measured, strict=True):
        said = f"read {one['read']:5.2f} s, check {one['check']:5.2f} s, grew {one['mebibytes']:6.1f} MiB"
        print(f"    {name:22}{said}", end="" if one is not ours else "\n", flush=True)
        if one is not ours:
            whole = (one["read"] + one["check"]) / (ours["read"] + ours["check"])
            checking, leaner = one["check"] / ours["check"], one["mebibytes"] / ours["mebibytes"]
            fast, lean = min(whole, checking) >= TIMES_FASTER, leaner >= TIMES_LEANER
            print(
                f": ours {whole:.1f} times faster, {checking:.1f} in checking {_met(fast)}, {leaner:.1f} leaner {_met(lean)}"
            )
            met &= fast and lean
    return met


def _met(met: bool) -> str:
    return "(met)" if met else "(MISSED)"


def main() -> int:
    if not LOGS.exists():
        print("the process logs are not on this machine: nothing to measure")
        return 0
    with tempfile.TemporaryDirectory(prefix="mingdan-bench-") as folder:
        python = peer_python(Path(folder) / "peer")
        peers = [Side("pm4py", python, PEER_CHECK), Side("pm4py, three columns", python, PEER_CHECK, COLUMNS)]
        sides = [*peers, Side("mingdan", sys.executable, OUR_CHECK)]
        logs = {"receipt": list(receipt()), "incidents": list(incidents())}
        met = [compare(sides, Path(folder), name, rows) for name, rows in logs.items()]
    print(f"targets (same verdicts, {TIMES_FASTER} times faster, a {TIMES_LEANER}th of the growth): {_met(all(met))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
