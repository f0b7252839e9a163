"""A Zoho export as a whole: its modules, who is behind a lookup, and what the timelines say changed."""

from collections.abc import Sequence

import duckdb

from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import RawTable
from mingdan.engine.sources import cells
from mingdan.engine.sources.modules import Module, gathered, missing, without_page
from mingdan.engine.sources.stages import StageNames
from mingdan.engine.sources.zoho.names import api_name, module_name

TIMELINE, HISTORY = "timeline", "field_history"

_LABELS = {
    "Accounts": ("Account_Name",),
    "Deals": ("Deal_Name",),
    "Quotes": ("Subject",),
    "Sales_Orders": ("Subject",),
    "Products": ("Product_Name",),
    "Contacts": ("Full_Name",),
    "Users": ("full_name",),
}
"""By which field a lookup names a record where an export has no ids in it."""


def modules_of(raw: Sequence[RawTable]) -> dict[str, list[RawTable]]:
    """Return the raw tables by module; pages of one module come together, and so do all timelines."""
    found: dict[str, list[RawTable]] = {}
    for table in raw:
        name = _module_of(table)
        if name is not None:
            found.setdefault(name, []).append(table)
    return found


def _module_of(table: RawTable) -> str | None:
    columns = set(table.columns)
    if columns >= {"audited_time", "action"}:
        return TIMELINE
    parent, _, last = table.name.rpartition(".")
    if last == HISTORY:
        return HISTORY
    if last == "Product_Details":  # what line items were called up to version 2 of the interface
        lines = {"Quotes": "Quoted_Items", "Sales_Orders": "Ordered_Items", "Invoices": "Invoiced_Items"}
        return lines.get(module_name(without_page(parent), ()) or "")
    if parent:
        return last if last in ("Quoted_Items", "Ordered_Items", "Invoiced_Items") else None
    return module_name(without_page(table.name), table.columns)


