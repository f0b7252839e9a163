"""What is exported from the database, an outsider verifies without it."""

import zipfile
from pathlib import Path

import pytest

from mingdan.platform.trail.actions import erase_values
from mingdan.platform.trail.exporting import CannotExportError, export_trail
from mingdan.platform.trail.models import Checkpoint, Entry, PendingEntry
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.proofs import consistency_proof, inclusion_proof
from mingdan.platform.trail.queries import stored_subtrees
from mingdan.platform.trail.tree import EMPTY_ROOT, leaf_hash
from mingdan.platform.trail.verifier import main
from tests.platform.trail.leaves import subtrees_of
from tests.platform.trail.logs import NOW, log_of, lose_deal

pytestmark = pytest.mark.django_db


def verified(file: Path, key: LogKey, kept: str) -> int:
    file.with_suffix(".kept").write_text(kept, encoding="utf-8")
    return main([str(file), "--key", key.public, "--checkpoint", str(file.with_suffix(".kept"))])


def test_the_whole_trail_is_exported_with_what_waits_and_verifies(
    key: LogKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = log_of(key, 20, checkpoint_at=(7,))[0]
    lose_deal(90)
    assert export_trail(tmp_path / "all.zip", key, at=NOW, disclose=True) == (21, 21)
    assert not PendingEntry.objects.exists()
    assert verified(tmp_path / "all.zip", key, kept) == 0
    said = capsys.readouterr().out
    assert "All 21 entries of the log example.com/trail are as recorded, none is missing." in said
    assert "28 disclosed personal values are those that were recorded." in said


def test_the_entries_about_one_object_are_exported_with_proofs_and_grow_out_of_a_kept_checkpoint(
    key: LogKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = log_of(key, 20, checkpoint_at=(7,))[0]
    assert export_trail(tmp_path / "deal.zip", key, at=NOW, about="crm.deal:5", since=kept) == (3, 20)
    assert verified(tmp_path / "deal.zip", key, kept) == 0
    assert "All 3 entries shown are in the log" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "deal.zip") as archive:
        assert {name for name in archive.namelist() if name.startswith("entries/")} == {
            f"entries/{index}.json" for index in (5, 10, 15)
        }


def test_an_erased_value_is_not_disclosed_and_the_export_verifies(
    key: LogKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = log_of(key, 5)[0]
    erase_values(Entry.objects.get(index=1).entry_id, ["phone"], by=None, at=NOW, reason="request 12")
    export_trail(tmp_path / "after.zip", key, at=NOW, disclose=True)
    assert verified(tmp_path / "after.zip", key, kept) == 0
    assert "5 disclosed personal values" in capsys.readouterr().out


def test_an_export_since_a_checkpoint_that_the_log_cannot_have_grown_out_of_is_refused(
    key: LogKey, tmp_path: Path
) -> None:
    log_of(key, 5)
    with pytest.raises(CannotExportError, match="the log was cut"):
        export_trail(tmp_path / "x.zip", key, at=NOW, since=key.sign_checkpoint(9, EMPTY_ROOT))
    with pytest.raises(CannotExportError, match="not signed with the key"):
        export_trail(tmp_path / "x.zip", key, at=NOW, since=LogKey(key.name, bytes(32)).sign_checkpoint(3, EMPTY_ROOT))
    assert not (tmp_path / "x.zip").exists()


def test_the_earlier_checkpoints_that_go_along_are_spread_over_the_log(
    key: LogKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingdan.platform.trail.exporting.EARLIER", 3)
    kept = log_of(key, 12, checkpoint_at=tuple(range(2, 12)))[0]
    export_trail(tmp_path / "all.zip", key, at=NOW)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert len(archive.read("checkpoints.jsonl").splitlines()) == 3
    assert Checkpoint.objects.count() == 12
    assert verified(tmp_path / "all.zip", key, kept) == 0


def test_proofs_from_stored_hashes_are_those_from_all_leaves(key: LogKey, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sequencing", "queries"):
        monkeypatch.setattr(f"mingdan.platform.trail.{module}.STORED_LEVELS", 3)
    log_of(key, 150)
    leaves = [leaf_hash(text.encode()) for text in Entry.objects.order_by("index").values_list("text", flat=True)]
    stored, straight = stored_subtrees(), subtrees_of(leaves)
    for size in (1, 2, 7, 8, 9, 63, 64, 65, 127, 150):
        for index in {0, size // 2, size - 1}:
            assert inclusion_proof(index, size, stored) == inclusion_proof(index, size, straight)
        assert consistency_proof(size, 150, stored) == consistency_proof(size, 150, straight)
