"""Who may have a file: whoever may see what it hangs on, asked anew at each download."""

import datetime
from collections.abc import Callable

from django.http import Http404

from mingdan.platform.access.queries import Person
from mingdan.platform.files.models import StoredFile

MaySee = Callable[[Person, str, datetime.datetime], bool]
"""Takes the person, the key of the object, the time."""

_OWNERS: dict[str, MaySee] = {}


def hang_files_on(label: str, may_see: MaySee) -> None:
    """Let files hang on a model (`app.model`); its part says who may see which object."""
    if _OWNERS.setdefault(label, may_see) is not may_see:
        raise ValueError(f"two parts say who may see files about {label}")


def file_for(user: Person, pk: int, at: datetime.datetime) -> StoredFile:
    """Return a file; Http404 alike for one that may not be seen, one that was erased and one that does not exist."""
    kept = StoredFile.objects.filter(pk=pk, erased_at__isnull=True).first()
    if kept is None:
        raise Http404
    label, _colon, key = kept.about.partition(":")
    may_see = _OWNERS.get(label)
    if may_see is None or not may_see(user, key, at):
        raise Http404
    return kept


def files_about(reference: str) -> list[StoredFile]:
    """Return the files that hang on an object, oldest first; whoever asks has seen to the rights."""
    return list(StoredFile.objects.filter(about=reference, erased_at__isnull=True).order_by("pk"))
