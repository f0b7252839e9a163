"""What is held about one person: every row of theirs, out of the register, so that nothing can be forgotten."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingdan.platform.people.models import Employee, User
from mingdan.platform.retention.register import Columns, register
from mingdan.platform.trail.actions import reference

MOST = 200
"""Rows shown of one kind; the number of all stands beside."""


@dataclass(frozen=True)
class Held:
    """What one part of the register holds about a person: column names and the newest rows as text."""

    columns: Columns
    count: int
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_cut(self) -> bool:
        """Say whether there are more rows than are here."""
        return self.count > len(self.rows)


def held_about(user: User | None, employee: Employee | None, *, most: int = MOST) -> Iterator[Held]:
    """Yield what is held about a person who is a user, an employee or both; secrets are counted and never shown."""
    for columns in register().personal:
        rows = rows_of(columns, user, employee)
        if rows is None:
            continue
        count = rows.count()
        shown = () if columns.is_secret else tuple(_cells(columns, row) for row in rows.order_by("-pk")[:most])
        yield Held(columns, count, tuple(label_of(columns, field) for field in columns.fields), shown)


def rows_of(columns: Columns, user: User | None, employee: Employee | None) -> QuerySet[Any] | None:
    """Return the rows of some columns that are about a person; None where the register leads to nobody."""
    if not columns.subject:
        return None
    model = columns.model_class
    if columns.subject.startswith("reference:"):
        field = columns.subject.removeprefix("reference:")
        return model._default_manager.filter(**{f"{field}__in": [reference(one) for one in (user, employee) if one]})
    return model._default_manager.filter(_is(columns, model, user, employee))


def _is(columns: Columns, model: type[Any], user: User | None, employee: Employee | None) -> Q:
    ends, path = model, columns.subject
    if path != "self":
        for step in path.split("__"):
            ends = ends._meta.get_field(step).related_model
    person = {User: user, Employee: employee}[ends]
    return Q(**{"pk" if path == "self" else path: person.pk if person else None}) if person else Q(pk__in=[])


def _cells(columns: Columns, row: Any) -> tuple[str, ...]:
    return tuple(_text(_shown(row, field)) for field in columns.fields)


def _shown(row: Any, field: str) -> Any:
    choice = getattr(row, f"get_{field}_display", None)
    return choice() if choice else getattr(row, field)


def _text(value: Any) -> str:
    if value is None or value == "":
        return "\u2013"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime.datetime) else str(value)


def label_of(columns: Columns, field: str) -> str:
    """Return what a column is called, in the reader's language."""
    if field in LABELS:
        return str(LABELS[field])
    return str(getattr(columns.model_class._meta.get_field(field), "verbose_name", field))


LABELS = {
    "about": _("about what"),
    "account": _("account"),
    "arguments": _("with what"),
    "at": _("when"),
    "beginning": _("begins with"),
    "by": _("by whom"),
    "cancel_asked_at": _("cancel asked for at"),
    "closed_at": _("closed at"),
    "created_at": _("begun at"),
    "data": _("data"),
    "date_joined": _("linked at"),
    "done_at": _("done at"),
    "drafted_by": _("drafted by"),
    "duty": _("duty"),
    "employee": _("employee"),
    "entry_id": _("entry"),
    "erased_at": _("erased at"),
    "error": _("error"),
    "extra_data": _("what it said about you"),
    "field": _("field"),
    "file_name": _("file name"),
    "from_date": _("from"),
    "granted_by": _("granted by"),
    "ip": _("network address"),
    "job": _("job"),
    "kind": _("kind"),
    "last_login": _("last sign-in"),
    "last_seen_at": _("last used"),
    "manager": _("manager"),
    "note": _("note"),
    "primary": _("is the first one"),
    "provider": _("provider"),
    "published_by": _("published by"),
    "released_at": _("released at"),
    "result": _("result"),
    "revoked_at": _("taken back at"),
    "revoked_by": _("taken back by"),
    "rows": _("rows"),
    "scheduled_for": _("planned for"),
    "sha256": "SHA-256",
    "subject": _("about whom"),
    "team": _("team"),
    "text": _("words"),
    "uid": _("number there"),
    "user": _("person"),
    "user_agent": _("browser"),
    "value": _("value"),
    "verified": _("is verified"),
    "version": _("version"),
}
"""What columns are called whose models give them no name for readers."""
