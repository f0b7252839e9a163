"""The verifier as an outsider runs it, on exports that somebody tampered with."""

import ast
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingdan.platform.trail import export_writing
from mingdan.platform.trail.export_check import MANIFEST
from mingdan.platform.trail.export_writing import Disclosed, Vouched, whole_trail, write_export
from mingdan.platform.trail.single_file import MODULES, single_file
from mingdan.platform.trail.tree import EMPTY_ROOT, leaf_hash
from mingdan.platform.trail.verifier import main
from tests.platform.trail.exports import (
    COMMITTED,
    DISCLOSED,
    ENTRIES,
    KEPT,
    LOG,
    SALT,
    WRITTEN,
    Files,
    lines,
    rewrite,
    selection,
    verified,
    vouched,
    whole,
)


@pytest.mark.parametrize("files", [whole(), selection()], ids=["whole", "selection"])
def test_an_honest_export_is_verified_in_both_languages(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(tmp_path, files) == 0
    said = capsys.readouterr().out
    assert "VERIFIED against the key and the checkpoint" in said
    assert "验证通过" in said
    assert "1 disclosed personal values are those that were recorded" in said


def test_without_anything_kept_elsewhere_a_rewritten_log_passes_and_the_verifier_says_that_it_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = whole()
    rewrite(files)
    del files["disclosed.jsonl"]
    files["disclosed.jsonl"] = b""
    assert verified(tmp_path, files, anchored=False) == 3
    assert "NOT ANCHORED" in capsys.readouterr().out
    assert verified(tmp_path, files) == 1


def test_a_kept_checkpoint_of_no_entries_anchors_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(tmp_path, whole(), kept=LOG.sign_checkpoint(0, EMPTY_ROOT)) == 1
    assert "--checkpoint is not written as its format says" in capsys.readouterr().out


def test_an_export_of_another_log_is_not_taken_for_this_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = LOG.sign(f"example.com/other\n12\n{KEPT.splitlines()[2]}\n")
    assert verified(tmp_path, whole(), kept=elsewhere) == 1
    assert "two different logs, example.com/other and example.com/trail" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["altered", "missing", "extra"])
def test_files_damaged_on_the_way_are_named(change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verified(tmp_path, whole())
    folder = tmp_path / "export"
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        archive.extractall(folder)
    file = folder / ("other" if change == "extra" else "VERIFY.md")
    file.unlink() if change == "missing" else file.write_text("x", encoding="utf-8")
    capsys.readouterr()
    assert main([str(folder), "--key", LOG.public, "--checkpoint", str(tmp_path / "kept")]) == 1
    assert f"The file {file.name}" in capsys.readouterr().out


def test_what_is_no_export_is_unreadable_and_not_verified(tmp_path: Path) -> None:
    (tmp_path / "nothing.zip").write_bytes(b"nothing")
    assert main([str(tmp_path / "nothing.zip"), "--key", LOG.public]) == 2
    assert main([str(tmp_path / "nowhere"), "--key", LOG.public]) == 1


def test_one_file_of_a_name_twice_is_unreadable(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("checkpoint", "a")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("checkpoint", "b")
    (tmp_path / "twice.zip").write_bytes(buffer.getvalue())
    assert main([str(tmp_path / "twice.zip"), "--key", LOG.public]) == 2


def test_a_name_that_stands_twice_in_an_entry_is_doubted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = b'{"personal":{"phone":"%b"},"personal":{}}' % COMMITTED.encode()
    leaf = leaf_hash(entry)
    note = LOG.sign_checkpoint(1, leaf)
    files = {
        name: b"".join(pieces)
        for name, pieces in whole_trail(
            Vouched(LOG.public, note), lambda: iter([entry]), [Disclosed(0, "phone", SALT, WRITTEN)]
        )
    }
    assert verified(tmp_path, files, kept=note) == 1
    assert "Entry 0 is not written as an entry" in capsys.readouterr().out


def test_the_single_file_needs_only_the_standard_library_and_says_the_same(tmp_path: Path) -> None:
    verified(tmp_path, whole())
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "verify.py").write_text(single_file(), encoding="utf-8")
    command = [sys.executable, "-I", "-S", "-W", "error", str(alone / "verify.py"), str(tmp_path / "export.zip")]
    anchors = ["--key", LOG.public, "--checkpoint", str(tmp_path / "kept")]
    honest = subprocess.run(
        [*command, *anchors], cwd=alone, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (honest.returncode, honest.stderr) == (0, "")
    files = whole()
    files["entries.jsonl"] = b"".join(one for number, one in enumerate(lines(files)) if number != 7)
    verified(tmp_path, files)
    found = subprocess.run(
        [*command, *anchors], cwd=alone, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert found.returncode == 1
    assert "第 7 条记录已被删除" in found.stdout


def test_the_single_file_imports_nothing_but_the_standard_library() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(single_file()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_what_proves_and_signs_knows_nothing_of_django() -> None:
    modules = [*MODULES, "proofs", "canonical", "commitments", "note_signing", "export_writing"]
    imports = "".join(f"import mingdan.platform.trail.{name}\n" for name in modules)
    command = [sys.executable, "-c", f"{imports}import sys; sys.exit('django' in sys.modules)"]
    assert subprocess.run(command, check=False).returncode == 0


def test_an_export_is_written_whole_or_not_at_all_and_the_same_twice(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_export(tmp_path / name, whole_trail(vouched(), lambda: iter(ENTRIES), DISCLOSED))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

    def breaking() -> Iterator[tuple[str, list[bytes]]]:
        yield "checkpoint", [b"x"]
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_export(tmp_path / "three.zip", breaking())
    assert {file.name for file in tmp_path.iterdir()} == {"one.zip", "two.zip"}


def test_the_manifest_is_what_sha256sum_reads(tmp_path: Path) -> None:
    verified(tmp_path, whole())
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        listed = dict(line.split("  ")[::-1] for line in archive.read(MANIFEST).decode().splitlines())
        assert listed.keys() == set(archive.namelist()) - {MANIFEST}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in listed.items())


def test_the_instructions_and_the_disclosed_values_are_in_the_export() -> None:
    files = whole()
    assert export_writing.INSTRUCTIONS.read_bytes() == files["VERIFY.md"]
    assert [json.loads(line)["index"] for line in files["disclosed.jsonl"].splitlines()] == [4]
