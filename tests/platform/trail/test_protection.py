import pytest
from django.db import DatabaseError, connection, transaction

from mingdan.platform.trail.models import Entry
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.protection import lifting, statements
from tests.platform.trail.logs import log_of, lose_deal

pytestmark = pytest.mark.django_db

ATTEMPTS = [
    "UPDATE trail_entry SET text = '{}' WHERE \"index\" = 1",
    'UPDATE trail_entry SET "index" = 99 WHERE "index" = 1',
    'DELETE FROM trail_entry WHERE "index" = 1',
    "DELETE FROM trail_entry",
    "UPDATE trail_checkpoint SET note = ''",
    "DELETE FROM trail_checkpoint",
    "UPDATE trail_subtreehash SET level = 9",
    "DELETE FROM trail_subtreehash",
    "UPDATE trail_pendingentry SET text = '{}'",
]
SQLITE_ATTEMPTS = [
    'INSERT OR REPLACE INTO trail_entry SELECT "index", entry_id, kind, about, "by", at, \'{}\', leaf FROM trail_entry',
    'UPDATE OR REPLACE trail_entry SET "index" = 2 WHERE "index" = 1',
]
POSTGRESQL_ATTEMPTS = [
    "TRUNCATE trail_entry",
    "TRUNCATE trail_checkpoint CASCADE",
    "INSERT INTO trail_entry SELECT * FROM trail_entry ON CONFLICT (\"index\") DO UPDATE SET text = ''",
]


def attempts() -> list[str]:
    return ATTEMPTS + (POSTGRESQL_ATTEMPTS if connection.vendor == "postgresql" else SQLITE_ATTEMPTS)


def refused(sql: str) -> bool:
    """Try something in SQL, undo it, and say whether the database refused it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


@pytest.fixture
def log(key: LogKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingdan.platform.trail.sequencing.STORED_LEVELS", 1)
    log_of(key, 5)
    lose_deal()


@pytest.mark.usefixtures("log")
def test_the_database_refuses_to_change_or_delete_what_was_recorded() -> None:
    assert [sql for sql in attempts() if not refused(sql)] == []
    assert Entry.objects.count() == 5


@pytest.mark.usefixtures("log")
def test_without_the_triggers_every_one_of_these_attempts_succeeds() -> None:
    with connection.cursor() as cursor:
        for line in lifting(connection.vendor):
            cursor.execute(line)
        assert [sql for sql in attempts() if refused(sql)] == []
        for line in statements(connection.vendor):
            cursor.execute(line)
    assert [sql for sql in attempts() if not refused(sql)] == []
