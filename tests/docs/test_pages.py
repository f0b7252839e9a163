"""The pages written by hand: links lead somewhere, twins agree, examples are accepted, options exist."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from mingdan.engine.sources.mapping_file import read_mapping
from mingdan.engine.sources.stages import stage_names
from tests.docs.pages import DOCS

ROOT = DOCS.parent
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
CHINESE_PAGES = [page for page in PAGES if page.name.endswith(".zh.md") and page.parent.name != "catalogue"]
TWINS = [page for folder in ("start", "handbook") for page in (DOCS / folder).glob("*.md") if ".zh." not in page.name]
CLI = sorted((ROOT / "src" / "mingdan" / "cli").glob("*.py"))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """Return a page without code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`]*`", "", text)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose(page))
    missing = [one for one in targets if "://" not in one and not (page.parent / one).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_command_that_a_page_names_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("page", TWINS, ids=named)
def test_a_page_and_its_chinese_twin_have_the_same_parts(page: Path) -> None:
    twin = page.with_name(page.name.removesuffix(".md") + ".zh.md")
    for part in (r"^(#+) ", r"^(```)", r"^(\|)", r"^(\d+\.) "):
        shapes = [re.findall(part, one.read_text(encoding="utf-8"), flags=re.MULTILINE) for one in (page, twin)]
        assert shapes[0] == shapes[1], part


@pytest.mark.parametrize("page", CHINESE_PAGES, ids=named)
def test_chinese_text_has_chinese_punctuation(page: Path) -> None:
    assert re.findall(r".{0,9}[\u4e00-\u9fff][,;:?!(](?!\))", prose(page)) == []


def mappings() -> list[str]:
    pages = [DOCS / "start" / name for name in ("spreadsheets.md", "spreadsheets.zh.md", "zoho.md", "zoho.zh.md")]
    return [block for page in pages for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]


@pytest.mark.parametrize("text", mappings())
def test_a_mapping_that_a_page_shows_is_accepted(text: str, tmp_path: Path) -> None:
    file = tmp_path / "shown.toml"
    file.write_text(text, encoding="utf-8")
    if "stages" in tomllib.loads(text):
        assert stage_names(file, {}).outcomes
    else:
        assert read_mapping(file).blocks


def test_every_option_that_a_page_names_exists() -> None:
    known = {"--help", "--install-completion"}
    for file in CLI:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.arg):
                known.add("--" + node.arg.replace("_", "-"))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                known.update(re.findall(r"--[a-z-]+", node.value))
    told = {option for page in PAGES for option in re.findall(r"`(--[a-z-]+)", page.read_text(encoding="utf-8"))}
    assert told - known == set()
