"""Names and text written into SQL, quoted in one place."""

import duckdb


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def free_name(con: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """Return `wanted`, or the first `wanted 2`, `wanted 3`, ... that names no table or view yet."""
    found = con.execute(
        "SELECT lower(table_name) FROM duckdb_tables() UNION SELECT lower(view_name) FROM duckdb_views()"
    )
    taken = {name for (name,) in found.fetchall()}
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted} {number}", number + 1
    return name
