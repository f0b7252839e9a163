"""The download: the only way out for a file, and never shown inside a page."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from mingdan.platform.files import access, store
from mingdan.platform.files.kinds import FILE_DAMAGED, FILE_DOWNLOADED
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.trail.actions import record


@page("GET")
def download(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give out one file as a download, after its bytes were compared with its hash."""
    now = timezone.now()
    kept = access.file_for(request.user, pk, now)
    values = {"sha256": kept.sha256, "object": kept.about}
    try:
        content = store.read_checked(kept.sha256)
    except store.DamagedFileError:
        with transaction.atomic():
            record(FILE_DAMAGED, by=request.user, at=now, about=kept, values=values)
        return render(request, "files/damaged.html", {"kept": kept}, status=500)
    with transaction.atomic():
        record(FILE_DOWNLOADED, by=request.user, at=now, about=kept, values=values)
    response = HttpResponse(content, content_type=kept.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=kept.name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
