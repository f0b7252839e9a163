import base64
import stat
from pathlib import Path

import pytest

from mingdan.platform.trail.doubts import SENTENCES, Doubt
from mingdan.platform.trail.note_reading import open_checkpoint, open_note, read_key, read_proof
from mingdan.platform.trail.note_signing import LogKey, LogKeyError, proof_text
from mingdan.platform.trail.tree import leaf_hash

LOG = LogKey("example.com/log", bytes(range(32)))
KEY = read_key(LOG.public)
OTHER = LogKey("example.com/log", bytes(32))
ROOT = leaf_hash(b"one")


def test_a_signed_checkpoint_opens_with_the_public_key_and_reads_as_the_format_says() -> None:
    note = LOG.sign_checkpoint(20852163, ROOT)
    lines = note.split("\n")
    assert lines[:4] == ["example.com/log", "20852163", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith("— example.com/log ")
    assert open_checkpoint(note, KEY) == ("example.com/log", 20852163, ROOT)


def test_the_key_of_the_c2sp_example_is_named_as_its_signature_line_names_it() -> None:
    # https://c2sp.org/signed-note: the key's number there begins the signature, "Nnug"
    assert base64.b64decode("NnugSzTj")[:4].hex() == "367ba04b"
    assert KEY.number.hex() == LOG.public.split("+")[1]


def test_a_note_signed_by_several_opens_for_each_and_an_unknown_signature_does_no_harm() -> None:
    witness = LogKey("example.com/witness", bytes(range(1, 33)))
    text = "one\n\ntwo\n"
    both = LOG.sign(text) + witness.sign(text).rpartition("\n\n")[2]
    assert open_note(both, KEY) == open_note(both, read_key(witness.public)) == text


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (LOG.sign("a\n1\nb\n").replace("1", "2", 1), "signature"),
        (OTHER.sign_checkpoint(1, ROOT), "unsigned"),
        (LOG.sign_checkpoint(1, ROOT).replace("\n\n", "\n"), "note"),
        (LOG.sign_checkpoint(1, ROOT)[:-1], "note"),
        (LOG.sign_checkpoint(1, ROOT).replace("\n1\n", "\n1\r\n"), "note"),
        (LOG.sign_checkpoint(1, ROOT).replace("— ", "- "), "unsigned"),
        (LOG.sign("example.com/log\n01\n" + base64.b64encode(ROOT).decode() + "\n"), "note"),
        (LOG.sign("example.com/log\n1\nAAAA\n"), "note"),
        (LOG.sign("example.com/log\n-1\n" + base64.b64encode(ROOT).decode() + "\n"), "note"),
        (LOG.sign("example.com/log\n1\n"), "note"),
        ("", "note"),
    ],
)
def test_what_is_not_a_checkpoint_of_this_key_is_doubted(note: str, code: str) -> None:
    with pytest.raises(Doubt) as raised:
        open_checkpoint(note, KEY)
    assert raised.value.code == code


@pytest.mark.parametrize(
    "written", ["", "name", "name+00000000+AQ==", LOG.public.replace("log+", "log2+"), "+".join("abc")]
)
def test_what_is_no_key_is_doubted(written: str) -> None:
    with pytest.raises(Doubt, match="not an Ed25519 key"):
        read_key(written)


def test_a_proof_is_written_and_read_in_the_format_of_c2sp() -> None:
    written = proof_text(3, [ROOT, ROOT], LOG.sign_checkpoint(5, ROOT))
    assert written.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    assert read_proof(written) == (3, [ROOT, ROOT], LOG.sign_checkpoint(5, ROOT))
    with_extra = written.replace("\nindex", "\nextra AAAA\nindex")
    assert read_proof(with_extra)[0] == 3


@pytest.mark.parametrize(
    "written", ["", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\nindex x\n\n", "other\nindex 1\n\n"]
)
def test_what_is_no_proof_is_doubted(written: str) -> None:
    with pytest.raises(Doubt, match="not written as its format says"):
        read_proof(written)


def test_a_key_file_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "log.key"
    first = LogKey.load("example.com/log", file)
    assert LogKey.load("example.com/log", file).public == first.public
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    file.chmod(0o640)
    with pytest.raises(LogKeyError, match="chmod 600"):
        LogKey.load("example.com/log", file)


@pytest.mark.parametrize(
    ("name", "content"), [("two words", None), ("a+b", None), ("", None), ("log", "zz"), ("log", "00")]
)
def test_a_name_or_key_that_cannot_serve_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: str | None
) -> None:
    file = tmp_path / "log.key"
    if content is not None:
        file.write_text(content, encoding="ascii")
        file.chmod(0o600)
    with pytest.raises(LogKeyError, match="The log's"):
        LogKey.load(name, file)


def test_every_sentence_is_there_in_both_languages() -> None:
    for code, (en, zh) in SENTENCES.items():
        assert en.endswith("."), code
        assert zh.endswith("。"), code
        assert "，" not in en, code
        assert not set(zh) & set(",;?!"), code
