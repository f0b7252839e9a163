"""A dry run shows what a change would have done, and nothing where nothing changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from mingdan.engine.dry_run import Compared, dry_run
from mingdan.engine.output import scan_json
from mingdan.engine.parameters import Setup, shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.scan import ScanOptions
from tests.engine.companies import small_company
from tests.engine.test_replay import middle_and_end

OPTIONS = ScanOptions(min_probability=0.05, budget=3)


def compared(workspace: Path, then: Setup, days: Sequence[date]) -> list[Compared]:
    read = read_trail(small_company(), workspace=workspace)
    found = list(dry_run(read, days, OPTIONS, shipped(), then, on_progress=lambda _what, _share: None))
    read.close()
    return found


def test_the_same_parameters_change_nothing(tmp_path: Path) -> None:
    (one,) = compared(tmp_path, shipped(), middle_and_end()[:1])
    by_code = shipped().by_code
    assert scan_json(replace(one.now, detectors=()), by_code).replace(f"{one.now.seconds}", "") == scan_json(
        replace(one.then, detectors=()), by_code
    ).replace(f"{one.then.seconds}", "")
    assert one.new == one.gone == ()


def test_switching_off_what_spoke_takes_its_alerts_away(tmp_path: Path) -> None:
    setup = shipped()
    (one,) = compared(tmp_path, replace(setup, off=frozenset(setup.by_code)), middle_and_end()[:1])
    assert one.now.findings
    assert one.then.findings == ()
    assert one.gone == one.now.alerts
    assert {run.status for run in one.then.detectors} == {"skipped"}
