"""A simulated trail keeps the contract, is the same every time, and tells the truth beside it."""

import json
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.schema import Column, Table
from mingdan.engine.simulate import Scenario, simulate
from mingdan.engine.simulate.schemes import SCHEME_NAMES
from mingdan.engine.simulate.twins import TWIN_NAMES
from mingdan.engine.tables import TABLES

TYPES = {
    "id": "VARCHAR", "text": "VARCHAR", "key": "VARCHAR", "enum": "VARCHAR", "timestamp": "TIMESTAMP", "date": "DATE",
    "decimal": "DECIMAL(18,2)", "fraction": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "list": "VARCHAR[]",
}  # fmt: skip


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def make(folder: Path, scenario: Scenario = "mixed", seed: int = 5) -> Path:
    simulate(folder, reps=12, accounts=600, years=1.5, seed=seed, scenario=scenario, guilty_share=0.35, complete=True)
    return folder


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("trail"))


def count(sql: duckdb.DuckDBPyConnection, query: str) -> int:
    found = sql.execute(f"SELECT count(*) FROM {query}").fetchone()
    assert found
    return int(found[0])


def tables_of(trail: Path) -> list[Table]:
    return [TABLES[path.stem] for path in sorted(trail.glob("*.parquet"))]


def columns_of(sql: duckdb.DuckDBPyConnection, table: Table) -> list[Column]:
    return [table.column(row[0]) for row in sql.execute(f"DESCRIBE {table.name}").fetchall()]


def test_every_column_is_declared_and_of_its_type(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    for table in tables_of(trail):
        for name, kind, *_ in sql.execute(f"DESCRIBE {table.name}").fetchall():
            assert kind == TYPES[table.column(name).kind], f"{table.name}.{name}"


def test_every_table_of_the_contract_is_there(trail: Path) -> None:
    assert {table.name for table in tables_of(trail)} >= set(TABLES) - {
        "leads",
        "samples",
        "channel_events",
        "expenses",
        "balance_confirmations",
    }


def test_required_cells_are_filled_and_enumerations_known(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    for table in tables_of(trail):
        for column in columns_of(sql, table):
            if column.required:
                assert not count(sql, f"{table.name} WHERE {column.name} IS NULL"), f"{table.name}.{column.name}"
            if column.values:
                values = ", ".join(f"'{value}'" for value in column.values)
                assert not count(sql, f"{table.name} WHERE {column.name} NOT IN ({values})"), (
                    f"{table.name}.{column.name}"
                )


def test_every_reference_is_kept(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    for table in tables_of(trail):
        for column in columns_of(sql, table):
            if column.refers_to:
                key = TABLES[column.refers_to].key[0]
                dangling = f"{table.name} WHERE {column.name} IS NOT NULL AND {column.name} NOT IN (SELECT {key} FROM {column.refers_to})"
                assert not count(sql, dangling), f"{table.name}.{column.name}"


def test_no_row_comes_twice(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    for table in tables_of(trail):
        keys = ", ".join(table.key)
        assert not count(sql, f"(SELECT {keys} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)"), table.name


def test_nothing_is_later_than_the_end(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    end = sql.execute("SELECT date_trunc('day', max(ordered_at)) + INTERVAL 4 DAY FROM orders").fetchone()
    assert end
    for table in tables_of(trail):
        for column in columns_of(sql, table):
            if column.kind == "timestamp":
                assert not count(sql, f"{table.name} WHERE {column.name} > TIMESTAMP '{end[0]}'"), (
                    f"{table.name}.{column.name}"
                )


def test_a_row_is_never_entered_before_it_happened(sql: duckdb.DuckDBPyConnection) -> None:
    for table, happened in (
        ("opportunities", "created_at"),
        ("stage_changes", "entered_at"),
        ("quotes", "sent_at"),
        ("orders", "ordered_at"),
        ("activities", "happened_at"),
    ):
        assert not count(sql, f"{table} WHERE recorded_at < {happened} - INTERVAL 1 SECOND"), table
    assert not count(sql, "opportunities WHERE closed_at < created_at OR (outcome = 'open') <> (closed_at IS NULL)")
    assert not count(sql, "payments WHERE posted_at < received_at")
    assert not count(sql, "shipments JOIN orders USING (order_id) WHERE shipped_at < ordered_at")


def test_an_order_is_the_sum_of_its_lines(sql: duckdb.DuckDBPyConnection) -> None:
    lines = "(SELECT order_id, sum(quantity * unit_price) AS total FROM order_lines GROUP BY order_id)"
    assert count(sql, f"orders JOIN {lines} USING (order_id) WHERE abs(total - amount) < 0.02") == count(sql, "orders")


def test_keys_match_across_tables(trail: Path, sql: duckdb.DuckDBPyConnection) -> None:
    assert count(sql, "accounts JOIN calls USING (phone_key)") > 100
    assert (
        count(sql, "accounts JOIN orders ON address_key = ship_to_key AND accounts.account_id = orders.account_id")
        > 100
    )
    assert not count(sql, "accounts WHERE length(phone_key) <> 32")
    assert json.loads((trail / "trail.json").read_text())["key_fingerprint"]


def test_the_same_arguments_give_the_same_bytes(trail: Path, tmp_path: Path) -> None:
    again = written(make(tmp_path))
    first = written(trail)
    assert first.keys() == again.keys()
    assert [name for name in first if sha256(first[name]).digest() != sha256(again[name]).digest()] == []


def test_another_seed_gives_another_company(trail: Path, tmp_path: Path) -> None:
    other = make(tmp_path, seed=6)
    assert (other / "orders.parquet").read_bytes() != (trail / "orders.parquet").read_bytes()


def test_every_diversion_names_an_offender_and_a_known_scheme(sql: duckdb.DuckDBPyConnection) -> None:
    assert count(sql, "true_diversions") > 10
    assert not count(
        sql, "true_diversions d LEFT JOIN true_employees e USING (employee_id) WHERE e.scheme IS DISTINCT FROM d.scheme"
    )
    assert not count(sql, "true_diversions WHERE amount <= 0 OR margin <= 0")
    schemes = {
        row[0] for row in sql.execute("SELECT DISTINCT scheme FROM true_employees WHERE scheme <> ''").fetchall()
    }
    assert schemes <= set(SCHEME_NAMES)
    assert not count(sql, "true_employees WHERE scheme <> '' AND innocent_twin <> ''")


def test_nobody_is_guilty_in_a_world_without_schemes(tmp_path: Path) -> None:
    simulate(tmp_path, reps=40, accounts=2000, years=1.5, seed=3, scenario="none")
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/truth/diversions.parquet'").fetchall() == [(0,)]
    people = duckdb.sql(f"SELECT DISTINCT scheme, innocent_twin FROM '{tmp_path}/truth/employees.parquet'").fetchall()
    assert {scheme for scheme, _ in people} == {""}
    twins = {twin for _, twin in people} - {""}
    assert len(twins) >= 8
    assert twins <= set(TWIN_NAMES)


@pytest.mark.parametrize("scenario", ["subtle", "adaptive"])
def test_harder_scenarios_have_offenders_too(tmp_path: Path, scenario: Scenario) -> None:
    make(tmp_path, scenario)
    guilty = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/truth/employees.parquet' WHERE scheme <> ''").fetchall()
    assert guilty[0][0] >= 3


def test_a_company_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 2 salespeople"):
        simulate(tmp_path, reps=1, accounts=10, years=1, seed=1)
