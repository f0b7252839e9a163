"""`mingdan worker`: what works in the background, and the one that `mingdan serve` starts beside it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from mingdan.cli.serving import ensure_migrated, start_django

RESTART_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)
"""A worker that dies is started again, ever later if it dies at once."""

LIVED_SECONDS = 60.0
STOP_SECONDS = 10.0


def worker(
    at_once: Annotated[int, typer.Option(min=1, max=32, help="How many jobs to work on at the same time.")] = 2,
    until_input_ends: Annotated[
        bool, typer.Option(hidden=True, help="Stop when whoever started this is gone.")
    ] = False,
) -> None:
    """Work on jobs, deliver events, keep the schedule; `mingdan serve` starts one by itself, more may run anywhere."""
    start_django()
    ensure_migrated()
    from mingdan.platform.jobs.workers import run_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, args=[stop], daemon=True).start()
    run_worker(stop, at_once=at_once)
    sys.stdout.flush()
    # A job that does not notice was handed back already; its thread must not keep the process.
    os._exit(0)


def _stop_at_end_of_input(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker running in a process of its own, so that long work never slows a page down."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_one, args=[stop], name="worker-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(STOP_SECONDS + 5)


def _keep_one(stop: threading.Event) -> None:
    deaths = 0
    while not stop.is_set():
        running = _start()
        lived = _wait(running, stop)
        deaths = 0 if lived > LIVED_SECONDS else deaths + 1
        if not stop.is_set():
            sys.stderr.write("mingdan: the worker ended and is started again.\n")
            stop.wait(RESTART_SECONDS[min(deaths, len(RESTART_SECONDS)) - 1])


def _start() -> "subprocess.Popen[bytes]":
    # In a session of its own, so that Ctrl-C reaches the server first and the worker ends after it.
    return subprocess.Popen(
        [sys.executable, "-c", "from mingdan.cli import main; main()", "worker", "--until-input-ends"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _wait(running: "subprocess.Popen[bytes]", stop: threading.Event) -> float:
    """Wait until the worker dies or is to stop, see to that, and return how long it lived in seconds."""
    lived = 0.0
    while running.poll() is None and not stop.wait(0.5):
        lived += 0.5
    if running.stdin:
        running.stdin.close()
    try:
        running.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
    return lived
