"""What closed cases and call-backs teach, on scans written for the purpose."""

import json
from pathlib import Path

import pytest

from mingdan.engine.fuse import Fusion
from mingdan.engine.learning import (
    FACTOR_SPREAD,
    UnreadableOutcomesError,
    learn_from,
    parameter_file,
    read_outcomes,
)
from mingdan.engine.parameters import read_setup

FUSION = Fusion()
STRONG = {"lapping": 1.8}
WEAK = {"back-dated-record": 1.8}


def scan(folder: Path, matters: dict[str, dict[str, float]], as_of: str = "2025-06-30", said: float = 0.5) -> Path:
    """Write a scan in which each matter rests on these detectors' findings; its customer is its name in small letters."""
    findings, listed = [], []
    for name, detectors in matters.items():
        ids = [f"{name}-{code}" for code in detectors]
        findings += [
            {"finding_id": one, "detector": code, "weight": weight}
            for one, (code, weight) in zip(ids, detectors.items(), strict=True)
        ]
        listed.append({"matter_id": name, "account_ids": [name.lower()], "probability": said, "finding_ids": ids})
    document = {"scan": {"as_of": as_of}, "alerts": [], "matters": listed, "findings": findings}
    folder.mkdir(exist_ok=True)
    (folder / "scan.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def ended(folder: Path, *rows: str, head: str = "matter_id,account_id,outcome") -> Path:
    file = folder / "ended.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


def test_a_detector_that_was_right_gains_and_one_that_was_wrong_loses(tmp_path: Path) -> None:
    found = scan(tmp_path / "s", {f"R{n}": STRONG for n in range(20)} | {f"W{n}": WEAK for n in range(20)})
    outcomes = [f"R{n},,substantiated" for n in range(20)] + [f"W{n},,unfounded" for n in range(20)]
    learnt = learn_from([found], read_outcomes(ended(tmp_path, *outcomes)), FUSION)
    assert learnt.fusion.scale("lapping") > 1.3
    assert learnt.fusion.scale("back-dated-record") < 0.7
    assert learnt.fusion.scale("payee-not-company") == 1.0
    assert learnt.loss_after < learnt.loss_before
    assert (learnt.decided, learnt.true) == (40, 20)


def test_one_case_moves_little(tmp_path: Path) -> None:
    found = scan(tmp_path / "s", {"R": STRONG})
    learnt = learn_from([found], read_outcomes(ended(tmp_path, "R,,unfounded")), FUSION)
    assert 1 - FACTOR_SPREAD < learnt.fusion.scale("lapping") < 1


def test_a_call_back_counts_for_the_customers_matters_unless_the_case_itself_ended(tmp_path: Path) -> None:
    found = scan(tmp_path / "s", {"R1": STRONG, "R2": STRONG, "R3": STRONG})
    outcomes = read_outcomes(ended(tmp_path, ",r1,substantiated", ",r2,unfounded", "R2,,substantiated"))
    learnt = learn_from([found], outcomes, FUSION)
    assert (learnt.decided, learnt.true) == (2, 2)


def test_a_matter_of_several_scans_counts_once_as_it_was_said_last(tmp_path: Path) -> None:
    first = scan(tmp_path / "a", {"R": STRONG}, as_of="2025-05-31", said=0.1)
    last = scan(tmp_path / "b", {"R": STRONG}, as_of="2025-06-30", said=0.9)
    outcomes = read_outcomes(ended(tmp_path, "R,,substantiated"))
    assert learn_from([last, first], outcomes, FUSION) == learn_from([last], outcomes, FUSION)


def test_what_stays_undetermined_teaches_nothing(tmp_path: Path) -> None:
    found = scan(tmp_path / "s", {"R": STRONG})
    with pytest.raises(UnreadableOutcomesError, match="None of the outcomes"):
        learn_from([found], read_outcomes(ended(tmp_path, "R,,undetermined")), FUSION)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [("R,,guilty", "Line 2 of .*: outcome must be"), (",,unfounded", "neither a matter_id nor an account_id")],
)
def test_a_wrong_line_is_told(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(UnreadableOutcomesError, match=complaint):
        read_outcomes(ended(tmp_path, row))


def test_the_file_that_is_written_can_be_read_as_parameters(tmp_path: Path) -> None:
    found = scan(tmp_path / "s", {f"W{n}": WEAK for n in range(20)})
    outcomes = read_outcomes(ended(tmp_path, *(f"W{n},,unfounded" for n in range(20))))
    learnt = learn_from([found], outcomes, read_setup(None).fusion)
    file = tmp_path / "learnt.toml"
    file.write_text(parameter_file(learnt), encoding="utf-8")
    read = read_setup(file).fusion
    assert read.intercept == learnt.fusion.intercept < 0
    assert read.scales == learnt.fusion.scales
