"""`mingdan trail`: what people type, and what they are told (the whole command line runs in test_serving)."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mingdan.cli import trail
from mingdan.platform.trail.doubts import UnusableTrailError
from mingdan.platform.trail.models import Entry
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.verifier import main as verify_export
from tests.platform.trail.logs import log_of, lose_deal

pytestmark = pytest.mark.django_db


def typed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(trail.app, [str(one) for one in arguments])


def test_an_export_is_verified_with_the_key_and_a_checkpoint_that_were_printed_before(
    key: LogKey, tmp_path: Path
) -> None:
    lose_deal(1)
    assert typed("sequence", "--once").exit_code == 0
    for asked in ("key", "checkpoint"):
        (tmp_path / asked).write_text(typed(asked).stdout, encoding="utf-8")
    lose_deal(2)
    exported = typed("export", tmp_path / "trail.zip", "--since", tmp_path / "checkpoint", "--disclose")
    assert exported.exit_code == 0, exported.output
    assert "3 of 3 entries written to" in exported.output
    kept = ["--key", str(tmp_path / "key"), "--checkpoint", str(tmp_path / "checkpoint")]
    assert verify_export([str(tmp_path / "trail.zip"), *kept]) == 0


def test_verify_says_what_fits_and_that_nothing_was_compared_with(key: LogKey) -> None:
    log_of(key, 4)
    done = typed("verify")
    assert done.exit_code == 0
    said = done.output
    assert "All 4 entries are as recorded and none is missing" in said
    assert "全部 4 条记录与写入时一致，无一缺失" in said
    assert "Compared with nothing kept elsewhere" in said


def test_a_receipt_is_printed_and_verify_finds_its_entry(key: LogKey, tmp_path: Path) -> None:
    log_of(key, 4)
    printed = typed("receipt", Entry.objects.get(index=2).entry_id)
    (tmp_path / "receipt").write_text(printed.stdout, encoding="utf-8")
    assert "1 receipts fit" in typed("verify", "--receipt", tmp_path / "receipt").output
    unknown = typed("receipt", "0" * 32).exception
    assert isinstance(unknown, UnusableTrailError)
    assert "There is no entry" in str(unknown)


def test_verify_with_a_checkpoint_of_another_log_fails_in_one_sentence(key: LogKey, tmp_path: Path) -> None:
    log_of(key, 4)
    foreign = LogKey("example.com/other", bytes(32)).sign_checkpoint(1, bytes(32))
    (tmp_path / "foreign").write_text(foreign, encoding="utf-8")
    done = typed("verify", "--checkpoint", tmp_path / "foreign")
    assert done.exit_code == 1
    said = done.output
    assert "--checkpoint is not signed with the key of example.com/trail." in said
    assert "NOT VERIFIED." in said


def test_there_is_no_checkpoint_before_the_log_begins(key: LogKey) -> None:
    assert typed("checkpoint").exit_code == 1


def test_the_verifier_is_printed_whole() -> None:
    printed = typed("verifier").stdout
    compile(printed, "verify.py", "exec")
    assert printed.endswith("sys.exit(main())\n")
