"""The navigation by job: what a person may open, each entry shown only to those whose page it opens."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingdan.pillars.policy.access import SEE_POLICIES, SEE_REQUESTS
from mingdan.platform.access.declared import SEE_GRANTS
from mingdan.platform.access.queries import standing_of
from mingdan.platform.access.rights import Right
from mingdan.platform.jobs.access import SEE_JOBS
from mingdan.platform.people.access import SEE_CALENDAR, SEE_EMPLOYEE
from mingdan.platform.retention.access import KEEP_HOLDS


@dataclass(frozen=True)
class Entry:
    """One line of the navigation, for those who hold the right."""

    label: str | Promise
    icon: str
    route: str
    right: Right | None = None


ENTRIES = (
    Entry(_("Home"), "home", "home"),
    Entry(_("People"), "users", "people:employees", SEE_EMPLOYEE),
    Entry(_("Teams"), "users-group", "people:teams", SEE_EMPLOYEE),
    Entry(_("Working calendar"), "calendar", "people:calendar", SEE_CALENDAR),
    Entry(_("Accounts"), "key", "people:accounts", SEE_GRANTS),
    Entry(_("Rules and notices"), "check", "policy:policies", SEE_POLICIES),
    Entry(_("My data"), "id", "policy:own_data"),
    Entry(_("Requests about personal data"), "address-book", "policy:requests", SEE_REQUESTS),
    Entry(_("Legal holds"), "lock", "policy:holds", KEEP_HOLDS),
    Entry(_("Jobs"), "clock", "operations:jobs", SEE_JOBS),
)


def entries_for(request: HttpRequest) -> tuple[Entry, ...]:
    """Return the entries whose pages a person may open."""
    if not request.user.is_authenticated:
        return ()
    standing = standing_of(request.user, timezone.now())
    return tuple(entry for entry in ENTRIES if entry.right is None or standing.has(entry.right))


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame needs."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    theme = user.theme if signed_in and user is not None else request.COOKIES.get("mingdan_theme", "")
    return {
        "navigation": entries_for(request) if signed_in else (),
        "theme": theme if theme in ("light", "dark") else "",
        "languages": settings.LANGUAGES,
        "mode": settings.MODE,
    }
