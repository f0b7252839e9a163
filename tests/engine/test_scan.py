"""One detector that fails does not cost the scan."""

from dataclasses import replace
from pathlib import Path

import pytest

from mingdan.engine.parameters import shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.scan import ScanOptions, look
from tests.engine.companies import small_company


def broken(*_: object) -> list[object]:
    raise ZeroDivisionError("of nothing")


def test_a_detector_that_fails_is_told_and_the_others_speak(tmp_path: Path) -> None:
    sound = shipped()
    setup = replace(
        sound,
        detectors=tuple(
            replace(one, find=broken) if one.code == "third-party-payer" else one  # type: ignore[arg-type]
            for one in sound.detectors
            if one.code in ("third-party-payer", "broken-purchase-cycle")
        ),
    )
    read = read_trail(small_company(), workspace=tmp_path)
    result = look(read, read.latest, ScanOptions(), on_progress=lambda _what, _share: None, setup=setup)
    said = {run.code: (run.status, run.reason) for run in result.detectors}
    assert said["third-party-payer"] == ("skipped", "failed: ZeroDivisionError: of nothing")
    assert said["broken-purchase-cycle"] == ("ran", None)
    assert result.findings
    assert any("third-party-payer" in notice.en and "third-party-payer" in notice.zh for notice in result.notices)
    with pytest.raises(ZeroDivisionError):
        look(read, read.latest, ScanOptions(strict=True), on_progress=lambda _what, _share: None, setup=setup)
    read.close()


def test_no_detector_fails_on_the_small_company(tmp_path: Path) -> None:
    read = read_trail(small_company(), workspace=tmp_path)
    result = look(read, read.latest, ScanOptions(strict=True), on_progress=lambda _what, _share: None)
    assert [run.reason for run in result.detectors if "failed" in (run.reason or "")] == []
    read.close()
