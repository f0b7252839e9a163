"""The navigation by job: what a person may open, each entry shown only to those whose page it opens."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One line of the navigation."""

    label: str | Promise
    icon: str
    route: str


ENTRIES = (Entry(_("Home"), "home", "home"),)


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame needs."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    theme = user.theme if signed_in and user is not None else request.COOKIES.get("mingdan_theme", "")
    return {
        "navigation": ENTRIES if signed_in else (),
        "theme": theme if theme in ("light", "dark") else "",
        "languages": settings.LANGUAGES,
        "mode": settings.MODE,
    }
