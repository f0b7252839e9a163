"""The running application in production settings: every line on its standard error is JSON, and tells of nobody."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

MINGDAN = str(Path(sys.executable).with_name("mingdan"))
CANARY = "canary4711"


def asked(port: int, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            method, path, body, {"X-Forwarded-Proto": "https", "Host": "sales.example", **(headers or {})}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def test_what_is_sent_never_stands_in_the_logs_of_the_running_application(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: one for name, one in os.environ.items() if not name.startswith(("MINGDAN", "DATABASE", "DJANGO"))}
    environment = clean | {
        "MINGDAN_DATA": str(tmp_path / "data"),
        "MINGDAN_ADDRESS": "https://sales.example",
        "MINGDAN_SECRET_KEY": "a-long-key-of-many-different-letters-0123456789-and-more",
    }
    migrated = subprocess.run([MINGDAN, "manage", "migrate", "-v0"], env=environment, check=False)
    assert migrated.returncode == 0
    with (tmp_path / "printed").open("w") as printed:
        running = subprocess.Popen(
            [MINGDAN, "serve", "--port", str(port)], env=environment, stdout=printed, stderr=printed
        )
    try:
        wait_for(port, running, tmp_path / "printed")
        assert asked(port, "GET", f"/people/?q={CANARY}") == 302
        assert asked(port, "GET", f"/{CANARY}") == 404
        assert asked(port, CANARY.upper(), "/") in (403, 405)
        assert asked(port, "GET", "/", {"Host": f"{CANARY}.example"}) == 400
        assert asked(port, "GET", "/api/v1/me", {"Authorization": f"Bearer {CANARY}"}) == 401
        form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"sessionid={CANARY}"}
        assert asked(port, "POST", "/account/login/", form, f"login={CANARY}&password={CANARY}") == 403
        assert asked(port, "GET", "/", {"Content-Length": CANARY}) == 400
    finally:
        running.terminate()
        assert running.wait(30) is not None
    text = (tmp_path / "printed").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert not re.search(CANARY, text, re.IGNORECASE)
    assert {line.get("route") for line in lines} >= {"/people/", "/api/v1/me", "other"}


def wait_for(port: int, running: "subprocess.Popen[bytes]", printed: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if asked(port, "GET", "/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(printed.read_text(encoding="utf-8"))
