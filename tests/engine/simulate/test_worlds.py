"""Worlds differ widely, lack things, and still tell what their schemes are: each by its own traces."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from mingdan.engine.simulate import simulate
from mingdan.engine.simulate.assumptions import BY_RATIO, EVEN, assume
from mingdan.engine.simulate.dice import stream
from mingdan.engine.simulate.gaps import draw_gaps
from mingdan.engine.simulate.names import alike, own_firm
from mingdan.engine.simulate.schemes import SCHEME_NAMES
from mingdan.engine.simulate.tells import MEANS, draw_tells
from mingdan.engine.simulate.twins import TWIN_NAMES
from mingdan.engine.tables import TABLES

SEEDS = range(501, 561)


def make(folder: Path, *, complete: bool) -> Path:
    simulate(folder, reps=60, accounts=1800, years=1.5, seed=503, guilty_share=0.45, complete=complete)
    return folder


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whole"), complete=True)


def number(sql: duckdb.DuckDBPyConnection, query: str) -> float:
    found = sql.execute(f"SELECT {query}").fetchone()
    assert found
    return float(found[0])


def test_there_are_twelve_schemes_and_more_and_thirty_twins() -> None:
    assert len(SCHEME_NAMES) == len(set(SCHEME_NAMES)) >= 12
    assert len(TWIN_NAMES) == len(set(TWIN_NAMES)) >= 30


def test_every_scheme_diverts_something(sql: duckdb.DuckDBPyConnection) -> None:
    found = {row[0] for row in sql.execute("SELECT DISTINCT scheme FROM true_diversions").fetchall()}
    assert found >= set(SCHEME_NAMES) - {"leaver_vehicle"}


def test_provenance_points_at_rows_of_the_trail(sql: duckdb.DuckDBPyConnection) -> None:
    tables = [row[0] for row in sql.execute("SELECT DISTINCT table_name FROM true_provenance").fetchall()]
    assert set(tables) >= {"orders", "opportunities", "payments", "leads", "messages"}
    for table in tables:
        key = TABLES[table].key[0]
        rows = f"true_provenance p LEFT JOIN {table} t ON t.{key} = p.row_id WHERE p.table_name = '{table}'"
        assert number(sql, f"count(*) FROM {rows} AND t.{key} IS NULL") == 0, table


def test_receipts_held_back_are_posted_late(sql: duckdb.DuckDBPyConnection) -> None:
    lag = "avg(epoch(posted_at) - epoch(received_at)) / 86400 FROM payments LEFT JOIN true_provenance ON row_id = payment_id"
    assert number(sql, f"{lag} WHERE cause = 'lapping'") > number(sql, f"{lag} WHERE cause IS NULL") + 5


def test_goods_for_resale_are_ordered_under_a_special_price(sql: duckdb.DuckDBPyConnection) -> None:
    share = "avg((pricing_program IS NOT NULL)::INT) FROM orders LEFT JOIN true_provenance ON row_id = order_id"
    assert (
        number(sql, f"{share} WHERE cause = 'special_price_resale'") > 0.5 > number(sql, f"{share} WHERE cause IS NULL")
    )


def test_leads_kept_back_are_called_worthless(sql: duckdb.DuckDBPyConnection) -> None:
    kept = "leads JOIN true_provenance ON row_id = lead_id WHERE cause = 'lead_siphon'"
    assert number(sql, f"count(*) FROM {kept}") > 5
    assert number(sql, f"count(*) FROM {kept} AND status NOT IN ('invalid', 'new')") == 0


def test_quotes_go_out_by_mail_and_customers_through_the_pool(sql: duckdb.DuckDBPyConnection) -> None:
    assert number(sql, "count(*) FROM emails JOIN quotes ON attachment_hash = document_hash") > 50
    assert number(sql, "count(*) FROM owner_changes WHERE to_employee_id IS NULL") > 5
    assert number(sql, "count(*) FROM accounts WHERE in_pool AND owner_id IS NOT NULL") == 0


def test_chats_are_kept_only_with_consent_and_in_many_wordings(sql: duckdb.DuckDBPyConnection) -> None:
    assert number(sql, "count(*) FROM messages WHERE text IS NOT NULL AND NOT consent") == 0
    assert number(sql, "count(DISTINCT text) FROM messages") > 400
    assert number(sql, "count(*) FROM messages WHERE contains(text, chr(65292))") > 20
    assert number(sql, "count(*) FROM messages WHERE regexp_matches(text, '^[ -~]+$')") > 20


def test_gaps_leave_the_truth_as_it_is(trail: Path, tmp_path: Path) -> None:
    sparse = make(tmp_path, complete=False)
    for name in ("diversions", "employees"):
        file = f"truth/{name}.parquet"
        assert (sparse / file).read_bytes() == (trail / file).read_bytes()
    empty = "SELECT count(*) - count(duration_seconds) FROM '{}/activities.parquet'"
    whole, lacking = (duckdb.sql(empty.format(folder)).fetchone() for folder in (trail, sparse))
    assert whole
    assert lacking
    assert lacking[0] >= whole[0]


def test_companies_lack_different_things() -> None:
    gaps = [draw_gaps(seed, stream(seed, "gaps")) for seed in SEEDS]
    missing = {table for one in gaps for table in one.tables}
    assert len(missing) > 25
    assert sum(not one.tables for one in gaps) >= 3
    assert not missing & {"orders", "accounts", "employees", "opportunities"}
    required = {
        f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns if column.required
    }
    assert not required & {name for one in gaps for name in (*one.columns, *one.cells)}


def test_assumptions_fill_their_ranges() -> None:
    drawn = [vars(assume(stream(seed, "assumptions"))) for seed in SEEDS]
    for name, (low, high) in {**EVEN, **BY_RATIO}.items():
        values = np.array([one[name] for one in drawn])
        assert low <= values.min() <= values.max() <= high, name
        assert values.max() - values.min() > 0.5 * (high - low) or values.max() / values.min() > (high / low) ** 0.5, (
            name
        )
    assert len({one["currency"] for one in drawn}) >= 3


def test_a_trace_common_in_one_company_is_rare_in_another() -> None:
    tells = [draw_tells(stream(seed, "tells"), 1.0) for seed in SEEDS]
    for name, mean in MEANS.items():
        values = np.array([one[name] for one in tells])
        assert abs(values.mean() - mean) < 0.15, name
        assert values.max() - values.min() > mean, name


def test_a_firm_that_looks_like_ours_is_not_ours() -> None:
    for seed in SEEDS:
        dice = stream(seed, "alike")
        ours = own_firm(dice)
        theirs = alike(dice, *ours)
        assert theirs[0] != ours[0]
        assert theirs[1] != ours[1]
        assert theirs[1].endswith(".example")
