"""Triggers that refuse to change or delete what the audit trail holds.

They stop mistakes, and roles that own nothing. Whoever owns the tables can remove the triggers; against them only a
checkpoint helps that is kept where they cannot reach (docs/how-it-works/audit-trail.md).
"""

from typing import Any

ONLY_ADDED = ("trail_entry", "trail_checkpoint", "trail_subtreehash")
NEVER_CHANGED = (*ONLY_ADDED, "trail_pendingentry")

_FUNCTION = """
CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME; END $$
"""
_TRUNCATE_FUNCTION = """
CREATE OR REPLACE FUNCTION trail_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE has_rows boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO has_rows;
  IF has_rows THEN RAISE EXCEPTION 'the audit trail is append-only: TRUNCATE of % is refused', TG_TABLE_NAME; END IF;
  RETURN NULL;
END $$
"""


def statements(vendor: str) -> list[str]:
    """Return the SQL that lays the triggers, for a database of this vendor."""
    if vendor == "postgresql":
        return [_FUNCTION, _TRUNCATE_FUNCTION, *(line for table in NEVER_CHANGED for line in _on_postgresql(table))]
    return [line for table in NEVER_CHANGED for line in _on_sqlite(table)]


def lifting(vendor: str) -> list[str]:
    """Return the SQL that takes the triggers away again, as an owner of the tables could."""
    on = " ON {table}" if vendor == "postgresql" else ""
    names = [(table, f"{table}_no_{what}") for table in NEVER_CHANGED for what in _refused(table, vendor)]
    return [f"DROP TRIGGER {name}{on.format(table=table)}" for table, name in names]


def protect(apps: Any, schema_editor: Any) -> None:
    """Lay the triggers; called by a migration."""
    _run(schema_editor, statements(schema_editor.connection.vendor))


def unprotect(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away; called when the migration is undone."""
    _run(schema_editor, lifting(schema_editor.connection.vendor))


def _run(schema_editor: Any, lines: list[str]) -> None:
    for line in lines:
        schema_editor.execute(line, None)


def _refused(table: str, vendor: str) -> tuple[str, ...]:
    # a row of the outbox leaves it when it gets its number; SQLite's REPLACE deletes without asking the delete trigger
    last = "truncate" if vendor == "postgresql" else "replace"
    return ("update", "delete", last) if table in ONLY_ADDED else ("update",)


def _on_postgresql(table: str) -> list[str]:
    lines = []
    for what in _refused(table, "postgresql"):
        each = "FOR EACH STATEMENT" if what == "truncate" else "FOR EACH ROW"
        function = "trail_refuse_truncate" if what == "truncate" else "trail_refuse"
        lines.append(f"CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} {each} EXECUTE FUNCTION {function}()")
    return lines


def _on_sqlite(table: str) -> list[str]:
    refuse = "SELECT RAISE(ABORT, 'the audit trail is append-only: {what} of {table} is refused');"
    lines = []
    for what in _refused(table, "sqlite"):
        body = refuse.format(what=what.upper(), table=table)
        event, when = what.upper(), ""
        if what == "replace":
            event, when = "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_SAME[table]}) "
        lines.append(f"CREATE TRIGGER {table}_no_{what} BEFORE {event} ON {table} {when}BEGIN {body} END")
    return lines


_SAME = {
    "trail_entry": '"index" = NEW."index" OR entry_id = NEW.entry_id',
    "trail_checkpoint": "size = NEW.size",
    "trail_subtreehash": "level = NEW.level AND number = NEW.number",
}
