"""The sales trail's contract: every table and column, the single source for checks, documentation and the simulator."""

from mingdan.engine.contract import DECLARED
from mingdan.engine.schema import Column, Kind, Table

__all__ = ["STAGES", "TABLES", "Column", "Kind", "Table", "table"]

TABLES: dict[str, Table] = {declared.name: declared for declared in DECLARED}

STAGES: tuple[str, ...] = TABLES["stage_changes"].column("stage").values
"""The eight stages in order, from identification to after_sales."""


def table(name: str) -> Table:
    """Return the declared table called `name`; raise KeyError with the known names if there is none."""
    if name not in TABLES:
        raise KeyError(f"no table {name!r}; the contract knows {', '.join(TABLES)}")
    return TABLES[name]
