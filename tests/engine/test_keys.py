"""One value, many writings, one key; and nothing that gives the value away."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.keys import KeyFileError, Keyring, kind_of_field, normalised

KEYS = Keyring(bytes(range(32)))
KINDS = ("address", "bank", "email", "field", "id", "person", "phone")
plain_text = st.text(max_size=40)


@pytest.mark.parametrize(
    ("kind", "writings"),
    [
        (
            "phone",
            [
                "13987654321",
                "+86 139 8765 4321",
                "0086-139-8765-4321",
                "８６１３９８７６５４３２１",
                "139-8765-4321 转 802",
            ],
        ),
        ("phone", ["010-62345671", "(010) 6234 5671", "+86 10 62345671", "010-62345671-8001", "010 62345671 ext. 12"]),
        ("phone", ["13987654321 / 13800001234", "13987654321"]),
        ("phone", ["+44 20 7946 0958", "0044 20 7946 0958"]),
        ("bank", ["6222 0210 0112 3456 789", "６２２２０２１００１１２３４５６７８９", "6222-0210-0112-3456-789"]),
        ("bank", ["DE89 3704 0044 0532 0130 00", "de89370400440532013000"]),
        ("email", ["Zhao.Min@Example.COM", " zhao.min@example.com ", "mailto:zhao.min@example.com"]),
        ("id", ["11010119900307123x", "110101 19900307 123X"]),
        ("person", ["北京甲乙科技有限公司", "北京甲乙科技有限责任公司", "北京甲乙科技 股份有限公司", "北京甲乙科技"]),
        (
            "person",
            [
                "Harbour Tools Co., Ltd.",
                "HARBOUR TOOLS LTD",
                "Harbour Tools Inc",
                "harbour tools",
                "Harbour Tools Co.Ltd",
            ],
        ),
        ("person", ["Nordlicht G.m.b.H.", "Nordlicht GmbH", "Nordlicht GmbH & Co. KG"]),
        ("person", ["Mr. Wang Wei", "wang  wei", "Wang Wei"]),
        ("person", ["王伟先生", "王 伟"]),
        ("person", ["甲乙（中国）有限公司", "甲乙(中国)有限公司", "甲乙中国"]),
        (
            "address",
            ["北京市海淀区学院路5号楼3层301室", "北京海淀区学院路5栋三楼301", "北京市 海淀区 学院路 5#楼 3F 301房"],
        ),
        ("address", ["12 Main Street, Suite 4", "12 main st. ste 4", "No. 12 Main Street Suite 4"]),
    ],
)
def test_different_writings_of_one_value_give_one_key(kind: str, writings: list[str]) -> None:
    keys = {KEYS.key(kind, written) for written in writings}
    assert len(keys) == 1, [normalised(kind, written) for written in writings]
    assert None not in keys


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "13987654321", "13987654322"),
        ("phone", "010-62345671", "021-62345671"),
        ("person", "北京甲乙科技有限公司", "上海甲乙科技有限公司"),
        ("person", "北京甲乙有限公司", "北京甲乙有限公司上海分公司"),
        ("person", "Li Sa", "Li Co"),
        ("address", "北京市海淀区学院路5号", "上海市海淀区学院路5号"),
        ("address", "学院路5号楼301室", "学院路5楼301室"),
        ("bank", "6222021001123456789", "6222021001123456780"),
    ],
)
def test_values_that_differ_keep_different_keys(kind: str, one: str, other: str) -> None:
    assert KEYS.key(kind, one) != KEYS.key(kind, other)


@pytest.mark.parametrize(
    ("kind", "junk"),
    [
        ("phone", "0000000"),
        ("phone", "13888888888"),
        ("phone", "1234567890"),
        ("phone", "62345671"),
        ("phone", "138****5678"),
        ("phone", "无"),
        ("phone", "95588"),
        ("bank", "0000 0000 0000"),
        ("bank", "123"),
        ("email", "n/a"),
        ("email", "@"),
        ("id", "-"),
        ("person", "。"),
        ("person", "xxxx"),
        ("address", "北京市"),
        ("address", "0000000"),
        ("field", "  "),
    ],
)
def test_what_identifies_nobody_gets_no_key(kind: str, junk: str) -> None:
    assert KEYS.key(kind, junk) is None


@pytest.mark.parametrize("kind", KINDS)
@given(written=plain_text)
def test_normalising_twice_is_normalising_once(kind: str, written: str) -> None:
    form = normalised(kind, written)
    assert form is None or normalised(kind, form) == form


@given(mobile=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_has_one_key_in_every_writing(mobile: str) -> None:
    dashed = f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"
    writings = (mobile, f"+86{mobile}", f"0086 {mobile}", f"+86 {dashed}", dashed, f"{mobile}转12")
    assert len({KEYS.key("phone", written) for written in writings}) == 1


@given(value=st.text(alphabet="0123456789", min_size=8, max_size=19))
def test_kinds_never_share_a_key_and_a_key_never_holds_the_value(value: str) -> None:
    keys = [key for kind in KINDS if (key := KEYS.key(kind, value)) is not None]
    assert len(keys) == len(set(keys))
    assert all(value not in key for key in keys)


@given(kind=st.sampled_from(KINDS), written=st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_breaks_the_keying(kind: str, written: str) -> None:
    key = KEYS.key(kind, written)
    assert key is None or (len(key) == 32 and key == KEYS.key(kind, written))


def test_another_secret_gives_another_key_and_fingerprint() -> None:
    other = Keyring(bytes(range(1, 33)))
    assert other.key("phone", "13987654321") != KEYS.key("phone", "13987654321")
    assert other.fingerprint != KEYS.fingerprint
    assert bytes(range(32)).hex() not in KEYS.fingerprint


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Mobile", "phone"),
        ("phone_key", "phone"),
        ("tel", "phone"),
        ("联系电话", "phone"),
        ("Email", "email"),
        ("Billing_Street", "address"),
        ("银行账号", "bank"),
        ("Stage", "field"),
        ("hotel", "field"),
    ],
)
def test_a_changed_field_is_keyed_as_what_it_holds(field: str, kind: str) -> None:
    assert kind_of_field(field) == kind


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "private" / "mingdan.key"
    first = Keyring.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(path.read_bytes()) == 32
    assert Keyring.load(path).fingerprint == first.fingerprint
    assert list(path.parent.iterdir()) == [path]


def test_runs_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "mingdan.key"
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(Keyring.load(path).fingerprint)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mingdan.key"
    Keyring.load(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Keyring.load(path)


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mingdan.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="backup"):
        Keyring.load(path)


def test_a_folder_in_place_of_the_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="not a file"):
        Keyring.load(tmp_path)
