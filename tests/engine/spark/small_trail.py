"""A small trail in Parquet with everything wrong that the border must see."""

from pathlib import Path

import duckdb

_QUERIES = {
    "orders": """
        SELECT 'O' || n AS order_id, CASE WHEN n = 7 THEN NULL WHEN n = 9 THEN ' A1 ' ELSE 'A' || n % 5 END AS account_id,
            CASE WHEN n = 11 THEN TIMESTAMP '3025-01-01' ELSE TIMESTAMP '2024-01-01' + INTERVAL (n * 5) DAY END AS ordered_at,
            CAST(100 + n * 1.25 AS DECIMAL(18,4)) AS amount, 'E' || n % 3 AS employee_id,
            CASE n % 4 WHEN 0 THEN 'RMB' WHEN 1 THEN '人民币' WHEN 2 THEN 'USD' END AS currency, 'blue' AS colour
        FROM range(1, 60) t(n)
        UNION ALL SELECT 'O3', 'A3', TIMESTAMP '2024-01-16', 103.75, 'E0', 'CNY', 'blue'
        UNION ALL SELECT 'O5', 'A1', TIMESTAMP '2024-02-20', 999, 'E0', 'CNY', 'red'
    """,
    "opportunities": """
        SELECT 'D' || n AS opportunity_id, 'A' || n % 5 AS account_id, 'E' || n % 3 AS owner_id,
            TIMESTAMP '2024-01-01' + INTERVAL (n * 7) DAY AS created_at,
            TIMESTAMPTZ '2024-02-01 08:00:00+00' + INTERVAL (n * 7) DAY AS closed_at,
            CASE n % 6 WHEN 0 THEN '赢单' WHEN 1 THEN 'won' WHEN 2 THEN 'Closed Lost' WHEN 3 THEN 'perhaps'
                ELSE 'open' END AS outcome,
            CASE WHEN n % 2 = 0 THEN n * 10.5 END AS amount, CASE WHEN n = 4 THEN 'N/A' ELSE '太贵了　' END AS loss_reason
        FROM range(1, 30) t(n)
    """,
    "accounts": """
        SELECT 'A' || n AS account_id, '客户' || n AS name, 'E' || n % 3 AS owner_id,
            CASE WHEN n = 2 THEN '9.13E+17' ELSE '91310000MA1K0000' || n || 'X' END AS registration_no
        FROM range(0, 4) t(n)
    """,
    "employees": "SELECT 'E' || n AS employee_id, '员工' || n AS name, '销售' AS role FROM range(0, 3) t(n)",
    "order_lines": """
        SELECT 'O' || n AS order_id, 'P' || n % 4 AS product_id, CAST(2 AS DECIMAL(18,4)) AS quantity, n * 1.0 AS unit_price
        FROM range(1, 20) t(n) UNION ALL SELECT 'O1', 'P1', 2, 1.0 UNION ALL SELECT 'O1', 'P1', 2, 1.0
    """,
    "colours": "SELECT 'blue' AS colour, 1 AS n",
}


def write_small_trail(folder: Path) -> Path:
    """Write one Parquet file for each table, and orders as a folder of two."""
    folder.mkdir()
    con = duckdb.connect()
    con.execute("SET TimeZone='UTC'")
    for name, query in _QUERIES.items():
        con.execute(f"CREATE TABLE {name} AS {query}")
        if name != "orders":
            con.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
    (folder / "orders.parquet").mkdir()
    for part, where in enumerate(("rowid < 30", "rowid >= 30")):
        con.execute(
            f"COPY (FROM orders WHERE {where}) TO '{folder / 'orders.parquet' / f'part-{part}.parquet'}' (FORMAT parquet)"
        )
    return folder
