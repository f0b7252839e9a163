"""The catalogue: every detector and every table of the trail, written from the declarations themselves.

`python -m mingdan.engine.documents docs/catalogue` writes it in both languages.
"""

from pathlib import Path

from mingdan.engine.detectors import DETECTORS
from mingdan.engine.documents.detectors_page import detectors_page
from mingdan.engine.documents.markdown import SUFFIX, Language
from mingdan.engine.documents.model_card import model_card
from mingdan.engine.documents.tables_page import tables_page
from mingdan.engine.tables import TABLES

__all__ = ["SUFFIX", "Language", "cards", "catalogue", "write_cards", "write_catalogue"]


def catalogue(language: Language) -> dict[str, str]:
    """Return the catalogue's pages as Markdown, by file name, in the order of the registries."""
    return {
        f"detectors{SUFFIX[language]}": detectors_page(DETECTORS, language),
        f"tables{SUFFIX[language]}": tables_page(TABLES, language),
    }


def cards() -> dict[str, str]:
    """Return the model card in both languages as Markdown, by file name."""
    return {f"model-card{suffix}": model_card(DETECTORS, language) for language, suffix in SUFFIX.items()}


def write_cards(folder: Path) -> None:
    """Write the model card in both languages into the folder."""
    for name, card in cards().items():
        (folder / name).write_text(card, encoding="utf-8")


def write_catalogue(folder: Path) -> list[Path]:
    """Write the pages of both languages into the folder; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language in SUFFIX:
        for name, page in catalogue(language).items():
            (folder / name).write_text(page, encoding="utf-8")
            written.append(folder / name)
    return written
