from django.db import connection
from django.test import Client
from django.utils import timezone

from mingdan.platform.people.models import User
from mingdan.platform.trail.models import PendingEntry
from mingdan.web.health import complaints


def test_the_process_answers(db: None) -> None:
    assert Client().get("/healthz").content == b"ok"


def test_probes_may_ask_by_address_and_pages_may_not(db: None) -> None:
    assert Client().get("/healthz", headers={"Host": "10.0.0.7:8000"}).content == b"ok"
    assert Client().get("/account/login/", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def test_it_is_ready_when_nothing_waits_for_long(db: None) -> None:
    PendingEntry.objects.all().delete()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_it_is_not_ready_when_the_trail_is_late(ann: User) -> None:
    # The company was founded a month ago here, and nobody numbers entries in a test.
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"trail late")


def test_it_is_not_ready_for_a_database_of_another_version(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people'")
    assert complaints(timezone.now()) == ["database not migrated"]


def test_it_is_not_ready_when_the_database_does_not_answer(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_pendingentry RENAME TO trail_gone")
    assert complaints(timezone.now()) == ["database away"]
