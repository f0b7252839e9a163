"""Files: told by content, limited, stored under their hash, whole or not at all."""

import datetime
import hashlib
import io
import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mingdan.platform.files import store
from mingdan.platform.files.actions import MOST_BYTES, erase_file, keep_file, remove_strays
from mingdan.platform.files.archives import MOST_MEMBERS, members_of
from mingdan.platform.files.file_types import type_of
from mingdan.platform.files.models import StoredFile
from mingdan.platform.files.refusal import CannotKeepFileError
from mingdan.platform.people.models import Employee, User
from mingdan.platform.trail.models import PendingEntry
from tests.platform.files.samples import PDF, PNG, office, zipped


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(CannotKeepFileError) as refused:
        type_of(name, io.BytesIO(content))
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.PNG", PNG),
        ("a.jpeg", b"\xff\xd8\xff\xe0" + b"x" * 40),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 "),
        ("a.txt", "甲方与乙方".encode("gb18030")),
        ("a.csv", "姓名,金额\n安,3".encode()),
        ("a.json", b'{"a": 1}'),
        ("a.zip", zipped({"a.txt": b"a"})),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
        ("a.pptx", office("ppt/presentation.xml")),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name: str, content: bytes) -> None:
    assert "/" in type_of(name, io.BytesIO(content)).media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ\x90", "unknown_type"),
        ("a.svg", b"<svg onload='x'/>", "unknown_type"),
        ("a.html", b"<script>x</script>", "unknown_type"),
        ("a.xlsm", office("xl/workbook.xml"), "unknown_type"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "unknown_type"),
        ("pdf", PDF, "unknown_type"),
        ("a.pdf", b"<html><script>x</script>", "not_what_it_says"),
        ("a.pdf", PNG, "not_what_it_says"),
        ("a.png", PNG[:-4], "not_what_it_says"),
        ("a.png", PNG + b"<?php", "not_what_it_says"),
        ("a.txt", b"\n <SVG onload='x'>", "not_what_it_says"),
        ("a.txt", b"\0\1\2", "not_what_it_says"),
        ("a.csv", b"<!doctype html>", "not_what_it_says"),
        ("a.json", b"{", "not_what_it_says"),
        ("a.xlsx", office("word/document.xml"), "not_what_it_says"),
        ("a.xlsx", zipped({"a.txt": b"a"}), "not_what_it_says"),
        ("a.zip", PDF + zipped({"a.txt": b"a"}), "not_what_it_says"),
        ("a.pdf", PDF + zipped({"a.js": b"a"}), "two_in_one"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("a.zip", zipped({"b.txt": zipped({"a.txt": b"a"})}), "nested"),
        ("a.zip", zipped({"b.gz": b"\x1f\x8b\x08"}), "nested"),
        ("a.zip", zipped({"../a.txt": b"a"}), "paths"),
        ("a.zip", zipped({"/a.txt": b"a"}), "paths"),
        ("a.zip", zipped({"c:\\a.txt": b"a"}), "paths"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes, code: str) -> None:
    assert refusal(name, content) == code


def test_a_zip_bomb_is_refused_after_a_few_megabytes() -> None:
    bomb = zipped({"a.txt": bytes(30_000_000)})
    assert len(bomb) < 100_000
    assert refusal("a.zip", bomb) == "unpacked"
    assert refusal("a.xlsx", office("xl/workbook.xml", "xl/sheet.xml", content=bytes(30_000_000))) == "unpacked"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    honest = zipped({"a.txt": bytes(30_000_000)})
    size, lie = (30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert honest.count(size) == 2
    assert refusal("a.zip", honest.replace(size, lie)) in ("damaged", "unpacked")


def test_many_members_locked_ones_and_links_are_refused() -> None:
    assert refusal("a.zip", zipped({str(n): b"" for n in range(MOST_MEMBERS + 1)})) == "members"
    locked = bytearray(zipped({"a.txt": b"a"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal("a.zip", bytes(locked)) == "locked"
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("a")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert refusal("a.zip", link.getvalue()) == "paths"


@given(st.binary(max_size=400), st.integers(0, 400))
def test_whatever_a_zip_holds_it_is_read_or_refused(noise: bytes, at: int) -> None:
    whole = zipped({"a.txt": b"abc" * 50, "b/c.csv": b"1,2"})
    torn = whole[: at % len(whole)] + noise + whole[at % len(whole) + len(noise) :]
    with suppress(CannotKeepFileError):
        assert members_of(io.BytesIO(torn)) is not None


def test_a_kept_file_lies_under_its_hash_and_in_the_trail(
    ann: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    kept = keep_file(io.BytesIO(PDF), "C:\\fakepath\\合同\u202e.pdf", about=employees["ann"], by=ann, at=now)
    assert kept.name == "合同.pdf"
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert store.path_of(kept.sha256).read_bytes() == PDF
    assert store.path_of(kept.sha256).stat().st_mode & 0o077 == 0
    said = json.loads(PendingEntry.objects.filter(kind="files.file_kept").get().text)
    assert said["data"]["sha256"] == kept.sha256
    assert "合同" not in json.dumps(said, ensure_ascii=False)


def test_too_large_empty_and_nameless_files_are_refused(
    ann: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    for name, content, code in (
        ("a.pdf", b"", "empty"),
        ("a.pdf", PDF + bytes(MOST_BYTES), "too_large"),
        ("..", PDF, "no_name"),
        (".pdf", PDF, "no_name"),
    ):
        with pytest.raises(CannotKeepFileError) as refused:
            keep_file(io.BytesIO(content), name, about=employees["ann"], by=ann, at=now)
        assert refused.value.code == code
    assert not StoredFile.objects.exists()
    assert not store.folder().exists()


def test_the_same_bytes_are_stored_once_and_go_with_the_last_who_kept_them(
    ann: User,
    employees: dict[str, Employee],
    now: datetime.datetime,
    django_capture_on_commit_callbacks: "pytest.FixtureRequest",
) -> None:
    one, other = (
        keep_file(io.BytesIO(PDF), name, about=employees["ann"], by=ann, at=now) for name in ("a.pdf", "b.pdf")
    )
    assert len([path for path in store.folder().rglob("*") if path.is_file()]) == 1
    for kept, remains in ((one, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            erase_file(kept, by=ann, at=now, reason="request")
        assert store.path_of(kept.sha256).exists() is remains
    one.refresh_from_db()
    assert (one.name, bool(one.erased_at), len(one.sha256)) == ("", True, 64)


def test_bytes_without_a_row_are_removed_and_others_stay(
    ann: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    kept = keep_file(io.BytesIO(PDF), "a.pdf", about=employees["ann"], by=ann, at=now)
    stray, _length = store.store([b"stray"])
    fresh, _length = store.store([b"fresh"])
    for sha256 in (kept.sha256, stray):
        os.utime(store.path_of(sha256), (0, 0))
    assert remove_strays(now) == 1
    assert [store.path_of(sha256).exists() for sha256 in (kept.sha256, stray, fresh)] == [True, False, True]


def test_a_write_that_fails_leaves_nothing() -> None:
    def torn() -> "list[bytes]":
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.store(piece for piece in [b"a", *torn()])
    assert [path for path in store.folder().rglob("*") if path.is_file()] == []
