"""What the scan could see: tables, rows set aside, detectors, and what missing tables blind."""

import re
from dataclasses import dataclass

from mingdan.engine.findings import Text
from mingdan.engine.report.people import People
from mingdan.engine.report.story import Detectors
from mingdan.engine.report.words import FAMILIES, REGISTERS, STRENGTHS, skip_reason, table_title
from mingdan.engine.result import DetectorRun, ScanResult, SetAside
from mingdan.engine.tables import TABLES

MOST_SET_ASIDE = 30


@dataclass(frozen=True)
class DetectorRow:
    """One detector as it went; `status` is fired, silent or skipped."""

    title: Text
    question: Text
    method: Text | None
    family: Text
    strength: Text
    status: str
    findings: int
    reason: Text


@dataclass(frozen=True)
class SetAsideRow:
    table: Text
    place: str
    column: str
    value: Text
    reason: Text


@dataclass(frozen=True)
class Blind:
    """A table that is missing, with the detectors that it keeps silent."""

    table: Text
    detectors: tuple[Text, ...]


def detector_rows(result: ScanResult, detectors: Detectors) -> tuple[DetectorRow, ...]:
    """Return every detector: first those that fired, then the silent, then the skipped."""
    order = {"fired": 0, "silent": 1, "skipped": 2}
    rows = [_detector_row(run, detectors) for run in result.detectors]
    return tuple(sorted(rows, key=lambda row: (order[row.status], -row.findings, row.title.en)))


def _detector_row(run: DetectorRun, detectors: Detectors) -> DetectorRow:
    detector = detectors.get(run.code)
    status = "skipped" if run.status == "skipped" else "fired" if run.findings else "silent"
    own = Text(run.code, run.code)
    return DetectorRow(
        title=detector.title if detector else own,
        question=detector.question if detector else own,
        method=detector.method if detector else None,
        family=FAMILIES[detector.family] if detector else own,
        strength=STRENGTHS[detector.strength] if detector else own,
        status=status,
        findings=run.findings,
        reason=skip_reason(run.reason),
    )


def blinded(result: ScanResult, detectors: Detectors) -> tuple[Blind, ...]:
    """Return, by missing table, which detectors could not be asked."""
    by_table: dict[str, list[Text]] = {}
    for run in result.detectors:
        table = re.match(r"\w+", run.reason or "")
        if run.status == "skipped" and table:
            detector = detectors.get(run.code)
            by_table.setdefault(table[0], []).append(detector.title if detector else Text(run.code, run.code))
    ordered = sorted(by_table.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(Blind(table_title(table), tuple(titles)) for table, titles in ordered)


def missing_registers(result: ScanResult) -> tuple[Text, ...]:
    """Return the registers of innocent causes that the trail lacks: without them explanations stay open."""
    present = {table.name for table in result.tables}
    return tuple(table_title(name) for name in REGISTERS if name not in present)


def set_aside_rows(result: ScanResult, people: People) -> tuple[SetAsideRow, ...]:
    """Return the first rows that could not be used; without names a value that may name a person is not shown."""
    return tuple(
        SetAsideRow(
            table=table_title(one.table),
            place=f"{people.masked(one.file).en} : {one.row}",
            column=one.column,
            value=_value(one, people),
            reason=_reason(one),
        )
        for one in result.set_aside[:MOST_SET_ASIDE]
    )


def _value(one: SetAside, people: People) -> Text:
    """Show figures and dates always, words only with names: a shifted row puts anything anywhere."""
    if not one.value:
        return Text("empty", "空")
    harmless = re.fullmatch(r"[\d\s.,:;/+\-TZ%¥$€年月日]{0,40}", one.value)
    table = TABLES.get(one.table)
    kinds = {column.name: column.kind for column in table.columns} if table else {}
    counted = kinds.get(one.column) in {"timestamp", "date", "decimal", "fraction", "integer", "boolean"}
    if people.with_names or (harmless and counted):
        return Text(one.value, one.value)
    return Text("not shown", "不显示")


def _reason(one: SetAside) -> Text:
    """Return why a row is set aside; where the reader has no Chinese for it, point to the file that has them all."""
    is_chinese = re.search(r"[\u4e00-\u9fff]", one.reason_zh)
    return Text(one.reason, one.reason_zh if is_chinese else "此行无法使用（原因见 set_aside.csv）")
