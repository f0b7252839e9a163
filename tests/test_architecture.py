"""The house keeps its own rules: layers, sizes, words, one test for each contract that it can break."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mingdan"
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [contract["id"] for contract in CONFIGURATION["tool"]["importlinter"]["contracts"]]

VIOLATIONS = {
    "platform-floors": ("platform/access/violation.py", "import mingdan.platform.people.models"),
    "layers": ("lib/violation.py", "import mingdan.engine.tables"),
    "engine-rooms": ("engine/findings.py", "import mingdan.engine.fuse"),
    "reading-rooms": ("engine/reading/violation.py", "import mingdan.engine.detectors"),
    "simulator-apart": ("engine/simulate/violation.py", "import mingdan.engine.detectors"),
    "detectors-apart": ("engine/methods/violation.py", "import mingdan.engine.detectors.payee_not_company"),
    "no-django-below": ("engine/violation.py", "import django"),
    "database-only-in-the-engine": ("cli/violation.py", "import duckdb"),
}

PYTHON_FILES = sorted([*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
WRITTEN_FILES = sorted(
    file
    for pattern in ("*.py", "*.md", "*.toml", "*.html", "*.css", "*.js", "*.j2")
    for folder in (ROOT / "src", ROOT / "docs", ROOT / "benchmarks")
    for file in folder.rglob(pattern)
)


def lint_imports(source: Path, contract: str) -> int:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
        "--contract",
        contract,
    ]
    environment = {"PYTHONPATH": str(source), "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    return subprocess.run(command, env=environment, cwd=source, capture_output=True, check=False).returncode


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_import_contract_holds_and_breaks_when_violated(contract: str, tmp_path: Path) -> None:
    source = tmp_path / "src"
    shutil.copytree(SOURCE, source / "mingdan", ignore=shutil.ignore_patterns("__pycache__"))
    assert lint_imports(source, contract) == 0
    file, line = VIOLATIONS[contract]
    with (source / "mingdan" / file).open("a", encoding="utf-8") as violated:
        violated.write(f"\n{line}\n")
    assert lint_imports(source, contract) == 1


def test_no_file_is_over_300_lines() -> None:
    lengths = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8").count("\n") for file in PYTHON_FILES}
    assert {file: length for file, length in lengths.items() if length > 300} == {}


def test_no_function_is_over_60_lines() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in PYTHON_FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_nobody_is_called_a_suspect() -> None:
    never = re.compile(r"\b(suspects?|suspected|fraudsters?|thief|thieves)\b|嫌疑|小偷|骗子", re.IGNORECASE)
    said = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in WRITTEN_FILES
        if file.name not in ("glossary.md", "glossary.zh.md")
        for match in [never.search(file.read_text(encoding="utf-8"))]
        if match
    ]
    assert said == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper"}
    assert [str(file) for file in PYTHON_FILES if file.stem in drawers or file.parent.name in drawers] == []


def test_no_file_names_a_place_of_one_machine() -> None:
    place = re.compile(r"/(?:root|home/\w+|work/main)/|/tmp/[a-z]")
    files = [*WRITTEN_FILES, *PYTHON_FILES, ROOT / "Makefile", *(ROOT / "scripts").iterdir()]
    assert [
        str(file) for file in files if file != Path(__file__) and place.search(file.read_text(encoding="utf-8"))
    ] == []


def test_every_detector_file_is_registered() -> None:
    files = {file.stem for file in (SOURCE / "engine" / "detectors").glob("*.py")} - {"__init__"}
    listed = (SOURCE / "engine" / "detectors" / "__init__.py").read_text(encoding="utf-8")
    assert {file for file in files if f"{file}.DETECTOR" not in listed} == set()
