"""Keep the Chinese texts: `update` adds what the sources say to the .po files, `check` names what has no Chinese, `compile`.

Needs no gettext tools. Each Django app keeps its own file: `locale/zh_Hans/LC_MESSAGES/django.po`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[1] / "src" / "mingdan"
FILE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2, "pgettext": 2, "pgettext_lazy": 2}
IN_TEMPLATE = re.compile(r"\b(gettext|ngettext|pgettext)\(")

Message = tuple[str | None, str, str | None]
"""Context, singular, plural."""


def apps() -> list[Path]:
    """Return the folders of our Django apps."""
    return sorted(file.parent for file in SOURCE.rglob("apps.py"))


def messages_in(app: Path) -> set[Message]:
    """Return what an app's sources and templates say."""
    others = [other for other in apps() if other != app and other.is_relative_to(app)]
    files = [
        file
        for pattern in ("*.py", "templates/**/*.html", "templates/**/*.txt")
        for file in app.rglob(pattern)
        if not any(file.is_relative_to(other) for other in others)
    ]
    return {message for file in files for message in _said_in(file)}


def _said_in(file: Path) -> Iterator[Message]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield from _message(node.func.id, node.args)
        return
    said = templatize(text)
    for match in IN_TEMPLATE.finditer(said):
        call = ast.parse(_whole_call(said[match.start() :]), mode="eval").body
        assert isinstance(call, ast.Call)  # noqa: S101
        yield from _message(match[1], call.args)


def _whole_call(text: str) -> str:
    for end in (position + 1 for position, letter in enumerate(text) if letter == ")"):
        try:
            ast.parse(text[:end], mode="eval")
        except SyntaxError:
            continue
        return text[:end]
    raise ValueError(f"no end of the call in {text[:80]}")


def _message(name: str, arguments: list[ast.expr]) -> Iterator[Message]:
    words = [one.value for one in arguments[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name.startswith("pgettext") and len(words) == 2:
        yield words[0], words[1], None
    elif name.startswith("ngettext") and len(words) == 2:
        yield None, words[0], words[1]
    elif words:
        yield None, words[0], None


def opened(app: Path) -> polib.POFile:
    """Return an app's Chinese texts, empty if there are none yet."""
    file = app / FILE
    texts = polib.pofile(str(file)) if file.exists() else polib.POFile()
    texts.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return texts


def update() -> None:
    """Write the .po files: new texts added, texts that nobody says any more dropped, sorted."""
    for app in apps():
        texts, said = opened(app), messages_in(app)
        known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in texts}
        fresh = polib.POFile()
        fresh.metadata = texts.metadata
        for context, one, many in sorted(said, key=str):
            plural = {"msgid_plural": many, "msgstr_plural": {0: ""}} if many else {}
            entry = known.get((context, one, many))
            fresh.append(entry or polib.POEntry(msgctxt=context, msgid=one, msgstr="", **plural))
        if said:
            (app / FILE).parent.mkdir(parents=True, exist_ok=True)
            fresh.save(str(app / FILE))


def untranslated() -> list[str]:
    """Return what the sources say and no Chinese text answers."""
    missing = []
    for app in apps():
        known = {(e.msgctxt, e.msgid, e.msgid_plural or None) for e in opened(app) if e.translated()}
        missing += [f"{app.relative_to(SOURCE)}: {message[1]}" for message in sorted(messages_in(app) - known, key=str)]
    return missing


def compile_all() -> None:
    """Write the .mo files that Django reads, where they are older than the texts."""
    for app in apps():
        file = app / FILE
        if file.exists():
            opened(app).save_as_mofile(str(file.with_suffix(".mo")))


def main() -> int:
    """Do what the first argument says; exit 1 if `check` finds something without Chinese."""
    settings.configure(USE_I18N=True)
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "check":
        print("\n".join(untranslated()), end="")
        return 1 if untranslated() else 0
    {"update": update, "compile": compile_all}[command]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
