"""Every fixture goes the whole way: files, source, border, typed trail, with nothing set aside that should not be."""

from pathlib import Path

import pytest

from mingdan.engine.reading import ReadTrail, read_trail
from tests.engine.sources.conftest import ROOT, SHARED

HERE = Path(__file__).parent / "data"
EXAMPLES = ROOT / "docs" / "examples"


def read(folder: Path, tmp_path: Path, mapping: Path | None = None) -> ReadTrail:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return read_trail(folder, mapping=mapping, key_file=tmp_path / "key", workspace=workspace)


def counts(trail: ReadTrail) -> dict[str, tuple[int, int]]:
    return {table.name: (table.rows, table.set_aside) for table in trail.counts}


@pytest.mark.parametrize(
    ("folder", "mapping", "table", "rows"),
    [
        ("maven_crm", "maven_crm.toml", "opportunities", 46),
        ("cdnow", "cdnow.toml", "orders", 33),
        ("zoho", None, "opportunities", 42),
        ("fxiaoke", None, "opportunities", 14),
    ],
)
def test_a_fixture_becomes_a_typed_trail(
    tmp_path: Path, folder: str, mapping: str | None, table: str, rows: int
) -> None:
    trail = read(HERE / folder, tmp_path, EXAMPLES / mapping if mapping else None)
    found = counts(trail)
    trail.close()
    assert found[table] == (rows, 0)
    assert all(set_aside == 0 for _, set_aside in found.values())


def test_a_contacts_new_number_meets_the_employees_in_one_key(tmp_path: Path) -> None:
    trail = read(HERE / "zoho", tmp_path)
    tables = trail.as_of(trail.latest)
    people = {row["phone_key"] for row in tables.records(tables.employees, order_by=["employee_id"])}
    changes = tables.records(tables.field_changes, order_by=["row_id", "changed_at"])
    trail.close()
    assert sum(change["new_key"] in people for change in changes) == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the full files lie in ../shared, which is not here")
def test_the_full_purchase_history_becomes_a_typed_trail(tmp_path: Path) -> None:
    trail = read(SHARED / "cdnow", tmp_path, EXAMPLES / "cdnow.toml")
    found = counts(trail)
    trail.close()
    assert found == {"accounts": (23570, 0), "orders": (69659, 0)}
