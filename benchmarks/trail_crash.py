"""Does a kill -9 lose entries that were acknowledged? Rounds under load on PostgreSQL and SQLite, and broken builds.

A client counts an entry as acknowledged when its transaction has committed, and keeps the id and hash (a receipt).
On PostgreSQL every process of the server is killed, on SQLite the whole application. Then everything acknowledged must be
there and the log must verify. Two broken builds are the control: PostgreSQL with synchronous_commit=off, and an
application that acknowledges before it commits. They must be seen to lose: else this measurement is blind.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

WRITERS = 4
LOAD_SECONDS = (0.6, 1.6)

# The log is written out late and seldom, by the sound build and by the broken one: what only memory holds is lost.
LATE = {"wal_writer_delay": "10s", "wal_writer_flush_after": "2GB", "wal_buffers": "16MB"}

TOO_MANY = 10
"""Entries of one transaction in the build that acknowledges each before the commit of all."""

Acknowledge = Callable[[str, str], object]
"""Takes an entry's id and hash, as a client would."""


@dataclass
class Outcome:
    """What rounds of one build came to."""

    build: str
    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    unacknowledged: int = 0
    doubts: int = 0
    slowest_recovery_seconds: float = 0.0


def main() -> int:
    """Run the rounds, print what came of them, and return 1 if a sound build lost something or a broken one nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--control-rounds", type=int, default=10, help="at most; one that loses is enough")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="where to put the databases; process kills ask nothing of a disk")
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    chosen = parser.parse_args()
    outcomes = []
    folder = Path(tempfile.mkdtemp(prefix="mingdan-crash-", dir=chosen.folder))
    try:
        for build in _builds(chosen.only):
            rounds = chosen.control_rounds if "broken" in build else chosen.rounds
            outcomes.append(_in_child(build, rounds, folder))
            if not chosen.json:
                _print(outcomes[-1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if chosen.json:
        print(json.dumps([asdict(one) for one in outcomes]))
    sound = [one for one in outcomes if "broken" not in one.build]
    broken = [one for one in outcomes if "broken" in one.build]
    is_good = all(one.lost == one.doubts == 0 for one in sound) and all(one.lost > 0 for one in broken)
    return 0 if is_good else 1


def _builds(only: str | None) -> list[str]:
    builds = [
        "postgresql",
        "postgresql, broken: synchronous_commit=off",
        "sqlite",
        "sqlite, broken: acknowledges too early",
    ]
    return [build for build in builds if only is None or build.startswith(only)]


def _print(one: Outcome) -> None:
    print(
        f"{one.build}: {one.rounds} rounds, {one.lost} of {one.acknowledged:,} acknowledged entries lost,"
        f" {one.unacknowledged} stored without acknowledgement, {one.doubts} doubts,"
        f" recovery at most {one.slowest_recovery_seconds:.1f} s",
        flush=True,
    )


def _in_child(build: str, rounds: int, folder: Path) -> Outcome:
    """Run one build in a process of its own, because Django keeps to one database."""
    result = folder / "outcome.json"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run = _postgresql_rounds if build.startswith("postgresql") else _sqlite_rounds
            outcome = run(build, rounds, Path(tempfile.mkdtemp(dir=folder)))
            result.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)  # the child must not go on with what the parent was doing
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError(f"the rounds of {build} did not finish")
    return Outcome(**json.loads(result.read_text(encoding="utf-8")))


def _start_django(url: str, folder: Path) -> None:
    os.environ |= {"DATABASE_URL": url, "MINGDAN_DATA": str(folder)}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", "trail", verbosity=0)


def _postgresql_rounds(build: str, rounds: int, folder: Path) -> Outcome:
    from trail_cluster import Cluster

    broken = {"synchronous_commit": "off"} if "broken" in build else {}
    outcome, receipts = Outcome(build), dict[str, str]()
    with Cluster(folder.parent.parent, **LATE, **broken) as cluster:
        _start_django(cluster.url, folder)
        from django.db import connections

        for _ in range(rounds):
            stop = threading.Event()
            threads = _writers(stop, receipts.__setitem__)
            time.sleep(random.uniform(*LOAD_SECONDS))  # noqa: S311
            cluster.kill()
            stop.set()
            for thread in threads:
                thread.join()
            connections.close_all()
            began = time.monotonic()
            cluster.start()
            outcome.slowest_recovery_seconds = max(outcome.slowest_recovery_seconds, time.monotonic() - began)
            _check(outcome, receipts)
            if broken and outcome.lost:
                break
        connections.close_all()
    return outcome


def _sqlite_rounds(build: str, rounds: int, folder: Path) -> Outcome:
    outcome, receipts = Outcome(build), dict[str, str]()
    _start_django(f"sqlite:///{folder / 'mingdan.sqlite3'}", folder)
    from django.db import connections

    for number in range(rounds):
        connections.close_all()
        acknowledged = folder / f"acknowledged-{number}"
        child = os.fork()
        if child == 0:
            _write_until_killed(acknowledged, is_early="broken" in build)
        time.sleep(random.uniform(*LOAD_SECONDS))  # noqa: S311
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = acknowledged.read_text(encoding="ascii").split("\n")[:-1]
        receipts |= dict(line.split(" ") for line in lines)
        _check(outcome, receipts)
        if "broken" in build and outcome.lost:
            break
    return outcome


def _write_until_killed(acknowledged: Path, *, is_early: bool) -> None:
    file = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _writers(threading.Event(), lambda entry, leaf: os.write(file, f"{entry} {leaf}\n".encode()), is_early=is_early)
    threading.Event().wait()


def _writers(stop: threading.Event, acknowledge: Acknowledge, *, is_early: bool = False) -> list[threading.Thread]:
    work = [lambda number=number: _write(stop, acknowledge, number, is_early) for number in range(WRITERS)]
    threads = [threading.Thread(target=_quietly, args=[one], daemon=True) for one in [*work, lambda: _sequence(stop)]]
    for thread in threads:
        thread.start()
    return threads


def _quietly(work: Callable[[], None]) -> None:
    """Do the work until the database goes away, which here is the point."""
    from django.db import DatabaseError, connection

    try:
        work()
    except DatabaseError:
        pass
    finally:
        connection.close()


def _write(stop: threading.Event, acknowledge: Acknowledge, writer: int, is_early: bool) -> None:
    from django.db import transaction
    from django.utils import timezone

    from mingdan.platform.trail.actions import record
    from mingdan.platform.trail.kinds import declare_kind
    from mingdan.platform.trail.models import PendingEntry
    from mingdan.platform.trail.tree import leaf_hash

    kind = declare_kind(
        "crash.done", en="{by} did {what}.", zh="{by} 做了 {what}。", fields=("what",), personal=("phone",)
    )
    number = 0
    while not stop.is_set():
        done = []
        with transaction.atomic():
            for _ in range(TOO_MANY if is_early else 1):
                number += 1
                values = {"what": f"{writer}-{number}", "phone": f"1367{writer}{number:06d}"}
                entry = record(kind, by=f"people.user:{writer}", at=timezone.now(), about="crm.deal:1", values=values)
                leaf = leaf_hash(PendingEntry.objects.get(entry_id=entry).text.encode()).hex()
                if is_early:
                    acknowledge(entry, leaf)
                else:
                    done.append((entry, leaf))
        for entry, leaf in done:
            acknowledge(entry, leaf)


def _sequence(stop: threading.Event) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from mingdan.platform.trail.sequencing import log_key, sequence

    key = log_key()
    while not stop.is_set():
        sequence(key, at=timezone.now(), every=timedelta(seconds=0.2))
        stop.wait(0.02)


def _check(outcome: Outcome, receipts: dict[str, str]) -> None:
    """Compare what clients hold with what the database has, and verify the log."""
    from mingdan.platform.trail.checking import verify_log
    from mingdan.platform.trail.models import Entry, PendingEntry
    from mingdan.platform.trail.note_reading import read_key
    from mingdan.platform.trail.sequencing import log_key
    from mingdan.platform.trail.tree import leaf_hash

    stored = {
        entry: leaf_hash(text.encode()).hex()
        for model in (Entry, PendingEntry)
        for entry, text in model.objects.filter(kind="crash.done").values_list("entry_id", "text")
    }
    lost = [entry for entry, leaf in receipts.items() if stored.get(entry) != leaf]
    outcome.rounds += 1
    outcome.lost += len(lost)
    for entry in lost:
        del receipts[entry]  # counted once
    outcome.acknowledged = len(receipts) + outcome.lost
    outcome.unacknowledged = len(stored.keys() - receipts.keys())
    outcome.doubts += len(verify_log(read_key(log_key().public)).doubts)


if __name__ == "__main__":
    sys.exit(main())
