"""Settings out of environment variables: typed, and a wrong or missing one is a sentence with a hint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


class UnusableSettingsError(Exception):
    """A setting is missing, malformed or insecure; the message says which one and what to do."""


@dataclass(frozen=True)
class Environment:
    """Read settings from a mapping of variables, such as `os.environ`."""

    variables: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return a variable without the blanks around it; an empty one counts as missing."""
        return self.variables.get(name, "").strip() or default

    def flag(self, name: str) -> bool:
        """Return whether a variable says yes; missing means no."""
        said = self.text(name).lower()
        if said not in _TRUE | _FALSE:
            raise UnusableSettingsError(f"{name} must be 1 or 0, and is {said!r}.")
        return said in _TRUE

    def number(self, name: str, default: int) -> int:
        """Return a variable as a whole number."""
        said = self.text(name, str(default))
        if not said.isdigit():
            raise UnusableSettingsError(f"{name} must be a whole number, and is {said!r}.")
        return int(said)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words; the first one is the default."""
        said = self.text(name, allowed[0])
        if said not in allowed:
            raise UnusableSettingsError(f"{name} must be one of {', '.join(allowed)}, and is {said!r}.")
        return said

    def words(self, name: str) -> list[str]:
        """Return what a variable lists, separated by commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]


def database_from(url: str) -> dict[str, Any]:
    """Return Django's description of the database that a URL names, without secrets in any complaint.

    `sqlite:///relative/file`, `sqlite:////absolute/file` or `postgresql://user:password@host:port/name?sslmode=require`;
    a host that is a folder (`?host=/run/postgresql`) means a socket.
    """
    parts = urlsplit(url)
    if parts.scheme in ("sqlite", "sqlite3") and len(parts.path) > 1:
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgres", "postgresql") and len(parts.path) > 1:
        return _postgresql(url)
    raise UnusableSettingsError(
        f"DATABASE_URL names no database that Mingdan knows ({parts.scheme or 'no scheme'}): write "
        "sqlite:////folder/mingdan.sqlite3 or postgresql://user:password@host:5432/mingdan."
    )


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            # A writer waits for its turn at the start of its transaction, never fails in the middle of it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was acknowledged must survive a power cut, not only the end of the process.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "")) or (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: unquote(value) for name, value in options.items()},
    }
