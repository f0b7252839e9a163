"""What is held about one person: every row of theirs, out of the register, so that nothing can be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet

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
        yield Held(columns, count, tuple(_label(columns, field) for field in columns.fields), shown)


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
    return tuple(_text(getattr(row, field)) for field in columns.fields)


def _text(value: Any) -> str:
    if value is None or value == "":
        return "\u2013"
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else str(value)


def _label(columns: Columns, field: str) -> str:
    try:
        return str(columns.model_class._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return field
