"""The doctor says in one sentence what is wrong, and is silent about what is well."""

import datetime
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from pytest_django import Settings

from mingdan.platform.jobs.models import Worker
from mingdan.platform.operations.backup_kinds import BACKED_UP
from mingdan.platform.operations.doctor import CHECKS, Complaint, complaints
from mingdan.platform.people.models import User
from mingdan.platform.trail.entry_text import written_time
from mingdan.platform.trail.models import PendingEntry
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.sequencing import log_key, sequence


@pytest.fixture
def well(cast: dict[str, User], settings: Settings, tmp_path: Path) -> Settings:
    """Make everything as it should be, as far as the tests' database lets one."""
    tmp_path.chmod(0o700)
    now = timezone.now()
    settings.DATA, settings.TRAIL_KEY_FILE = tmp_path, tmp_path / "trail.key"
    settings.IS_PRODUCTION, settings.EMAIL_HOST = True, "mail.example.com"
    key: LogKey = log_key()
    while sequence(key, at=now, every=datetime.timedelta(0)):
        pass
    PendingEntry.objects.create(entry_id="b" * 32, kind=BACKED_UP.code, at=written_time(now), text="{}")
    Worker.objects.create(name="w", started_at=now, seen_at=now)
    Authenticator.objects.create(user=cast["kim"], type="totp", data={})
    return settings


def wrong() -> dict[str, Complaint]:
    # Whose tables the tests' own role made, it owns; test_database_roles tries a prepared database.
    said = dict(complaints(timezone.now()))
    return {name: one for name, one in said.items() if one is not None and name != "owner"}


def test_a_sound_installation_gets_no_complaint(well: Settings) -> None:
    assert wrong() == {}


def test_each_fault_gets_its_own_complaint(well: Settings, cast: dict[str, User], tmp_path: Path) -> None:
    well.IS_PRODUCTION, well.EMAIL_HOST = False, ""
    tmp_path.chmod(0o755)
    (tmp_path / "trail.key").chmod(0o644)
    PendingEntry.objects.all().delete()
    old = timezone.now() - datetime.timedelta(hours=3)
    PendingEntry.objects.create(entry_id="c" * 32, kind="x.y", at=written_time(old), text="{}")
    Worker.objects.update(seen_at=old)
    Authenticator.objects.all().delete()
    found = wrong()
    assert set(found) == {"mode", "folder", "key", "trail", "worker", "backup", "administrator", "mail"}
    assert {name for name, one in found.items() if one.is_warning} == {"mode", "administrator", "mail"}
    for one in found.values():
        assert one.en.endswith(".")
        assert one.zh.endswith("\u3002")


def test_another_key_than_the_one_the_log_began_with_is_told(well: Settings, tmp_path: Path) -> None:
    (tmp_path / "trail.key").unlink()
    assert set(wrong()) == {"key"}


def test_every_check_has_a_name_of_one_word() -> None:
    assert all(name.isalpha() for name in CHECKS)
