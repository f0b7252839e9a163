"""The picture of relations: the salesperson, customers, deals and firms, and which reason links them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mingdan.engine.findings import Text
from mingdan.engine.report.figures.svg import element, label, picture, shortened_text

KINDS = {
    "person": Text("salesperson", "销售员"),
    "account": Text("customers", "客户"),
    "deal": Text("deals", "商机"),
    "company": Text("outside firms", "外部公司"),
}
BOX = 34.0
GAP = 12.0
TOP = 26.0
BELOW = 18.0
MOST = 5
"""How many of a kind are drawn; the rest are counted, and listed in the table behind the picture."""


@dataclass(frozen=True)
class Node:
    kind: str
    key: str
    name: Text


@dataclass(frozen=True)
class Link:
    """A tie between two nodes, with the numbers of the reasons that say so."""

    start: Node
    end: Node
    reasons: tuple[int, ...]


def relations(nodes: Sequence[Node], links: Sequence[Link], *, kind: str, width: float, labelled_by: str) -> Markup:
    """Draw columns of boxes on wide screens, and one column with arcs on narrow ones."""
    shown, hidden = _chosen(nodes)
    drawn = [link for link in links if link.start in shown and link.end in shown]
    draw = _columns if kind == "wide" else _arcs
    places, height, parts = draw(shown, hidden, width)
    paths = [_path(link, places, kind) for link in drawn]
    edges = [element("path", d=curve, class_="edge") for curve, _, _ in paths]
    numbers = [_numbers(link, x, y) for link, (_, x, y) in zip(drawn, paths, strict=True)]
    if kind == "wide" and any(_skips(link, places) for link in drawn):
        height += BELOW + 8
    return picture(width, height, *edges, *parts, *numbers, kind=kind, labelled_by=labelled_by)


Places = dict[Node, tuple[float, float, float]]
"""Of each node: left, top and width of its box."""


def _chosen(nodes: Sequence[Node]) -> tuple[dict[Node, int], dict[str, int]]:
    shown: dict[Node, int] = {}
    hidden: dict[str, int] = {}
    for kind in KINDS:
        own = [node for node in nodes if node.kind == kind]
        shown |= {node: index for index, node in enumerate(own[:MOST])}
        if len(own) > MOST:
            hidden[kind] = len(own) - MOST
    return shown, hidden


def _columns(shown: dict[Node, int], hidden: dict[str, int], width: float) -> tuple[Places, float, list[Markup]]:
    kinds = [kind for kind in KINDS if any(node.kind == kind for node in shown)]
    between = 62.0
    box = min(190.0, (width - between * (len(kinds) - 1)) / len(kinds))
    between = (width - box * len(kinds)) / max(1, len(kinds) - 1)
    sizes = {kind: sum(node.kind == kind for node in shown) + (kind in hidden) for kind in kinds}
    tallest = max(sizes.values()) * (BOX + GAP) - GAP
    places: Places = {}
    parts: list[Markup] = []
    for column, kind in enumerate(kinds):
        left = column * (box + between)
        top = TOP + (tallest - (sizes[kind] * (BOX + GAP) - GAP)) / 2
        parts.append(label(KINDS[kind], x=left, y=12, class_="tick"))
        for node, index in shown.items():
            if node.kind == kind:
                places[node] = (left, top + index * (BOX + GAP), box)
                parts.append(_box(node, *places[node]))
        if kind in hidden:
            parts.append(_more(hidden[kind], left + 10, top + MOST * (BOX + GAP) + BOX / 2 + 4))
    return places, TOP + tallest + 4, parts


def _arcs(shown: dict[Node, int], hidden: dict[str, int], width: float) -> tuple[Places, float, list[Markup]]:
    """Stack all boxes; arcs run along their left side."""
    left = 74.0
    places: Places = {}
    parts: list[Markup] = []
    y = 0.0
    for kind, name in KINDS.items():
        own = [node for node in shown if node.kind == kind]
        if own:
            y += 16
            parts.append(label(name, x=left, y=y, class_="tick"))
            y += 6
        for node in own:
            places[node] = (left, y, width - left - 1)
            parts.append(_box(node, *places[node]))
            y += BOX + 6
        if kind in hidden:
            parts.append(_more(hidden[kind], left + 10, y + 12))
            y += 18
    return places, y + 2, parts


def _box(node: Node, left: float, top: float, width: float) -> Markup:
    rect = element("rect", x=left + 0.5, y=top + 0.5, width=width - 1, height=BOX - 1, rx=7, class_=f"node {node.kind}")
    return rect + label(shortened_text(node.name, width - 22), x=left + 11, y=top + BOX / 2 + 4, class_="name")


def _more(count: int, x: float, y: float) -> Markup:
    return label(Text(f"and {count:,} more", f"另有 {count:,} 个"), x=x, y=y, class_="tick")


def _path(link: Link, places: Places, kind: str) -> tuple[str, float, float]:
    """Return a tie's curve and where its numbers stand."""
    (left, top, width), (right, other, wide) = places[link.start], places[link.end]
    if kind == "narrow":
        start, end = top + BOX / 2, other + BOX / 2
        out = min(76.0, 24 + abs(end - start) * 0.32)
        reach = left - out
        curve = f"M{left:.1f} {start:.1f}C{reach:.1f} {start:.1f} {reach:.1f} {end:.1f} {left:.1f} {end:.1f}"
        return curve, left - 0.75 * out, (start + end) / 2
    if _skips(link, places):
        x1, x2, low = left + width / 2, right + wide / 2, _floor(places) + BELOW
        curve = f"M{x1:.1f} {top + BOX:.1f}C{x1:.1f} {low:.1f} {x1 + 40:.1f} {low:.1f} {x1 + 90:.1f} {low:.1f}"
        curve += f"H{x2 - 90:.1f}C{x2 - 40:.1f} {low:.1f} {x2:.1f} {low:.1f} {x2:.1f} {other + BOX:.1f}"
        return curve, (x1 + x2) / 2, low
    x1, y1, x2, y2 = left + width, top + BOX / 2, right, other + BOX / 2
    middle = (x1 + x2) / 2
    curve = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return curve, middle, (y1 + y2) / 2


def _floor(places: Places) -> float:
    return max(top for _, top, _ in places.values()) + BOX


def _skips(link: Link, places: Places) -> bool:
    """Return whether a column lies between the two ends, so that the tie must run below it."""
    start, end = places[link.start][0], places[link.end][0]
    return any(start < left < end for left, _, _ in places.values())


def _numbers(link: Link, x: float, y: float) -> Markup:
    """Write the reasons' numbers onto a tie."""
    said = " ".join(str(number) for number in link.reasons[:3]) + ("…" if len(link.reasons) > 3 else "")
    wide = 10 + 6.6 * len(said)
    x = max(x, wide / 2 + 1)
    back = element("rect", x=x - wide / 2, y=y - 9, width=wide, height=18, rx=9, class_="pill")
    return back + label(said, x=x, y=y + 4, text_anchor="middle", class_="edge-number")
