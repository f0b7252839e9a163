"""A PostgreSQL server of one's own in a temporary folder, to be killed without harm to any other."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

SERVER_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""

START_SECONDS = 60

MEMORY = ("-c", "dynamic_shared_memory_type=mmap", "-c", "shared_buffers=32MB")
"""Shared memory in the server's own folder, so that a killed server leaves none behind."""


def server_programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """One server on a socket in its own folder; no network. Use as a context manager."""

    def __init__(self, parent: Path | None = None, **settings: str) -> None:
        programs = server_programs()
        if programs is None:
            raise FileNotFoundError("PostgreSQL's server is not installed; `apt-get install postgresql` brings it.")
        self._programs = programs
        self._parent = parent
        self._settings = settings
        self._as_user = {"user": SERVER_USER} if os.geteuid() == 0 else {}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Cluster":
        self.folder = Path(tempfile.mkdtemp(prefix="mingdan-postgresql-", dir=self._parent))
        if self._as_user:
            shutil.chown(self.folder, SERVER_USER)
        options = ("-A", "trust", "-U", "mingdan", "-E", "UTF8", "--no-locale", "--no-sync")
        self._run("initdb", "-D", str(self.folder / "data"), *options)
        self.start()
        self._run("createdb", "-h", str(self.folder), "-U", "mingdan", "mingdan")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.send_signal(signal.SIGQUIT)  # at once, but it takes its shared memory with it
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """The address as Django's settings take it."""
        return f"postgresql://mingdan@/mingdan?host={self.folder}"

    def start(self) -> None:
        """Start the server, let it recover if it has to, and wait until it answers."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            self._programs / "postgres",
            "-D",
            self.folder / "data",
            "-k",
            self.folder,
            "-h",
            "",
            *MEMORY,
            *settings,
        ]
        log = (self.folder / "log").open("ab")
        self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user)  # type: ignore[call-overload]
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._server.poll() is not None:
                raise TimeoutError((self.folder / "log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill every process of this server at once with SIGKILL, as the kernel does when memory is out."""
        if self._server is None:
            return
        for process in [self._server.pid, *_children(self._server.pid)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._server.wait()
        self._server = None
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        command: list[str | Path] = [
            self._programs / "pg_isready",
            "-q",
            "-h",
            self.folder,
            "-U",
            "mingdan",
            "-d",
            "postgres",
        ]
        return subprocess.run(command, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as_user)  # type: ignore[call-overload]


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(ProcessLookupError, FileNotFoundError):
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(stat.parent.name))
    return found
