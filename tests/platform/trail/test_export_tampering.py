"""Whoever tampers with an export is found out, and the verifier says in both languages what and where."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mingdan.platform.trail.canonical import canonical
from mingdan.platform.trail.note_signing import LogKey
from tests.platform.trail.exports import LAST, LEAVES, LOG, Files, lines, rewrite, selection, verified, whole
from tests.platform.trail.leaves import root


def with_lines(change: Callable[[list[bytes]], object]) -> Callable[[Files], None]:
    def tamper(files: Files) -> None:
        changed = lines(files)
        change(changed)
        files["entries.jsonl"] = b"".join(changed)

    return tamper


def swap(written: list[bytes]) -> None:
    written[3], written[9] = written[9], written[3]


def roll_back(files: Files) -> None:
    files["entries.jsonl"] = b"".join(lines(files)[:10])
    files["leaves"] = files["leaves"][: 32 * 10]
    files["checkpoint"] = LOG.sign_checkpoint(10, root(LEAVES[:10])).encode()
    del files["checkpoints.jsonl"]


def without_leaves(tamper: Callable[[Files], None]) -> Callable[[Files], None]:
    def both(files: Files) -> None:
        tamper(files)
        del files["leaves"]

    return both


FORGED = canonical({"v": 1, "id": "forged"}) + b"\n"
WHOLE: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "a bit flipped": (
        with_lines(lambda written: written.__setitem__(7, written[7].replace(b'"v":1', b'"v":2'))),
        "Entry 7 was changed after it was recorded.",
        "第 7 条记录在写入之后被改动。",
    ),
    "an entry removed": (with_lines(lambda written: written.pop(7)), "Entry 7 was removed", "第 7 条记录已被删除"),
    "an entry inserted": (
        with_lines(lambda written: written.insert(7, FORGED)),
        "inserted at place 7",
        "第 7 条的位置插入",
    ),
    "an entry copied": (
        with_lines(lambda written: written.insert(7, written[2])),
        "inserted at place 7",
        "第 7 条的位置插入",
    ),
    "two entries swapped": (
        with_lines(swap),
        "Entries 3 and 9 have changed places",
        "第 3 条与第 9 条记录的次序被调换",
    ),
    "the end cut off": (
        with_lines(lambda written: written.__delitem__(slice(18, None))),
        "cut off from entry 18",
        "自第 18 条起",
    ),
    "an entry added": (
        with_lines(lambda written: written.append(FORGED)),
        "entry 21 and what follows",
        "自第 21 条起均非",
    ),
    "all entries gone": (with_lines(lambda written: written.clear()), "only 0 are here", "只有 0 条"),
    "a bit flipped, no hashes to tell where": (
        without_leaves(with_lines(lambda written: written.__setitem__(15, FORGED))),
        "between entry 12 and entry 20",
        "第 12 条至第 20 条",
    ),
    "the whole log rewritten and signed anew": (rewrite, "The log was rewritten: its first 12 entries", "日志已被重写"),
    "the log rolled back to before the checkpoint": (roll_back, "The log was rolled back", "日志被回退"),
    "a checkpoint of another key": (
        lambda files: files.__setitem__(
            "checkpoint", LogKey(LOG.name, bytes(32)).sign_checkpoint(21, root(LEAVES)).encode()
        ),
        "checkpoint is not signed with the key of example.com/trail",
        "checkpoint 未经 example.com/trail 的密钥签名",
    ),
    "a checkpoint with another size": (
        lambda files: files.__setitem__("checkpoint", LAST.replace("21", "20", 1).encode()),
        "The signature in checkpoint does not fit",
        "checkpoint 的签名与内容不符",
    ),
    "another value disclosed": (
        lambda files: files.__setitem__(
            "disclosed.jsonl", files["disclosed.jsonl"].replace(b"13671284567", b"13671284568")
        ),
        "The value shown for phone of entry 4 is not the one",
        "第 4 条记录中 phone 所示内容",
    ),
    "a value of an entry that does not exist": (
        lambda files: files.__setitem__("disclosed.jsonl", files["disclosed.jsonl"].replace(b": 4", b": 40")),
        "The value shown for phone of entry 40",
        "第 40 条记录中 phone",
    ),
    "a forged entry laid beside the log": (
        lambda files: files.__setitem__("entries/21.json", FORGED),
        "The file entries/21.json does not belong to the export",
        "文件 entries/21.json 不属于此次导出",
    ),
    "something written beside a disclosed value": (
        lambda files: files.__setitem__(
            "disclosed.jsonl", files["disclosed.jsonl"].replace(b"}", b', "owner": "somebody"}')
        ),
        "disclosed.jsonl is not written as its format says",
        "disclosed.jsonl 的格式不符合规范",
    ),
    "another key": (
        lambda files: files.__setitem__("key.vkey", LogKey(LOG.name, bytes(32)).public.encode()),
        "The file key.vkey is not the one that was exported",
        "文件 key.vkey 与导出时不一致",
    ),
    "a file whose name writes on the screen": (
        lambda files: files.__setitem__("x\nVERIFIED against the key", b""),
        "The file x\ufffdVERIFIED against the key does not belong",
        "不属于此次导出",
    ),
    "no checkpoint": (
        lambda files: files.pop("checkpoint"),
        "checkpoint is missing from the export",
        "缺少 checkpoint",
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_tampering_with_a_whole_trail_is_found_and_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper, en, zh = WHOLE[name]
    files = whole()
    tamper(files)
    assert verified(tmp_path, files) == 1
    said = capsys.readouterr().out
    assert en in said
    assert zh in said
    assert "NOT VERIFIED" in said


def altered_selection(files: Files) -> None:
    files["entries/4.json"] = files["entries/4.json"].replace(b'"v":1', b'"v":2')


SELECTION: dict[str, tuple[Callable[[Files], object], str]] = {
    "an entry altered": (altered_selection, "Entry 4 is not the one in the log"),
    "an entry under another number": (
        lambda files: files.__setitem__("entries/5.json", files.pop("entries/4.json")),
        "proofs/5.tlog-proof is missing",
    ),
    "an entry left out": (lambda files: files.pop("entries/20.json"), "entries/20.json is missing"),
    "a proof of another checkpoint": (
        lambda files: files.__setitem__(
            "proofs/4.tlog-proof", files["proofs/4.tlog-proof"].replace(b"\n21\n", b"\n22\n")
        ),
        "proofs/4.tlog-proof is not written as its format says",
    ),
    "no proof of growth": (lambda files: files.pop("consistency.json"), "Nothing in the export proves"),
    "a broken proof of growth": (
        lambda files: files.__setitem__("consistency.json", b'{"size": 12, "proof": []}'),
        "The log was rewritten: its first 12 entries",
    ),
}


@pytest.mark.parametrize("name", SELECTION)
def test_tampering_with_a_selection_is_found(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tamper, en = SELECTION[name]
    files = selection()
    tamper(files)
    assert verified(tmp_path, files) == 1
    assert en in capsys.readouterr().out


def test_every_flipped_bit_of_every_entry_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = whole()
    entries = honest["entries.jsonl"]
    missed = []
    for bit in range(0, 8 * len(entries), 211):
        flipped = bytearray(entries)
        flipped[bit // 8] ^= 1 << bit % 8
        if verified(tmp_path, honest | {"entries.jsonl": bytes(flipped)}) != 1:
            missed.append(bit)
    assert missed == []
    assert capsys.readouterr().out.count("NOT VERIFIED") > 100
