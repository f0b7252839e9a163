"""Read a rendered report the way a browser would: its elements, its texts and which language shows them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "col", "base", "wbr"}
SILENT = {"script", "style", "code", "kbd", "title"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> list["Element"]:
        return [self, *(one for child in self.elements for one in child.walk())]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """Builds the tree and notes every tag that is opened and not closed, or closed and not opened."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.faults: list[str] = []
        self._open = [self.root]
        self.feed(html)
        self.close()
        self.faults += [f"<{one.tag}> is never closed" for one in self._open[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> repeats an attribute")
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1])
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes <{self._open[-1].tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    @property
    def all(self) -> list[Element]:
        return self.root.walk()


def in_language(element: Element, language: str) -> list[str]:
    """Return the texts that the page shows in this language, as (own text of each element) in order."""
    if element.tag in SILENT or ("l" in element.classes and element.attributes.get("lang") != language):
        return []
    if "lang" in element.attributes and element.tag == "label":
        return []
    texts = []
    for child in element.children:
        texts += [child] if isinstance(child, str) else in_language(child, language)
    return [text for text in texts if text.strip()]


def unpaired(page: Page) -> list[str]:
    """Return the texts of one language that have no twin of the other beside them."""
    faults = []
    for element in page.all:
        ours = [child for child in element.elements if "l" in child.classes]
        languages = [child.attributes.get("lang") for child in ours]
        if languages != ["en", "zh"] * (len(ours) // 2) or any(not child.text.strip() for child in ours):
            faults.append(element.text.strip()[:80])
    return faults
