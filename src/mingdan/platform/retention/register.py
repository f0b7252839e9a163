"""The register of personal data: which column, about whom, for what, on which ground, until when.

Purposes and rules stand in `purposes.toml`; columns in `columns/` (Django, allauth, the platform) and in the
`personal.toml` of every other app. A test goes through all models: a column that nobody listed fails.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import get_language

HERE = Path(__file__).parent


class WrongRegisterError(Exception):
    """The register names what does not exist; the message says what."""


def said(one: Any, field: str = "") -> str:
    """Return a text of the register in the reader's language."""
    suffix = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return str(getattr(one, f"{field}_{suffix}" if field else suffix))


@dataclass(frozen=True)
class Purpose:
    """Why something is kept, and on which legal ground."""

    code: str
    en: str
    zh: str
    basis_en: str
    basis_zh: str

    def __str__(self) -> str:
        return said(self)

    @property
    def basis(self) -> str:
        """Return the legal ground in the reader's language."""
        return said(self, "basis")


@dataclass(frozen=True)
class Rule:
    """Until when something is kept; `days` count from what the text says, None where it goes with something else."""

    code: str
    en: str
    zh: str
    days: int | None = None

    def __str__(self) -> str:
        return said(self)


@dataclass(frozen=True)
class Columns:
    """Columns of one model that are about a person.

    `subject` leads from a row to the person: "self", a path of foreign keys that ends at a user or employee, or
    "reference:field" for a field that holds a reference as the trail writes it; empty where a row is not one person's.
    `is_secret` columns are named and never shown; `may_be_erased` ones go when their owner asks.
    """

    model: str
    fields: tuple[str, ...]
    what_en: str
    what_zh: str
    purpose: Purpose
    rule: Rule
    subject: str = ""
    is_secret: bool = False
    may_be_erased: bool = False

    def __str__(self) -> str:
        return said(self, "what")

    @property
    def model_class(self) -> type[models.Model]:
        """Return the model that these are columns of."""
        return apps.get_model(self.model)


@dataclass(frozen=True)
class Register:
    """All that is declared: columns about people, and by model the fields that are about nobody."""

    personal: tuple[Columns, ...]
    other: dict[str, frozenset[str]]

    def unlisted(self, among: Iterable[type[models.Model]] | None = None) -> list[str]:
        """Return the columns of all models (or of these) that are listed nowhere, as `app.Model.field`."""
        listed = {(one.model, field) for one in self.personal for field in one.fields}
        listed |= {(model, field) for model, fields in self.other.items() for field in fields}
        return [name for model, field, name in columns_of(among) if (model, field) not in listed]

    def unknown(self) -> list[str]:
        """Return what is listed and is no column (any more), and what is listed twice."""
        named = [f"{one.model}.{field}" for one in self.personal for field in one.fields]
        named += [f"{model}.{field}" for model, fields in self.other.items() for field in fields]
        real = {name for _, _, name in columns_of()}
        return sorted({name for name in named if name not in real or named.count(name) > 1})


def columns_of(among: Iterable[type[models.Model]] | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield model, field and both for every column of the database but the numbers that rows are counted by."""
    for model in among if among is not None else apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.AutoField):
                label = model._meta.label
                yield label, field.name, f"{label}.{field.name}"


@cache
def purposes() -> dict[str, Purpose]:
    """Return every purpose by its code."""
    declared = tomllib.loads((HERE / "purposes.toml").read_text(encoding="utf-8"))["purpose"]
    return {code: Purpose(code, **words) for code, words in declared.items()}


@cache
def rules() -> dict[str, Rule]:
    """Return every retention rule by its code."""
    declared = tomllib.loads((HERE / "purposes.toml").read_text(encoding="utf-8"))["rule"]
    return {code: Rule(code, **words) for code, words in declared.items()}


@cache
def register() -> Register:
    """Return the whole register; raise WrongRegisterError for a purpose or rule that nobody declared."""
    files = [*sorted((HERE / "columns").glob("*.toml"))]
    files += [file for app in apps.get_app_configs() if (file := Path(app.path) / "personal.toml").exists()]
    personal: list[Columns] = []
    other: dict[str, frozenset[str]] = {}
    for file in files:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        personal += [_columns(one, file) for one in declared.get("personal", ())]
        for model, fields in declared.get("other", {}).items():
            other[model] = other.get(model, frozenset()) | frozenset(fields)
    return Register(tuple(personal), other)


def _columns(declared: dict[str, Any], file: Path) -> Columns:
    try:
        named = {
            "fields": tuple(declared["fields"]),
            "purpose": purposes()[declared["purpose"]],
            "rule": rules()[declared["rule"]],
        }
        return Columns(**{**declared, **named})
    except (KeyError, TypeError) as reason:
        raise WrongRegisterError(f"{file.name}: {declared.get('model', '?')}: {reason}") from reason