class Export:
    """The modules of one export in DuckDB, with what several tables of the contract need of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, raw: Sequence[RawTable], stages: StageNames) -> None:
        self.con = con
        self.stages = stages
        self._modules = {
            name: gathered(con, f"zoho {name}", tables, _history_name if name in (TIMELINE, HISTORY) else api_name)
            for name, tables in modules_of(raw).items()
        }
        self._names: dict[str, str | None] = {}
        self.refs = self._make_refs()
        self.changes = self._make_changes()

    def module(self, name: str) -> Module:
        """Return a module, which is an empty one where the export does not hold it."""
        return self._modules.get(name, missing(name))

    def id(self, module: Module) -> str:
        return bare_id(module.text("id"))

    def lookup(self, module: Module, field: str, *targets: str) -> str:
        """Return SQL for the id behind a lookup field, found by its label where the export gives only that."""
        direct = module.text(f"{field}.id")
        value = module.text(field, f"{field}.name", f"{field}.{field}")
        if value == cells.NOTHING:
            return direct if direct == cells.NOTHING else bare_id(direct)
        return bare_id(
            cells.first_of([part for part in (direct, self.by_label(value, *targets)) if part != cells.NOTHING])
        )

    def by_label(self, value: str, *targets: str) -> str:
        """Return SQL for the id of the record that `value` names, or for `value` itself where it names none."""
        found = [f"(SELECT id FROM {names} WHERE label = {value})" for names in map(self._names_of, targets) if names]
        return cells.first_of([*found, value])

    def owner(self, module: Module) -> str:
        return self.lookup(module, "Owner", "Users")

    def has_id(self, module: str, expression: str) -> str:
        """Return a condition: there is a record with this id in the module."""
        found = self.module(module)
        return f"{expression} IN (SELECT {self.id(found)} FROM {found.rows})" if found.is_there else "false"

    def stage_names(self) -> list[str]:
        """Return every stage name in the export, from the deals and from their history."""
        deals = self.module("Deals")
        parts = [f"SELECT {deals.text('Stage')} AS stage FROM {deals.rows}"] if deals.has("Stage") else []
        if self.changes:
            parts += [f"SELECT {side} AS stage FROM {self.changes} WHERE field = 'Stage'" for side in ("old", "new")]
        if not parts:
            return []
        found = self.con.execute(f"SELECT DISTINCT stage FROM ({' UNION ALL '.join(parts)}) WHERE stage IS NOT NULL")
        return sorted(name for (name,) in found.fetchall())

    def _names_of(self, target: str) -> str | None:
        """Return a relation (label, id) of the records of a module whose label is unique, or None without one."""
        if target not in self._names:
            module = self.module(target)
            label = module.text(*_LABELS.get(target, ()))
            self._names[target] = None
            if module.has("id") and label != cells.NOTHING:
                self._names[target] = self._view(
                    f"zoho names {target}",
                    f"SELECT {label} AS label, min({self.id(module)}) AS id FROM {module.rows} "
                    f"WHERE {label} IS NOT NULL GROUP BY ALL HAVING count(DISTINCT {module.text('id')}) = 1",
                )
        return self._names[target]

    def _make_refs(self) -> str:
        """Return a relation (id, opportunity_id, account_id, contact_id, lead_id): what an activity may point at."""
        parts = [f"SELECT NULL AS id, {_refs()} WHERE false"]
        for name in ("Deals", "Accounts", "Contacts", "Leads", "Quotes", "Sales_Orders"):
            module = self.module(name)
            if not module.has("id"):
                continue
            own = self.id(module)
            account = own if name == "Accounts" else self.lookup(module, "Account_Name", "Accounts")
            deal = own if name == "Deals" else self.lookup(module, "Deal_Name", "Deals")
            columns = _refs(
                opportunity_id=deal,
                account_id=account,
                contact_id=own if name == "Contacts" else cells.NOTHING,
                lead_id=own if name == "Leads" else cells.NOTHING,
            )
            parts.append(f"SELECT {own} AS id, {columns} FROM {module.rows}")
        union = " UNION ALL ".join(parts)
        anyone = ", ".join(f"min({name}) AS {name}" for name in _REFS)
        return self._view("zoho refs", f"SELECT id, {anyone} FROM ({union}) WHERE id IS NOT NULL GROUP BY id")

    def _make_changes(self) -> str | None:
        """Return a relation with one row for each field that a timeline says changed, or None without timelines."""
        entries, history = self.module(TIMELINE).aliased("e"), self.module(HISTORY)
        if not entries.has("record.id") or not history.is_there:
            return None
        old, new = (history.text(f"value.{side}.id", f"value.{side}", f"value.{side}.name") for side in ("old", "new"))
        columns = {
            "entry": entries.text("id"),
            "record": bare_id(entries.text("record.id")),
            "at": entries.text("audited_time"),
            "who": bare_id(entries.text("done_by.id")),
            "written": entries.text("source"),
            "field": history.text("api_name"),
            "old": old,
            "new": new,
        }
        listed = ", ".join(f"{made} AS {quoted(name)}" for name, made in columns.items())
        return self._view(
            "zoho changes",
            f"SELECT m._row, m._file, {listed} FROM {history.rows} "
            f"JOIN {entries.rows} ON {history.text('Parent_Id')} = {columns['entry']}",
        )

    def _view(self, name: str, sql: str) -> str:
        relation = quoted(free_name(self.con, name))
        self.con.execute(f"CREATE TABLE {relation} AS {sql}")
        return relation


_REFS = ("opportunity_id", "account_id", "contact_id", "lead_id")


def _refs(**made: str) -> str:
    return ", ".join(f"{made.get(name, cells.NOTHING)} AS {name}" for name in _REFS)


def bare_id(expression: str) -> str:
    """Return SQL for an id without the prefix that exports from the web pages put before it."""
    if expression == cells.NOTHING:
        return expression
    return f"regexp_replace({expression}, '^zcrm_', '')"


def in_time(expression: str) -> str:
    """Return SQL that orders times with different offsets."""
    return f"TRY_CAST({expression} AS TIMESTAMPTZ)"


def listed(values: Sequence[str]) -> str:
    return ", ".join(map(literal, values)) or "NULL"


def _history_name(heading: str) -> str:
    return heading
