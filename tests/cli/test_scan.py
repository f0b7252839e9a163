import json
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.terminal import mingdan

TRAIL = {
    "orders.csv": "order_id,account_id,ordered_at,amount,employee_id\n"
    "O1,A1,2024-01-05,100,E1\nO2,A1,2024-02-05,110,E1\nO3,A1,not a date,120,E1\n",
    "contracts.csv": "contract_id,account_id,signed_at,employee_id,amount,payee_bank\nK1,A1,2024-02-01,E1,110,6222020200011112222\n",
    "company_bank_accounts.csv": "bank,name\n1100112233445566,Main account\n",
    "employees.csv": "employee_id,name,role,phone\nE1,林晓,rep,13671284567\n",
    "accounts.csv": "account_id,name,owner_id,registration_no\nA1,远山贸易有限公司,E1,91310000MA1K00001X\n",
    "companies.csv": "company_id,name,registration_no,phone,established_date\n"
    "C1,远山贸易有限公司,91310000MA1K00001X,13671284567,2023-11-01\n"
    + "".join(f"R{n},甲{n}号贸易有限公司,,139012345{n},2020-01-01\n" for n in range(10, 60)),
}


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in TRAIL.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_scan_writes_its_four_files_and_says_where(trail: Path) -> None:
    done = mingdan("scan", trail, cwd=trail.parent)
    assert done.returncode == 0, done.stderr
    out = trail.parent / "mingdan-scan"
    assert {file.name for file in out.iterdir()} == {"report.html", "scan.json", "findings.parquet", "set_aside.csv"}
    assert "report.html" in done.stdout
    assert done.stderr == ""


def test_the_bad_row_is_set_aside_and_counted_everywhere(trail: Path) -> None:
    mingdan("scan", trail, cwd=trail.parent)
    out = trail.parent / "mingdan-scan"
    document = json.loads((out / "scan.json").read_text(encoding="utf-8"))
    assert document["scan"]["tables"]["orders"] == {"rows": 2, "set_aside": 1}
    assert "not a date" in (out / "set_aside.csv").read_text(encoding="utf-8-sig")


def test_findings_are_the_same_in_both_files(trail: Path) -> None:
    mingdan("scan", trail, cwd=trail.parent)
    out = trail.parent / "mingdan-scan"
    document = json.loads((out / "scan.json").read_text(encoding="utf-8"))
    rows = pq.read_table(out / "findings.parquet").to_pylist()  # type: ignore[no-untyped-call]
    assert [row["finding_id"] for row in rows] == [finding["finding_id"] for finding in document["findings"]]
    assert "payee-not-company" in {finding["detector"] for finding in document["findings"]}


def test_the_same_trail_gives_the_same_scan_json(trail: Path) -> None:
    documents = []
    for name in ("one", "two"):
        mingdan("scan", trail, "--out", name, cwd=trail.parent)
        document = json.loads((trail.parent / name / "scan.json").read_text(encoding="utf-8"))
        document["scan"].pop("seconds")
        for run in document["scan"]["detectors"]:
            run.pop("seconds", None)
        documents.append(json.dumps(document))
    assert documents[0] == documents[1]


def test_json_in_a_pipe_is_json_and_nothing_else(trail: Path) -> None:
    done = mingdan("scan", trail, "--json", cwd=trail.parent)
    assert json.loads(done.stdout)["scan"]["as_of"] == "2024-02-05"
    assert done.stderr == ""


def test_nothing_later_than_the_date_asked_for_is_seen(trail: Path) -> None:
    detectors = []
    for day in ("2024-01-31", "2024-02-29"):
        document = json.loads(mingdan("scan", trail, "--as-of", day, "--json", cwd=trail.parent).stdout)
        assert document["scan"]["as_of"] == day
        detectors.append({finding["detector"] for finding in document["findings"]})
    assert detectors[1] - detectors[0] == {"payee-not-company"}


def test_the_key_file_is_made_for_its_owner_only(trail: Path) -> None:
    mingdan("scan", trail, cwd=trail.parent)
    assert stat.S_IMODE((trail.parent / "key").stat().st_mode) == 0o600


def test_no_account_number_reaches_any_output(trail: Path) -> None:
    mingdan("scan", trail, cwd=trail.parent)
    for file in (trail.parent / "mingdan-scan").iterdir():
        assert b"6222020200011112222" not in file.read_bytes(), file.name


def test_names_are_shown_only_when_asked_for(trail: Path) -> None:
    low = ("--min-probability", "0.01")
    mingdan("scan", trail, "--out", "without", *low, cwd=trail.parent)
    mingdan("scan", trail, "--out", "with", "--names", *low, cwd=trail.parent)
    assert json.loads((trail.parent / "with" / "scan.json").read_text(encoding="utf-8"))["alerts"]
    assert "林晓" not in (trail.parent / "without" / "report.html").read_text(encoding="utf-8")
    assert "林晓" in (trail.parent / "with" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        ([".", "--as-of", "yesterday"], "yesterday"),
        ([".", "--source", "nobody"], "nobody"),
        ([".", "--engine", "abacus"], "abacus"),
        ([".", "--min-probability", "7"], "--min-probability"),
        ([".", "--mapping", "no.toml"], "no.toml"),
        (["."], "orders"),
    ],
)
def test_wrong_use_is_one_sentence_exit_code_2_and_leaves_nothing(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    done = mingdan("scan", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_strict_stops_at_a_bad_row_and_names_it(trail: Path) -> None:
    done = mingdan("scan", trail, "--strict", cwd=trail.parent)
    assert done.returncode == 2
    assert "orders" in done.stderr
    assert not (trail.parent / "mingdan-scan").exists()


def test_an_output_folder_that_cannot_be_written_is_one_sentence(trail: Path) -> None:
    (trail.parent / "taken").write_text("a file", encoding="utf-8")
    done = mingdan("scan", trail, "--out", "taken", cwd=trail.parent)
    assert done.returncode == 1
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert (trail.parent / "taken").read_text(encoding="utf-8") == "a file"


def test_a_failed_scan_keeps_the_earlier_result(trail: Path) -> None:
    mingdan("scan", trail, cwd=trail.parent)
    report = (trail.parent / "mingdan-scan" / "report.html").read_bytes()
    (trail / "orders.csv").write_bytes(b"\x00\x00\x00")
    mingdan("scan", trail, cwd=trail.parent)
    assert (trail.parent / "mingdan-scan" / "report.html").read_bytes() == report
