"""An alert comes out the same from the rows it cites, and another trail is noticed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingdan.engine.explain import Recomputed, UnknownAlertError, alert_in, explained, recompute
from mingdan.engine.fuse import matters_of
from mingdan.engine.output import scan_json
from mingdan.engine.parameters import shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.scan import ScanOptions, scan
from mingdan.engine.trail import Tables
from tests.engine.companies import small_company


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    (folder / "workspace").mkdir()
    options = ScanOptions(min_probability=0.05, budget=3)
    found, read = scan(small_company(), options, workspace=folder / "workspace", on_progress=lambda _what, _share: None)
    read.close()
    (folder / "scan.json").write_text(scan_json(found, shipped().by_code), encoding="utf-8")
    return folder


def again_from(trail: Path, result: Path, workspace: Path, rank: int = 1) -> Recomputed:
    workspace.mkdir()
    read = read_trail(trail, workspace=workspace)
    again = recompute(read, alert_in(result, str(rank)), shipped())
    read.close()
    return again


def test_every_alert_comes_out_the_same(result: Path, tmp_path: Path) -> None:
    alerts = json.loads((result / "scan.json").read_text(encoding="utf-8"))["alerts"]
    assert alerts
    for alert in alerts:
        again = again_from(small_company(), result, tmp_path / str(alert["rank"]), alert["rank"])
        assert again.differences == ()
        assert len(again.reasons) == len(alert["reasons"])
        assert all(cells for one in again.reasons for _, cells in one.rows)


def test_a_row_that_was_altered_since_is_noticed(result: Path, tmp_path: Path) -> None:
    cited = json.loads((result / "scan.json").read_text(encoding="utf-8"))["alerts"][0]["reasons"][0]["evidence"][0]
    trail = tmp_path / "trail"
    shutil.copytree(small_company(), trail)
    rows = pq.read_table(trail / f"{cited['table']}.parquet")  # type: ignore[no-untyped-call]
    key = rows.column_names[0]
    kept = pa.array([value != cited["row_id"].split("|")[0] for value in rows[key].to_pylist()])
    assert not all(kept.to_pylist())
    pq.write_table(rows.filter(kept), trail / f"{cited['table']}.parquet")  # type: ignore[no-untyped-call]
    assert again_from(trail, result, tmp_path / "workspace").differences


def test_an_unknown_alert_is_told_with_those_there_are(result: Path) -> None:
    with pytest.raises(UnknownAlertError, match=r"there are: [0-9a-f]{16}-"):
        alert_in(result, "no-such")
    with pytest.raises(UnknownAlertError, match="scan again"):
        alert_in(result / "none", "1")


def test_other_parameters_are_noticed(result: Path, tmp_path: Path) -> None:
    setup = shipped()
    read = read_trail(small_company(), workspace=tmp_path)
    changed = replace(setup, fusion=replace(setup.fusion, salespeople_diverting=0.0001))
    assert recompute(read, alert_in(result, "1"), changed).differences
    read.close()


def test_what_was_said_in_messages_is_cited_and_not_shown() -> None:
    detector = shipped().by_code["private-payment-talk"]
    example = next(one for one in detector.examples if one.fires)
    said = [str(row["text"]) for row in example.records["messages"]]
    tables = Tables.from_records(example.records, as_of=example.as_of)
    (matter,) = matters_of(detector.run(tables), [detector])
    (one,) = explained(tables, matter.reasons, shipped())
    assert {row.table for row, _ in one.rows} >= {"messages"}
    assert all(cells for _, cells in one.rows)
    assert not any(text in str(one.rows) for text in said)
    other = {**example.records, "messages": [{**row, "text": f"{row['text']} "} for row in example.records["messages"]]}
    changed = explained(Tables.from_records(other, as_of=example.as_of), matter.reasons, shipped())
    assert changed[0].content != one.content
