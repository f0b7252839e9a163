"""How fast the audit trail is: what an action pays, how fast entries are numbered, how long a million take to verify.

Limits (issue of the platform core): at most 5 ms added to an action, at least 20,000 entries numbered in a second, a
million entries verified anew in at most 15 s on 2 cores. On SQLite and on a PostgreSQL server of its own, on this disk.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

ACTIONS = 300
BATCH = 5000


def main() -> int:
    """Measure both databases, each in a process of its own; return how many could not be measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    failed = 0
    for database, measure in (("sqlite", _on_sqlite), ("postgresql", _on_postgresql)):
        if chosen.only in (None, database):
            failed += _in_child(measure, chosen.entries)
    return failed


def _in_child(measure: Callable[[Path, int], None], entries: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="mingdan-trail-"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            measure(folder, entries)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)  # the child must not go on with what the parent was doing
    status = os.waitpid(child, 0)[1]
    shutil.rmtree(folder, ignore_errors=True)
    return int(status != 0)


def _on_sqlite(folder: Path, entries: int) -> None:
    _measure("SQLite", f"sqlite:///{folder / 'mingdan.sqlite3'}", folder, entries)


def _on_postgresql(folder: Path, entries: int) -> None:
    from trail_cluster import Cluster

    with Cluster() as cluster:
        _measure("PostgreSQL", cluster.url, folder, entries)


def _measure(name: str, url: str, folder: Path, entries: int) -> None:
    os.environ |= {"DATABASE_URL": url, "MINGDAN_DATA": str(folder)}
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", "trail", verbosity=0)
    _actions(name)
    _sequencing(name, entries)
    _verification(name)
    if name == "SQLite":
        _offline(folder)
    connections.close_all()


def _actions(name: str) -> None:
    """Time actions of one write each, in turn with and without an entry of two personal values."""
    from django.db import connection, transaction
    from django.utils import timezone

    from mingdan.platform.trail.actions import record
    from mingdan.platform.trail.kinds import declare_kind

    kind = declare_kind(
        "speed.done", en="{by} did {what}.", zh="{by} 做了 {what}。", fields=("what",), personal=("phone", "name")
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE speed_deed (number integer PRIMARY KEY, what varchar(100))")
    took: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * ACTIONS):
        recorded = number % 2 == 1
        began = time.perf_counter()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO speed_deed VALUES (%s, %s)", [number, "x" * 60])
            if recorded:
                values = {"what": "x" * 60, "phone": f"1367{number:07d}", "name": "林晓"}
                record(kind, by="people.user:1", at=timezone.now(), about=f"crm.deal:{number}", values=values)
        took[recorded].append(time.perf_counter() - began)
    for which, rank in (("half of the actions take", 0.5), ("the quickest tenth takes", 0.1)):
        plain, with_entry = (sorted(took[recorded])[int(ACTIONS * rank)] * 1000 for recorded in (False, True))
        print(f"{name}: {which} up to {plain:.2f} ms, with an entry {with_entry:.2f} ms: {with_entry - plain:+.2f} ms")


def _texts(entries: int) -> Iterator[tuple[str, ...]]:
    from django.utils import timezone

    from mingdan.platform.trail.entry_text import entry_text, new_entry_id, written_time

    at = written_time(timezone.now())
    for number in range(entries):
        found = {"entry_id": new_entry_id(), "kind": "speed.done", "about": f"crm.deal:{number % 50_000}"}
        found |= {"by": f"people.user:{number % 500}", "at": at}
        data = {"what": f"changed the amount of the quote from {number}.00 to {number + 1}.00", "reason": "x" * 40}
        yield (*found.values(), entry_text(**found, happened_at="", data=data, personal={}))


def _sequencing(name: str, entries: int) -> None:
    """Fill the outbox by and by, as it never holds a million, and time only the sequencer."""
    from django.utils import timezone

    from mingdan.platform.trail.models import PendingEntry
    from mingdan.platform.trail.sequencing import log_key, sequence

    key, names, texts = log_key(), ("entry_id", "kind", "about", "by", "at", "text"), _texts(entries)
    spent, worked, done = 0.0, 0.0, 0
    while rows := [PendingEntry(**dict(zip(names, row, strict=True))) for row in islice(texts, 10 * BATCH)]:
        PendingEntry.objects.bulk_create(rows, batch_size=BATCH)
        began, from_here = time.perf_counter(), time.process_time()
        while numbered := sequence(key, at=timezone.now()):
            done += numbered
        spent, worked = spent + time.perf_counter() - began, worked + time.process_time() - from_here
    sequence(key, at=timezone.now(), every=timedelta(0))
    print(
        f"{name}: {done:,} entries numbered, {done / spent:,.0f} a second by the clock,"
        f" {done / worked:,.0f} a second of this process's processor time",
        flush=True,
    )


def _verification(name: str) -> None:
    from mingdan.platform.trail.checking import verify_log
    from mingdan.platform.trail.note_reading import read_key
    from mingdan.platform.trail.queries import newest_checkpoint
    from mingdan.platform.trail.sequencing import log_key

    newest = newest_checkpoint()
    assert newest is not None
    began, from_here = time.perf_counter(), time.process_time()
    verdict = verify_log(read_key(log_key().public), earlier=[newest.note])
    assert verdict.doubts == []
    spent, worked = time.perf_counter() - began, time.process_time() - from_here
    print(f"{name}: {verdict.size:,} entries verified in {spent:.1f} s ({worked:.1f} s of processor time)", flush=True)


def _offline(folder: Path) -> None:
    """Export everything and time verify.py alone, as an outsider runs it."""
    from django.utils import timezone

    from mingdan.platform.trail.exporting import export_trail
    from mingdan.platform.trail.queries import newest_checkpoint
    from mingdan.platform.trail.sequencing import log_key
    from mingdan.platform.trail.single_file import single_file

    newest, key = newest_checkpoint(), log_key()
    assert newest is not None
    (folder / "kept").write_text(newest.note, encoding="utf-8")
    (folder / "verify.py").write_text(single_file(), encoding="utf-8")
    began = time.perf_counter()
    export_trail(folder / "trail.zip", key, at=timezone.now())
    exported = time.perf_counter() - began
    command = [sys.executable, "-I", "verify.py", "trail.zip", "--key", key.public, "--checkpoint", "kept"]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    spent, size = time.perf_counter() - began, (folder / "trail.zip").stat().st_size / 1e6
    print(f"Export: written in {exported:.1f} s ({size:.0f} MB); verify.py alone takes {spent:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
