from pathlib import Path

import pytest
from pytest_django import Settings

from mingdan.platform.trail.models import PendingEntry, PersonalValue
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.sequencing import log_key


@pytest.fixture(autouse=True)
def nothing_recorded_yet(request: pytest.FixtureRequest) -> None:
    """Begin with an empty trail: what others set up for all tests has been recorded too."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        PendingEntry.objects.all().delete()
        PersonalValue.objects.all().delete()


@pytest.fixture
def key(settings: Settings, tmp_path: Path) -> LogKey:
    """The log's key, in a file of this test's own."""
    settings.TRAIL_NAME = "example.com/trail"
    settings.TRAIL_KEY_FILE = tmp_path / "trail.key"
    return log_key()
