"""What all tests share: the row marks, the loud summary of skipped tests, and CI's rule that nothing is skipped."""

import os
import tomllib
from collections.abc import Generator
from pathlib import Path

import pytest

pytest_plugins = ["tests.cast"]

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="list the rows of docs/rows.toml that no test proves")


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--rows"):
        proved = {mark.args[0] for item in session.items for mark in item.iter_markers("row")}
        rows = tomllib.loads((ROOT / "docs" / "rows.toml").read_text(encoding="utf-8"))["row"]
        left = [row for row in rows if row["id"] not in proved]
        print(f"\n{len(rows) - len(left)} of {len(rows)} rows are proved by a test; these are not:")
        for row in left:
            print(f"{row['id']:>6}  {row['en']}")


def pytest_itemcollected(item: pytest.Item) -> None:
    known = {row["id"] for row in _rows()}
    for mark in item.iter_markers("row"):
        if mark.args[0] not in known:
            raise pytest.UsageError(f"{item.nodeid} claims {mark.args[0]}, which is no row of docs/rows.toml")


def _rows() -> list[dict[str, str]]:
    file = ROOT / "docs" / "rows.toml"
    rows: list[dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))["row"] if file.exists() else []
    return rows


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section(f"{len(skipped)} TESTS WERE SKIPPED, so what they prove is not proved here", red=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, except for want of the data folder that users do not have."""
    report = yield
    wants_shared = "shared" in str(getattr(report, "longrepr", "")) and not SHARED.exists()
    if report.skipped and os.environ.get("CI") == "true" and not wants_shared:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
