"""`mingdan tables` and `mingdan detectors`: the contract and the catalogue, from the declarations themselves."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table as Printed

from mingdan.cli.console import UNREADABLE, complain, out, print_json
from mingdan.cli.scanning import AsJson
from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.schema import Column, Table
from mingdan.engine.tables import TABLES


def tables(
    name: Annotated[str | None, typer.Argument(help="One table; all of them if left away.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the tables and columns that a sales trail may have."""
    if name is not None and name not in TABLES:
        complain(f"mingdan: there is no table {name!r}; known are {', '.join(TABLES)}.", UNREADABLE)
    chosen = [TABLES[name]] if name else list(TABLES.values())
    if as_json:
        print_json([_table_document(table) for table in chosen])
        return
    for table in chosen:
        printed = Printed(
            "column", "kind", "heading 中文", title=f"{table.name}  {table.en} {table.zh}", title_justify="left"
        )
        for column in table.columns:
            printed.add_row(column.name + ("*" if column.required else ""), _kind(column), " / ".join(column.labels))
        out.print(printed)
    out.print("* required of its table; a missing table or optional column never stops a scan.")


def _kind(column: Column) -> str:
    if column.refers_to:
        return f"id of {column.refers_to}"
    return ", ".join(column.values) if column.values else column.kind


def _table_document(table: Table) -> dict[str, Any]:
    return {
        "table": table.name,
        "en": table.en,
        "zh": table.zh,
        "key": list(table.key),
        "columns": [asdict(column) for column in table.columns],
    }


def detectors(as_json: AsJson = False) -> None:
    """Print the catalogue of detectors: the question each asks, and how strong its answer can be."""
    if as_json:
        print_json([_detector_document(detector) for detector in DETECTORS])
        return
    printed = Printed("code", "family", "strength", "question 问题")
    for detector in DETECTORS:
        printed.add_row(
            detector.code, detector.family, detector.strength, f"{detector.question.en}\n{detector.question.zh}"
        )
    out.print(printed)


def _detector_document(detector: Detector[Any]) -> dict[str, Any]:
    texts = ("title", "question", "method", "next_step")
    return {
        "code": detector.code,
        "version": detector.version,
        "design": detector.design,
        "family": detector.family,
        "strength": detector.strength,
        **{name: asdict(getattr(detector, name)) for name in texts},
        "reads": {table: list(columns) for table, columns in detector.reads.items()},
        "uses": {table: list(columns) for table, columns in detector.uses.items()},
        "parameters": asdict(detector.parameters),
        "innocent_explanations": [
            {"code": innocent.code, **asdict(innocent.text)} for innocent in detector.innocent_explanations
        ],
    }
