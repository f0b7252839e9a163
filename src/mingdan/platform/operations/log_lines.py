"""Logs as lines of JSON in which no personal data can stand, whoever writes them.

A text is written only if it stands, word by word, in the program's own source: whatever was put into it at run time
(a name, an address, a value that a database refused) makes it another text and is left out. Values are numbers, or
words of a short list, under names of a short list. What is left out is found again by file, line and stack.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

logger = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NUMBERS = ("status", "ms", "count")
"""What is written if it is a number."""

NAMED = ("route", "method", "request")
"""What our own middleware makes out of the program's own words."""


class JsonLines(logging.Formatter):
    """Write one record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": written_in_source(record),
            "where": f"{_short(record.pathname)}:{record.lineno}",
        }
        line |= {name: value for name in NUMBERS if isinstance(value := getattr(record, name, None), int | float)}
        line |= {name: value for name in NAMED if isinstance(value := getattr(record, name, None), Said)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _failure(record.exc_info[1])
        return json.dumps({name: value for name, value in line.items() if value != ""}, ensure_ascii=False)


class Said(str):
    """A word of the program's own, such as the pattern of a route; only these are written under a name."""

    __slots__ = ()


def written_in_source(record: logging.LogRecord) -> str:
    """Return a record's text without what was filled in, or nothing if it does not stand in the source."""
    text = record.msg if isinstance(record.msg, str) else ""
    return text if text and _stands_in(text, record.pathname) else ""


@lru_cache(maxsize=1024)
def _stands_in(text: str, file: str) -> bool:
    try:
        source = Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return file.endswith(".py") and any(f"{quote}{text}{quote}" in source for quote in ("'", '"', '"""'))


def _failure(error: BaseException) -> dict[str, Any]:
    """Return what failed and where: the kind of exception and the lines of code, never what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return {
        "failure": kinds,
        "stack": [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in frames[-20:]],
    }


def _short(path: str) -> str:
    """Return the part of a file's path below the folder of packages."""
    parts = Path(path).parts
    for folder in ("site-packages", "src"):
        if folder in parts:
            return "/".join(parts[parts.index(folder) + 1 :])
    return "/".join(parts[-2:])


def log_uncaught() -> None:
    """Let what nobody caught, in the main thread or another, become such a line instead of a printed traceback."""
    sys.excepthook = _main_failed
    threading.excepthook = _thread_failed
    logging.captureWarnings(True)


def _main_failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("the program stopped", exc_info=(kind, error, trace))


def _thread_failed(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        logger.critical("a thread stopped", exc_info=arguments.exc_value)
