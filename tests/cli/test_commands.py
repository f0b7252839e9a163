import json
import subprocess
from pathlib import Path

import pytest

from mingdan.engine.detectors import DETECTORS
from mingdan.engine.tables import TABLES
from tests.cli.terminal import MINGDAN, mingdan

COMMANDS = (
    "scan",
    "replay",
    "explain",
    "dry-run",
    "map",
    "demo",
    "simulate",
    "evaluate",
    "serve",
    "worker",
    "tables",
    "detectors",
)


def test_help_names_every_command(tmp_path: Path) -> None:
    done = mingdan("--help", cwd=tmp_path)
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, tmp_path: Path) -> None:
    done = mingdan(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_a_wrong_command_is_wrong_usage(tmp_path: Path) -> None:
    done = mingdan("scam", cwd=tmp_path)
    assert done.returncode == 2
    assert "scam" in done.stderr


def test_tables_prints_the_whole_contract(tmp_path: Path) -> None:
    printed = json.loads(mingdan("tables", "--json", cwd=tmp_path).stdout)
    assert [table["table"] for table in printed] == list(TABLES)
    assert "order_id" in mingdan("tables", "orders", cwd=tmp_path).stdout


def test_an_unknown_table_is_wrong_usage(tmp_path: Path) -> None:
    done = mingdan("tables", "ordres", cwd=tmp_path)
    assert done.returncode == 2
    assert "ordres" in done.stderr


def test_detectors_prints_the_catalogue(tmp_path: Path) -> None:
    printed = json.loads(mingdan("detectors", "--json", cwd=tmp_path).stdout)
    assert [one["code"] for one in printed] == [detector.code for detector in DETECTORS]
    assert DETECTORS[0].code in mingdan("detectors", cwd=tmp_path).stdout


def test_simulate_scan_and_evaluate_work_together(tmp_path: Path) -> None:
    size = ["--reps", "8", "--accounts", "120", "--years", "1", "--seed", "3"]
    assert mingdan("simulate", "world", *size, cwd=tmp_path).returncode == 0
    assert mingdan("scan", "world", "--out", "result", cwd=tmp_path).returncode == 0
    done = mingdan("evaluate", "result", "world/truth", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_simulate_does_not_overwrite_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = mingdan("simulate", "mine", "--reps", "2", "--accounts", "5", "--years", "1", cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_demo_ends_with_the_path_of_a_report(tmp_path: Path) -> None:
    done = mingdan("demo", "--scan", "--no-open", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    assert (tmp_path / "mingdan-demo" / "scan" / "report.html").exists()


def test_map_proposes_a_mapping_that_scans(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    rows = "".join(f"D{n},C{n % 5},2024-0{1 + n % 9}-11,{100 + n}\n" for n in range(30))
    (folder / "sales.csv").write_text("单号,客户,下单日期,金额\n" + rows, encoding="gb18030")
    assert mingdan("map", folder, "--out", "mapping.toml", cwd=tmp_path).returncode == 0
    done = mingdan("scan", folder, "--mapping", "mapping.toml", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scan"]["tables"]["orders"]["rows"] == 30


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(f"'{MINGDAN}' tables | head -1", shell=True, cwd=tmp_path, capture_output=True, text=True)  # noqa: S602
    assert "Traceback" not in done.stderr


def test_the_shell_can_complete(tmp_path: Path) -> None:
    done = mingdan(cwd=tmp_path, _MINGDAN_COMPLETE="complete_bash", COMP_WORDS="mingdan sc", COMP_CWORD="1")
    assert "scan" in done.stdout
