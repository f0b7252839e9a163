"""Plain numbers and names are keyed at the border and seen nowhere behind it."""

import json
from pathlib import Path

import pytest

from mingdan.engine.keys import Keyring
from mingdan.engine.reading import UnreadableTrailError
from tests.engine.reading.clean_trail import opened, write_clean

_PHONE, _OTHER = "13905127731", "139-0512-7732"


def _write_people(folder: Path) -> None:
    write_clean(folder)
    (folder / "employees.csv").write_text(
        f"employee_id,name,role,手机号,bank\nE1,林晓,rep,{_PHONE},6222020200011112222\nE2,周航,rep,6.22E+18,无\n"
    )
    (folder / "contacts.csv").write_text(
        f"contact_id,account_id,phone,email\nK1,A1,+86 {_PHONE},Chen@Example.cn\nK2,A1,{_OTHER},\nK2,A1,{_OTHER},\n"
    )
    (folder / "field_changes.csv").write_text(
        "table_name,row_id,field,changed_at,changed_by,old,new\n"
        f"contacts,K1,phone,2024-03-01,E1,{_OTHER},{_PHONE}\ncontacts,K1,title,2024-03-02,E1,采购,经理\n"
    )


def test_the_same_number_has_one_key_wherever_it_stands(folder: Path) -> None:
    _write_people(folder)
    trail = opened(folder)
    ring = Keyring.load(folder.parent / "key")
    tables = trail.as_of(trail.latest)
    employees = tables.records(tables.employees, order_by=["employee_id"])
    contacts = tables.records(tables.contacts, order_by=["contact_id"])
    changes = tables.records(tables.field_changes, order_by=["changed_at"])
    phone = ring.key("phone", _PHONE)
    assert [row["phone_key"] for row in employees] == [phone, None]
    assert [row["bank_key"] for row in employees] == [ring.key("bank", "6222020200011112222"), None]
    assert [row["phone_key"] for row in contacts] == [phone, ring.key("phone", _OTHER)]
    assert contacts[0]["email_key"] == ring.key("email", "chen@example.cn")
    assert (changes[0]["old_key"], changes[0]["new_key"]) == (ring.key("phone", _OTHER), phone)
    assert changes[1]["new_key"] == ring.key("field", "经理")
    assert trail.fingerprint == ring.fingerprint
    trail.close()


def test_no_plain_number_is_left_in_what_people_see(folder: Path, tmp_path: Path) -> None:
    _write_people(folder)
    damaged = f'K9,A1,"{_PHONE},\n'
    (folder / "contacts.csv").write_text((folder / "contacts.csv").read_text() + damaged)
    (folder / "company_bank_accounts.csv").write_text("bank,name\n?,main\n6222020200011112222,other\n")
    trail = opened(folder)
    trail.write_set_aside(tmp_path / "set_aside.csv")
    seen = (tmp_path / "set_aside.csv").read_text(encoding="utf-8-sig") + " ".join(
        text.en + text.zh for text in trail.notices
    )
    assert _PHONE not in seen
    assert "6222" not in seen
    assert seen.count("(hidden)") >= 2
    assert {count.name: count.set_aside for count in trail.counts} == {
        **dict.fromkeys((count.name for count in trail.counts), 0),
        "contacts": 2,
        "company_bank_accounts": 1,
    }
    assert "keyed values" not in trail.con.list_tables(database="main")
    trail.close()


def test_a_number_that_a_spreadsheet_cut_is_no_key(folder: Path) -> None:
    _write_people(folder)
    trail = opened(folder)
    assert any("employees.phone_key: 1 unreadable" in text.en and "(hidden)" in text.en for text in trail.notices)
    trail.close()


def test_no_key_file_is_made_where_there_is_nothing_to_key(clean: Path) -> None:
    trail = opened(clean)
    assert trail.fingerprint is None
    assert not (clean.parent / "key").exists()
    trail.close()


def test_keys_of_another_secret_are_refused(folder: Path) -> None:
    _write_people(folder)
    (folder / "trail.json").write_text(json.dumps({"key_fingerprint": "0123456789ab"}))
    with pytest.raises(UnreadableTrailError, match="made with the key file 0123456789ab"):
        opened(folder)


def test_a_trail_of_keys_needs_no_key_file(folder: Path) -> None:
    write_clean(folder)
    (folder / "employees.csv").write_text("employee_id,name,role,phone_key\nE1,林晓,rep,ab12\n")
    (folder / "trail.json").write_text(json.dumps({"key_fingerprint": "0123456789ab"}))
    trail = opened(folder)
    assert trail.fingerprint == "0123456789ab"
    assert "phone_key" in trail.supplied["employees"]
    trail.close()


def test_the_id_of_a_row_is_not_an_id_number(folder: Path) -> None:
    write_clean(folder)
    (folder / "employees.csv").write_text("id,name,role\nE1,林晓,rep\nE2,周航,rep\n")
    trail = opened(folder)
    assert trail.supplied["employees"] == {"employee_id", "name", "role"}
    trail.close()
