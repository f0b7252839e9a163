"""What is written is there whole or not at all."""

import errno
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.reading.atomic import disk_full_told, whole_file, whole_folder


def _fail_halfway(target: Path) -> None:
    with whole_file(target) as draft:
        draft.write_text("half")
        raise ZeroDivisionError


def _fail_halfway_in_a_folder(target: Path) -> None:
    with whole_folder(target) as draft:
        (draft / "a").write_text("half")
        raise ZeroDivisionError


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.html"
    with whole_file(target) as draft:
        draft.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_file_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        _fail_halfway(target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "result"
    with whole_folder(target) as draft:
        (draft / "a").write_text("1")
        (draft / "inner").mkdir()
        (draft / "inner" / "b").write_text("2")
        assert not target.exists()
    assert (target / "inner" / "b").read_text() == "2"
    assert list(tmp_path.iterdir()) == [target]


def test_an_existing_folder_keeps_what_is_not_ours(tmp_path: Path) -> None:
    target = tmp_path / "result"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    (target / "a").write_text("old")
    with whole_folder(target) as draft:
        (draft / "a").write_text("new")
        (draft / "b").write_text("new")
    assert {file.name: file.read_text() for file in target.iterdir()} == {
        "thesis.txt": "years of work",
        "a": "new",
        "b": "new",
    }


def test_a_failed_folder_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "result"
    with pytest.raises(ZeroDivisionError):
        _fail_halfway_in_a_folder(target)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_as_open_to_others_as_any_new_folder(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    with whole_folder(tmp_path / "result") as draft:
        (draft / "a").write_text("1")
    assert (tmp_path / "result").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
        OSError("[Errno 28] Error writing bytes to file. Detail: No space left on device"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_full_disk_is_told_alike_by_every_library(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left on device") as caught, disk_full_told(tmp_path):
        raise error
    assert caught.value.errno == errno.ENOSPC
