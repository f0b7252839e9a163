"""A Fxiaoke export as a whole: its objects, the people in them, and how their cells are written."""

from collections.abc import Sequence

import duckdb

from mingdan.engine.reading.identifiers import free_name, quoted
from mingdan.engine.reading.raw import RawTable
from mingdan.engine.sources import cells
from mingdan.engine.sources.fxiaoke.names import ACCOUNT_LABELS, OBJECTS, SIGNS_OF_ACCOUNTS, object_name
from mingdan.engine.sources.modules import Module, gathered, missing, without_page
from mingdan.engine.sources.stages import StageNames

LOG, ATTENDANCE, RELATED = "modification log", "attendance", "related records"
ZONE = "Asia/Shanghai"
"""Where the vendor's dates begin; its times are milliseconds and need no zone, but an Excel export shows local times."""

_SYSTEM_USER = "-10000"
_PEOPLE = ("owner", "created_by")
_DETAILS = {
    "number": "id",
    "name": "name",
    "phone": "phone",
    "email": "email",
    "boss": "supervisorId",
    "post": "post",
}
"""What the label beside a person's id says of them; superiors are named by number, not by that id."""


def objects_of(raw: Sequence[RawTable]) -> dict[str, list[RawTable]]:
    """Return the raw tables by object; the pages of one object come together."""
    found: dict[str, list[RawTable]] = {}
    for table in raw:
        name = _object_of(table)
        if name is not None:
            found.setdefault(name, []).append(table)
    return found


def _object_of(table: RawTable) -> str | None:
    columns = set(table.columns)
    if {"logID", "operationTime"} <= columns:
        return LOG
    if {"checkinsTimeStamp", "customerId"} <= columns:
        return ATTENDANCE
    if table.name.endswith(".related_object_data"):
        return RELATED
    if "客户名称" in columns and columns & set(SIGNS_OF_ACCOUNTS):
        return "AccountObj"
    if "." in table.name and not table.name.rpartition(".")[2].endswith("Obj"):
        return None
    name = object_name(without_page(table.name))
    return name if "_id" in columns or "containerDocument._id" in columns or name == "AccountObj" else None


class Export:
    """The objects of one export in DuckDB."""

    def __init__(self, con: duckdb.DuckDBPyConnection, raw: Sequence[RawTable], stages: StageNames) -> None:
        self.con = con
        self.stages = stages
        self._objects = {
            name: gathered(con, f"fxiaoke {name}", tables, _field_name) for name, tables in objects_of(raw).items()
        }
        self.people = self._make_people()

    def object(self, name: str) -> Module:
        """Return an object, which is an empty one where the export does not hold it."""
        return self._objects.get(name, missing(name))

    def person(self, module: Module, *fields: str) -> str:
        """Return SQL for the id of the first person in list-valued fields; the vendor's system user is nobody."""
        found = [one_of(module.text(field)) for field in fields if module.has(field)]
        return f"nullif({cells.first_of(found)}, '{_SYSTEM_USER}')" if found else cells.NOTHING

    def stage_names(self) -> list[str]:
        """Return every stage and state name in the export's deals."""
        parts = []
        for name in ("NewOpportunityObj", "OpportunityObj"):
            module = self.object(name)
            for made in (stage_of(module), state_of(module)):
                if made != cells.NOTHING:
                    parts.append(f"SELECT {made} AS name FROM {module.rows}")
        if not parts:
            return []
        found = self.con.execute(f"SELECT DISTINCT name FROM ({' UNION ALL '.join(parts)}) WHERE name IS NOT NULL")
        return sorted(name for (name,) in found.fetchall())

    def _make_people(self) -> str:
        """Return a relation of everybody who owns or made a record, with what the labels beside the id say of them."""
        nothing = ", ".join(f"{cells.NOTHING} AS {column}" for column in ("id", *_DETAILS))
        parts = [f"SELECT 0 AS _row, '' AS _file, {nothing}, false AS owns WHERE false"]
        for name in OBJECTS:
            module = self.object(name)
            parts += [self._people_of(module, field) for field in _PEOPLE if module.has(field)]
        first = ", ".join(
            f"arg_min({column}, (_file, _row)) FILTER ({column} IS NOT NULL) AS {column}" for column in _DETAILS
        )
        relation = quoted(free_name(self.con, "fxiaoke people"))
        self.con.execute(
            f"CREATE TABLE {relation} AS SELECT min(_row) AS _row, min(_file) AS _file, id, {first}, bool_or(owns) AS owns "
            f"FROM ({' UNION ALL '.join(parts)}) WHERE id IS NOT NULL GROUP BY id"
        )
        return relation

    def _people_of(self, module: Module, field: str) -> str:
        details = {column: module.text(f"{field}__r.{part}") for column, part in _DETAILS.items()}
        plain = module.text(f"{field}__r")
        details["name"] = cells.first_of([made for made in (details["name"], plain) if made != cells.NOTHING])
        listed = ", ".join(f"{made} AS {column}" for column, made in details.items())
        owns = str(field == "owner").lower()
        return (
            f"SELECT m._row, m._file, {self.person(module, field)} AS id, {listed}, {owns} AS owns FROM {module.rows}"
        )


def one_of(expression: str) -> str:
    """Return SQL for the first member of a list such as ["1001"], or for the cell itself."""
    if expression == cells.NOTHING:
        return expression
    return f"CASE WHEN {expression} LIKE '[%' THEN nullif(regexp_extract({expression}, '\"([^\"]+)\"', 1), '') ELSE {expression} END"


def label(module: Module, field: str) -> str:
    """Return SQL for what people read in a field: its label where the export has one, else its value."""
    return one_of(module.text(f"{field}__r", f"{field}__r.name", f"{field}__l", field))


def moment(module: Module, *fields: str) -> str:
    """Return SQL for a time: milliseconds, or the local time that an Excel export shows."""
    found = module.text(*fields)
    return found if found == cells.NOTHING else cells.moment(f"({cells.from_milliseconds(found)})", ZONE)


def stage_of(deals: Module) -> str:
    """Return SQL for the name of a deal's stage."""
    return cells.first_of(
        [made for made in (label(deals, "sales_stage"), label(deals, "oppo_stage_id")) if made != cells.NOTHING]
    )


def state_of(deals: Module) -> str:
    """Return SQL for the name of a deal's state (进行中, 赢单, 输单, 无效)."""
    return cells.first_of(
        [made for made in (label(deals, "sales_status"), label(deals, "biz_status")) if made != cells.NOTHING]
    )


def is_valid(module: Module) -> str:
    """Return a condition: the record was neither made invalid nor deleted."""
    return f"coalesce({module.text('life_status')}, '') NOT IN ('invalid', '作废') AND coalesce({module.text('is_deleted')}, 'false') <> 'true'"


def _field_name(heading: str) -> str:
    return ACCOUNT_LABELS.get(heading.strip(), heading.removeprefix("containerDocument."))
