"""The page of tables: every table and column that a trail may have."""

from collections.abc import Mapping

from mingdan.engine.documents.markdown import GENERATED, Language, grid, page, told
from mingdan.engine.findings import Text
from mingdan.engine.schema import Column, Table

KINDS: dict[str, Text] = {
    "id": Text(en="id", zh="编号"),
    "text": Text(en="text", zh="文本"),
    "key": Text(en="match key", zh="匹配键"),
    "timestamp": Text(en="time (UTC)", zh="时间（UTC）"),
    "date": Text(en="date", zh="日期"),
    "decimal": Text(en="decimal", zh="小数"),
    "fraction": Text(en="fraction", zh="比率"),
    "integer": Text(en="whole number", zh="整数"),
    "boolean": Text(en="true or false", zh="是或否"),
    "list": Text(en="list", zh="列表"),
    "enum": Text(en="one of", zh="取值"),
}

_TITLE = Text(en="# The tables of a sales trail", zh="# 销售记录的数据表")
_OPENING = Text(
    en="`*` marks a required column of its table; everything else may be absent or empty. A missing table or column never "
    "stops a scan: the detectors that need it are skipped and say why. The conventions are in "
    "[the trail](../how-it-works/trail.md).",
    zh="`*` 表示该表的必填列，其余列可以缺失或为空。缺一张表或一列不会中断扫描，"
    "只是需要它的检测器会跳过，并说明原因。各项约定见[销售记录](../how-it-works/trail.md)（英文）。",
)
_LIST_HEADINGS = Text(en="table|what it holds|columns", zh="表|内容|列数")
_COLUMN_HEADINGS = Text(en="column|kind|other headings it is known by", zh="列|类型|可识别的其他表头")
_ROW_KEY = Text(en="A row is named by {key}.", zh="一行由 {key} 确定。")
_ALWAYS = Text(en="It does not depend on the as-of date.", zh="不随截止日期变化。")
_WITH_PARENT = Text(en="It is visible with its row of {parent}.", zh="与所属的 {parent} 行同时可见。")
_VISIBLE = Text(en="It is visible from {since}.", zh="自 {since} 起可见。")
_STAMP = Text(en="- unknown before `{stamp}`: {cells}", zh="- 在 `{stamp}` 之前视为未知：{cells}")
_BEFORE = Text(en="`{name}` (before: `{value}`)", zh="`{name}`（此前为 `{value}`）")


def tables_page(tables: Mapping[str, Table], language: Language) -> str:
    """Return the page in this language, the tables in the order given."""
    listed = [
        [f"[`{one.name}`](#{one.name})", told(Text(one.en, one.zh), language), str(len(one.columns))]
        for one in tables.values()
    ]
    return page(
        [
            *(told(text, language) for text in (GENERATED, _TITLE, _OPENING)),
            grid(told(_LIST_HEADINGS, language).split("|"), listed),
            *(_table(one, tables, language) for one in tables.values()),
        ]
    )


def _table(table: Table, tables: Mapping[str, Table], language: Language) -> str:
    rows = [
        [f"`{column.name}`" + ("*" if column.required else ""), _kind(column, language), " / ".join(column.labels)]
        for column in table.columns
    ]
    key = told(_ROW_KEY, language).format(key=_named(table.key))
    name = told(Text(f"**{table.en}.**", f"**{table.zh}。**"), language)
    said = (" " if language == "en" else "").join([f"{name} {key}", _visible(table, tables, language)])
    stamps = _stamps(table, language)
    parts = [f"## {table.name}", said, *([stamps] if stamps else [])]
    return "\n\n".join([*parts, grid(told(_COLUMN_HEADINGS, language).split("|"), rows)])


def _visible(table: Table, tables: Mapping[str, Table], language: Language) -> str:
    if not table.visible_at:
        return told(_ALWAYS, language)
    first, *others = table.visible_at
    if first in tables:
        return told(_WITH_PARENT, language).format(parent=f"[`{first}`](#{first})")
    since = f"`{first}`"
    for other in others:
        since += f"（缺失时用 `{other}`）" if language == "zh" else f", or `{other}` where that is empty"
    return told(_VISIBLE, language).format(since=since)


def _stamps(table: Table, language: Language) -> str:
    lines = []
    for stamp, cells in table.stamps:
        told_cells = (
            told(_BEFORE, language).format(name=name, value=value) if value else f"`{name}`" for name, value in cells
        )
        lines.append(told(_STAMP, language).format(stamp=stamp, cells=", ".join(told_cells)))
    return "\n".join(lines)


def _kind(column: Column, language: Language) -> str:
    if column.refers_to:
        return f"{told(KINDS['id'], language)} → [`{column.refers_to}`](#{column.refers_to})"
    if column.values:
        colon = "：" if language == "zh" else ": "
        return told(KINDS["enum"], language) + colon + _named(column.values)
    return told(KINDS[column.kind], language)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
