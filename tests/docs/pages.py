"""Read the tables of a Markdown page."""

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def rows_of(page: str) -> dict[str, list[str]]:
    """Return the cells of every table row of a page under docs/, by the row's first cell, without emphasis."""
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip().strip("*") for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}
