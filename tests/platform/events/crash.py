"""Run by test_crash.py: an application announces and delivers, is killed with SIGKILL, and another goes on.

Prints how many announced events were acknowledged (their transaction had committed) and how many of them the listener was
never told of. The broken build tells its listeners from memory after commit, without an outbox.
"""

import json
import os
import queue
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

LOAD = (40, 120)
"""How many events are acknowledged when the application is killed."""

WRITERS = 2
MOST_ROUNDS = 5


def main() -> None:
    """Run rounds of one build in a folder; the broken one until it has lost something."""
    build, folder = sys.argv[1], Path(sys.argv[2])
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections

    call_command("migrate", "events", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS heard (number BIGINT)")
    acknowledged: set[int] = set()
    lost: set[int] = set()
    waited = 0
    for number in range(MOST_ROUNDS):
        connections.close_all()
        file = folder / f"acknowledged-{number}"
        _round(file, build, number)
        acknowledged |= {int(line) for line in file.read_text(encoding="ascii").split("\n")[:-1]}
        waited += _go_on()
        lost = acknowledged - _heard()
        if lost if build == "broken" else number == 1:
            break
    print(json.dumps({"acknowledged": len(acknowledged), "lost": len(lost), "waited": waited}))


def _round(file: Path, build: str, number: int) -> None:
    child = os.fork()
    if child == 0:
        _work_until_killed(file, build, number)
    enough = random.randint(*LOAD)  # noqa: S311
    while not file.exists() or file.read_bytes().count(b"\n") < enough:
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _hear(number: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO heard VALUES (%s)", [number])


def _heard() -> set[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM heard")
        return {number for (number,) in cursor.fetchall()}


def _listen() -> Any:
    from mingdan.platform.events.kinds import declare_event, listens

    kind = declare_event("crash.thing_happened", fields=("number",))
    listens("crash.hears", kind)(lambda event: _hear(event.values["number"]))
    return kind


def _go_on() -> int:
    """Deliver what the killed application left, as the next one does; return how much that was."""
    from django.utils import timezone

    from mingdan.platform.events import kinds
    from mingdan.platform.events.delivering import deliver_all
    from mingdan.platform.events.models import Delivery

    if "crash.hears" not in kinds._LISTENERS:
        _listen()
    waiting = Delivery.objects.filter(state="waiting").count()
    deliver_all(at=timezone.now())
    return waiting


def _work_until_killed(file: Path, build: str, turn: int) -> None:
    from mingdan.platform.events import kinds
    from mingdan.platform.events.delivering import keep_delivering

    kind = kinds.declare_event("crash.thing_happened", fields=("number",))
    memory: queue.Queue[int] = queue.Queue()
    if build == "sound":
        if "crash.hears" not in kinds._LISTENERS:
            _listen()
        wake = threading.Event()
        threading.Thread(target=keep_delivering, args=[threading.Event(), wake], kwargs={"pause": 0.01}).start()
    else:
        kinds.stop_listening("crash.hears")
        threading.Thread(target=_tell_from_memory, args=[memory]).start()
    acknowledge = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for writer in range(WRITERS):
        first = (turn * WRITERS + writer) * 1_000_000
        threading.Thread(target=_announce, args=[kind, first, acknowledge, memory]).start()
    threading.Event().wait()


def _announce(kind: Any, number: int, acknowledge: int, memory: "queue.Queue[int]") -> None:
    from django.db import transaction
    from django.utils import timezone

    from mingdan.platform.events.actions import announce

    while True:
        number += 1
        with transaction.atomic():
            announce(kind, at=timezone.now(), about=f"crash.thing:{number % 3}", values={"number": number})
        os.write(acknowledge, f"{number}\n".encode())
        memory.put(number)


def _tell_from_memory(memory: "queue.Queue[int]") -> None:
    while True:
        _hear(memory.get())


if __name__ == "__main__":
    main()
