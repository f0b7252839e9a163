"""`replay`, `explain`, `dry-run` and `evaluate` of a replay, as somebody at a terminal uses them."""

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from tests.cli.terminal import mingdan
from tests.engine.companies import small_company

EAGER = ("--min-probability", "0.02")


def test_an_alert_can_be_explained_and_other_parameters_are_noticed(tmp_path: Path) -> None:
    trail = small_company()
    assert mingdan("scan", trail, *EAGER, "--out", "found", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "found" / "scan.json").read_text(encoding="utf-8"))["alerts"]
    same = mingdan("explain", "1", trail, "--result", "found", "--lang", "zh", cwd=tmp_path)
    assert same.returncode == 0, same.stderr
    assert "every number is the same" in same.stdout
    assert "SHA-256" in same.stdout
    assert "ruled out" not in same.stdout
    assert any(word in same.stdout for word in ("记录支持", "无法核查", "已核查"))
    (tmp_path / "other.toml").write_text("[fusion]\nsalespeople_diverting = 0.0001\n", encoding="utf-8")
    other = mingdan("explain", "1", trail, "--result", "found", "--parameters", "other.toml", cwd=tmp_path)
    assert other.returncode == 1
    assert "Different: probability" in other.stdout


def test_a_quarter_can_be_replayed_judged_and_tried_with_other_parameters(tmp_path: Path) -> None:
    trail = small_company()
    end = max(pq.read_table(trail / "orders.parquet", columns=["ordered_at"])["ordered_at"].to_pylist()).date()  # type: ignore[no-untyped-call]
    dates = ("--from", f"{end - timedelta(days=100)}", "--to", f"{end}", "--every", "quarter")
    done = mingdan("replay", trail, *dates, *EAGER, "--out", "past", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    alerts = pq.read_table(tmp_path / "past" / "alerts.parquet").to_pylist()  # type: ignore[no-untyped-call]
    assert alerts
    assert {type(row["raised_date"]) for row in alerts} == {date}
    judged = mingdan("evaluate", "past", trail / "truth", "--json", cwd=tmp_path)
    names = [one["name"] for one in json.loads(judged.stdout)["measures"]]
    assert "margin recall within 90 days, named" in names
    (tmp_path / "silent.toml").write_text("[fusion]\nsalespeople_diverting = 0\n", encoding="utf-8")
    tried = mingdan("dry-run", trail, "--parameters", "silent.toml", *dates, *EAGER, cwd=tmp_path)
    assert tried.returncode == 0, tried.stderr
    compared = json.loads((tmp_path / "mingdan-dry-run.json").read_text(encoding="utf-8"))
    assert sum(len(day["alerts_now"]) for day in compared) == len(alerts)
    assert all(day["alerts_then"] == [] for day in compared)


def test_closed_cases_teach_and_what_they_taught_can_be_tried(tmp_path: Path) -> None:
    trail = small_company()
    assert mingdan("scan", trail, *EAGER, "--out", "found", cwd=tmp_path).returncode == 0
    matters = json.loads((tmp_path / "found" / "scan.json").read_text(encoding="utf-8"))["matters"]
    ended = "\n".join(["matter_id,outcome", *(f"{one['matter_id']},unfounded" for one in matters[:5])])
    (tmp_path / "ended.csv").write_text(ended, encoding="utf-8")
    done = mingdan("learn", "found", "--outcomes", "ended.csv", "--out", "ours.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "5 decided matters, 0 of them substantiated" in done.stdout
    again = mingdan("scan", trail, *EAGER, "--parameters", "ours.toml", "--out", "again", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    before = {one["matter_id"]: one["probability"] for one in matters}
    after = json.loads((tmp_path / "again" / "scan.json").read_text(encoding="utf-8"))["matters"]
    assert all(one["probability"] < before[one["matter_id"]] for one in after if one["matter_id"] in before)
    wrong = mingdan("learn", "found", "--outcomes", "nowhere.csv", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "nowhere.csv cannot be read" in wrong.stderr


def test_a_parameter_file_that_cannot_be_used_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('off = ["no-such"]\n', encoding="utf-8")
    done = mingdan("scan", small_company(), "--parameters", "bad.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "no detector 'no-such'" in done.stderr
