import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from mingdan.platform.trail.actions import CannotEraseError, erase_values, record, record_reading, reference
from mingdan.platform.trail.checking import verify_log
from mingdan.platform.trail.commitments import commitment
from mingdan.platform.trail.entry_text import LONGEST, UnrecordableError
from mingdan.platform.trail.exporting import export_trail
from mingdan.platform.trail.models import Entry, PendingEntry, PersonalValue
from mingdan.platform.trail.note_reading import read_key
from mingdan.platform.trail.note_signing import LogKey
from tests.platform.trail.logs import DEAL_LOST, NOW, log_of, lose_deal

pytestmark = pytest.mark.django_db

VALUES = {"reason": "price", "amount": "1200.00", "phone": "13671284567"}


def test_an_entry_is_canonical_json_and_holds_personal_values_only_as_commitments() -> None:
    entry_id = lose_deal()
    text = PendingEntry.objects.get(entry_id=entry_id).text
    said = json.loads(text)
    assert text == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert {name: said[name] for name in ("v", "id", "kind", "at", "by", "about", "data")} == {
        "v": 1,
        "id": entry_id,
        "kind": "tests.deal_lost",
        "at": "2026-03-02T09:30:01.000000Z",
        "by": "people.user:7007",
        "about": "crm.deal:1",
        "data": {"reason": "price", "amount": "1200.00"},
    }
    kept = PersonalValue.objects.get(entry_id=entry_id, field="phone")
    assert commitment(bytes(kept.salt or b""), '"13671284567"') == said["personal"]["phone"]
    assert "13671284567" not in text


def test_an_entry_stands_if_and_only_if_what_it_tells_of_does() -> None:
    with transaction.atomic():
        record(DEAL_LOST, by=None, at=NOW, values=VALUES)
        assert PendingEntry.objects.count() == 1
        transaction.set_rollback(True)
    assert not PendingEntry.objects.exists()
    assert not PersonalValue.objects.exists()


def test_nothing_is_recorded_outside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(UnrecordableError, match="outside a transaction"):
        record(DEAL_LOST, by=None, at=NOW, values=VALUES)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({**VALUES, "colour": "red"}, "no field colour"),
        ({"reason": "price"}, "lacks amount"),
        ({**VALUES, "reason": 1.5e400}, "no writing in JSON"),
        ({**VALUES, "reason": "x" * LONGEST}, "at most 65535 bytes"),
    ],
)
def test_what_the_kind_does_not_declare_or_json_cannot_hold_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises((UnrecordableError, ValueError), match=why):
        record(DEAL_LOST, by=None, at=NOW, values=values)
    assert not PendingEntry.objects.exists()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(UnrecordableError, match="time zone"):
        record(DEAL_LOST, by=None, at=datetime(2026, 3, 2), values=VALUES)  # noqa: DTZ001


def test_a_reference_too_long_for_its_column_is_refused_on_every_database() -> None:
    with pytest.raises(UnrecordableError, match="too long a about"):
        record(DEAL_LOST, by=None, at=NOW, about="crm.deal:" + "1" * 120, values=VALUES)


def test_characters_that_a_database_refuses_are_recorded_as_json_writes_them() -> None:
    entry_id = record(DEAL_LOST, by=None, at=NOW, values={**VALUES, "reason": "a\0b", "phone": "1\0"})
    assert json.loads(PendingEntry.objects.get(entry_id=entry_id).text)["data"]["reason"] == "a\0b"


def test_business_time_and_record_time_stand_apart() -> None:
    entry_id = record(DEAL_LOST, by=None, at=NOW, happened_at=NOW - timedelta(days=3), values=VALUES)
    said = json.loads(PendingEntry.objects.get(entry_id=entry_id).text)
    assert (said["at"][:10], said["happened_at"][:10]) == ("2026-03-02", "2026-02-27")


def test_text_is_recorded_in_one_unicode_form() -> None:
    ids = [record(DEAL_LOST, by=None, at=NOW, values={**VALUES, "reason": text}) for text in ("Zo\u00eb", "Zoe\u0308")]
    reasons = [json.loads(PendingEntry.objects.get(entry_id=one).text)["data"]["reason"] for one in ids]
    assert reasons == ["Zo\u00eb", "Zo\u00eb"]


def test_an_object_is_referred_to_by_what_outlives_it() -> None:
    entry = PendingEntry.objects.get(entry_id=lose_deal())
    assert reference(entry) == f"trail.pendingentry:{entry.pk}"
    assert reference(None) == ""
    with pytest.raises(UnrecordableError, match="never saved"):
        reference(PendingEntry())


def test_reading_is_recorded_like_writing() -> None:
    record_reading("searched", by="people.user:7007", at=NOW, about="crm.deals", found=3, words="远山")
    entry = PendingEntry.objects.get()
    assert entry.kind == "trail.searched"
    assert "远山" not in entry.text
    assert PersonalValue.objects.get().value == '"远山"'


def test_an_erased_value_is_gone_everywhere_and_every_proof_still_verifies(key: LogKey, tmp_path: Path) -> None:
    kept = log_of(key, 6)
    entry_id = Entry.objects.get(index=2).entry_id
    erase_values(entry_id, ["phone", "winner"], by="people.user:9009", at=NOW, reason="deletion request 12")
    value = PersonalValue.objects.get(entry_id=entry_id, field="phone")
    assert (value.salt, value.value, value.erased_at) == (None, None, NOW)
    verdict = verify_log(read_key(key.public), earlier=kept)
    assert verdict.doubts == []
    export_trail(tmp_path / "after.zip", key, at=NOW, disclose=True)
    assert verify_log(read_key(key.public), earlier=kept).doubts == []
    with pytest.raises(CannotEraseError, match="holds no value of phone"):
        erase_values(entry_id, ["phone"], by=None, at=NOW, reason="again")


def test_a_value_emptied_without_saying_so_is_found_and_so_is_one_that_is_deleted(key: LogKey) -> None:
    log_of(key, 6)
    changed = PersonalValue.objects.filter(entry_id=Entry.objects.get(index=2).entry_id)
    changed.filter(field="phone").update(salt=None, value=None, erased_at=NOW)
    changed.filter(field="winner").delete()
    said = {str(doubt) for doubt in verify_log(read_key(key.public)).doubts}
    assert said == {
        f"The value of {field} of entry 2 is gone, and was not erased as values are." for field in ("phone", "winner")
    }


def test_no_canary_of_two_hundred_reaches_the_log_or_an_export(key: LogKey, tmp_path: Path) -> None:
    canaries = [f"1367000{number:04d}" for number in range(200)]
    for number, canary in enumerate(canaries):
        lose_deal(number, phone=canary)
    export_trail(tmp_path / "log.zip", key, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM trail_entry")
        log = "\n".join(row[0] for row in cursor.fetchall())
    assert not [canary for canary in canaries if canary in log]
    assert Entry.objects.count() == 201
    # the control: the same search finds them where they may be
    kept = "\n".join(value or "" for value in PersonalValue.objects.values_list("value", flat=True))
    assert all(canary in kept for canary in canaries)
