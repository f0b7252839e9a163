"""The whole application in its own process, as `mingdan serve` runs it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mingdan.web.demonstration import PASSWORD

START_SECONDS = 90


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run `mingdan demo` on a free port; return its address and what it printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    mingdan = str(Path(sys.executable).with_name("mingdan"))
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MINGDAN", "DATABASE", "DJANGO"))
    }
    with (folder / "printed").open("w") as printed:
        running = subprocess.Popen(
            [mingdan, "demo", "--out", str(folder), "--port", str(port)], env=clean, stdout=printed, stderr=printed
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, running, folder / "printed")
        said = (folder / "printed").read_text(encoding="utf-8")
        assert f"http://localhost:{port}" in said
        assert PASSWORD in said
        yield address
    finally:
        running.terminate()
        assert running.wait(20) is not None


def _wait_for(address: str, running: "subprocess.Popen[bytes]", printed: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz").close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(printed.read_text(encoding="utf-8"))


def _browser() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def test_a_newcomer_signs_in_and_listens_on_one_port(served: str) -> None:
    browser = _browser()
    with browser.open(f"{served}/") as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert "/account/login/" in page.url
    assert token
    form = urlencode({"csrfmiddlewaretoken": token[1], "login": "ann", "password": PASSWORD}).encode()
    with browser.open(urllib.request.Request(f"{served}/account/login/", form, {"Referer": served})) as page:
        assert page.url == f"{served}/"
        assert "Ann" in page.read().decode()
    with browser.open(f"{served}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.readline() == b": heartbeat\n"


def test_styles_come_from_the_same_port(served: str) -> None:
    for file in ("vendor/tabler.min.css", "web/mingdan.css", "vendor/tabler.min.js"):
        request = urllib.request.Request(f"{served}/static/{file}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert (answer.headers["Content-Encoding"] == "gzip") == file.startswith("vendor")


def test_nobody_listens_without_signing_in(served: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"{served}/events")
    refused.value.close()


def test_a_foreign_host_is_refused(served: str) -> None:
    request = urllib.request.Request(f"{served}/account/login/", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        urllib.request.urlopen(request)
    refused.value.close()
