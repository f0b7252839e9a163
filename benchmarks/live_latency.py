"""How soon do 500 browsers hear what was committed? One server process, on SQLite and on a PostgreSQL of its own.

Limits (issue of the platform core): from commit to client at most 250 ms on SQLite and 100 ms on PostgreSQL, at the 95th
percentile. Every browser is signed in as somebody else and may hear by a right of its role, asked anew for every event; a
part of them goes away and comes back with Last-Event-ID all the time. None may miss an event or hear one twice.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

CLIENTS, RESTLESS = 500, 20
EVENTS = 100
PAUSE_SECONDS = (0.1, 0.5)
LIMITS = {"sqlite": 0.250, "postgresql": 0.100}
START_SECONDS = 60
TOPIC = "right:jobs.see_jobs"


class Browser(asyncio.Protocol):
    """One person's connection; when each event came, by number. A protocol, because it shares the machine with the server."""

    def __init__(self, key: str, port: int) -> None:
        self.key, self.port = key, port
        self.heard: Counter[int] = Counter()
        self.came_at: dict[int, float] = {}
        self.left_off = ""
        self.is_there = asyncio.Event()
        self._rest = b""

    async def listen(self, *, until: asyncio.Event, restless: bool) -> None:
        """Listen until all is told, if restless in many short visits."""
        while not until.is_set():
            self._rest = b""
            loop = asyncio.get_running_loop()
            connection, _ = await loop.create_connection(lambda: self, "127.0.0.1", self.port)
            last = f"Last-Event-ID: {self.left_off}\r\n" if self.left_off else ""
            asked = f"GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={self.key}\r\n{last}\r\n"
            connection.write(asked.encode())
            stay = random.uniform(0.5, 2) if restless else 3600  # noqa: S311
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), stay)
            connection.abort()

    def data_received(self, data: bytes) -> None:
        """Take whole events, as browsers do; what is left waits for the rest."""
        now = time.time()
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        for line in b"\n".join(blocks).split(b"\n"):
            if line.startswith(b"id: "):
                self.left_off = line[4:].decode()
            elif line.startswith(b"data: ") and b"number" in line:
                number = json.loads(line[6:])["number"]
                self.heard[number] += 1
                self.came_at.setdefault(number, now)
        if self.left_off:
            self.is_there.set()


def main() -> int:
    """Measure the databases and print; return how many missed a limit or an event."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=list(LIMITS))
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--database", help="used by itself: measure the database of the environment")
    chosen = parser.parse_args()
    if chosen.database:
        return _measure(chosen.database, chosen.clients, chosen.events)
    missed = 0
    for database in LIMITS if chosen.only is None else (chosen.only,):
        folder = Path(tempfile.mkdtemp(prefix="mingdan-live-"))
        try:
            missed += _in_child(database, folder, chosen)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return missed


def _in_child(database: str, folder: Path, chosen: argparse.Namespace) -> int:
    from trail_cluster import Cluster

    command = [sys.executable, __file__, "--database", database]
    command += ["--clients", str(chosen.clients), "--events", str(chosen.events)]
    settings = {"MINGDAN_MODE": "demo", "MINGDAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "mingdan.settings"}
    settings["MINGDAN_SECRET_KEY"] = secrets.token_urlsafe(48)  # the same for the server and for who makes the sessions
    if database == "sqlite":
        url = f"sqlite:///{folder / 'mingdan.sqlite3'}"
        return subprocess.run(command, env=os.environ | settings | {"DATABASE_URL": url}, check=False).returncode
    with Cluster(folder.parent) as cluster:
        return subprocess.run(
            command, env=os.environ | settings | {"DATABASE_URL": cluster.url}, check=False
        ).returncode


def _measure(database: str, clients: int, events: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    keys = _sessions(clients)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", "from mingdan.cli import main; main()", "serve", "--no-worker", "--port", str(port)]
    )
    try:
        _wait_for(port, server)
        return asyncio.run(_listen_and_tell(database, keys, port, events, server))
    finally:
        server.terminate()
        server.wait()


def _sessions(clients: int) -> list[str]:
    """Sign so many people in, each with a role that may see jobs; return their sessions."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction
    from django.utils import timezone

    from mingdan.platform.access.models import RoleGrant
    from mingdan.platform.people.models import User

    now, keys = timezone.now(), []
    with transaction.atomic():
        for number in range(clients):
            user = User.objects.create(username=f"u{number}", name=f"U {number}", created_at=now, password="!")  # noqa: S106
            RoleGrant.objects.create(user=user, role="sales_operations", granted_at=now, reason="benchmark")
            session = SessionStore()
            session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session.create()
            keys.append(str(session.session_key))
    return keys


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")


async def _listen_and_tell(
    database: str, keys: list[str], port: int, events: int, server: "subprocess.Popen[bytes]"
) -> int:
    browsers, until = [Browser(key, port) for key in keys], asyncio.Event()
    restless = set(browsers[:RESTLESS])
    listening = [asyncio.ensure_future(one.listen(until=until, restless=one in restless)) for one in browsers]
    began = time.monotonic()
    await asyncio.gather(*(asyncio.wait_for(one.is_there.wait(), START_SECONDS) for one in browsers))
    connected, before = time.monotonic() - began, _processor_seconds(server.pid)
    committed_at = await asyncio.to_thread(_tell, events)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(len(one.heard) < events for one in browsers):
        await asyncio.sleep(0.05)
    spent = _processor_seconds(server.pid) - before
    until.set()
    await asyncio.gather(*listening, return_exceptions=True)
    waits = sorted(
        one.came_at[number] - at
        for one in browsers
        if one not in restless
        for number, at in committed_at.items()
        if number in one.came_at
    )
    lost = sum(events - len(one.heard) for one in browsers)
    twice = sum(count - 1 for one in browsers for count in one.heard.values())
    return _print(database, waits, lost, twice, len(browsers), connected, spent, events)


def _tell(events: int) -> dict[int, float]:
    """Commit events one after the other; return when each commit had returned."""
    from django.db import connection, transaction
    from django.utils import timezone

    from mingdan.platform.events.actions import announce
    from mingdan.platform.events.kinds import declare_event

    kind, committed_at = declare_event("benchmark.thing_happened", fields=("number",)), {}
    for number in range(events):
        with transaction.atomic():
            announce(kind, at=timezone.now(), values={"number": number}, topics=[TOPIC])
        committed_at[number] = time.time()
        time.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311
    connection.close()
    return committed_at


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _print(database: str, waits: list[float], lost: int, twice: int, clients: int, *rest: Any) -> int:
    connected, spent, events = rest

    def at(share: float) -> float:
        return waits[min(len(waits) - 1, int(share * len(waits)))] * 1000 if waits else float("inf")

    limit = LIMITS[database] * 1000
    is_met = at(0.95) <= limit and not lost and not twice
    print(
        f"{database}: {clients} clients, {events} events; commit to client p50 {at(0.5):.0f} ms, p95 {at(0.95):.0f} ms,"
        f" p99 {at(0.99):.0f} ms, most {at(1):.0f} ms; limit p95 {limit:.0f} ms: {'met' if is_met else 'MISSED'};"
        f" {lost} lost, {twice} twice; all connected in {connected:.1f} s; {1000 * spent / events:.0f} ms of the"
        f" server's processor for an event; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return int(not is_met)


if __name__ == "__main__":
    sys.exit(main())
