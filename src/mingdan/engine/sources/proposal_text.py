"""How a proposed mapping is written: TOML with remarks, in the language of the headings."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mingdan.engine.findings import Text
from mingdan.engine.reading.raw import RawTable

_HEADER = Text(
    en="""\
# A mapping proposed by looking at headings and values. Check every line, above all those marked as a guess, then:
#
#     mingdan scan FOLDER --mapping THIS_FILE
#
# On the left stand columns of the trail (`mingdan tables` prints them), on the right headings of your files.
""",
    zh="""\
# 根据表头和内容自动生成的映射。请逐行核对，尤其是标有“猜测”的行，然后运行：
#
#     mingdan scan 文件夹 --mapping 本文件
#
# 左边是明单的列名（用 `mingdan tables` 查看），右边是您文件中的表头。
""",
)

_WON_AS_ORDERS = Text(
    en="""\
# There is no file of orders. If a won deal is a sale of its own, take out the first sign of these lines, so that the
# purchase rhythm of customers can be seen:
""",
    zh="""\
# 没有订单文件。如果赢单本身就是一笔销售，请去掉以下各行开头的 #，以便分析客户的采购节奏：
""",
)

_NOTHING = Text(
    en="# No file looks like deals, orders, customers or people: `mingdan tables` says what a trail is made of.",
    zh="# 没有文件像是商机、订单、客户或员工：可用 `mingdan tables` 查看明单需要哪些表。",
)

_SURE, _LIKELY = 0.85, 0.5
_STRING = r'"(?:[^"\\]|\\.)*"'


@dataclass
class Block:
    """One table of the proposal: TOML by column, each with a remark on how sure it is."""

    table: str
    source: str
    columns: dict[str, tuple[str, Text | None]] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    remark: Text | None = None

    def lines(self, *, chinese: bool, several: bool = False) -> list[str]:
        head = f"[[tables.{self.table}]]" if several else f"[tables.{self.table}]"
        columns = [
            f"{name} = {value}" + (f"  # {spoken(note, chinese)}" if note else "")
            for name, (value, note) in self.columns.items()
        ]
        return [
            *([f"# {spoken(self.remark, chinese)}"] if self.remark else []),
            head,
            f"from = {quoted_text(self.source)}",
            *self.settings,
            *self.joins,
            f"[tables.{self.table}.columns]",
            *columns,
            "",
        ]


def written(blocks: Sequence[Block], unused: Iterable[RawTable], settings: Sequence[str], *, chinese: bool) -> str:
    """Return the whole text of a proposal."""
    tables = [block.table for block in blocks]
    lines = [spoken(_HEADER, chinese), *settings, ""]
    for block in blocks:
        lines += block.lines(chinese=chinese, several=tables.count(block.table) > 1)
    deals = next((block for block in blocks if block.table == "opportunities"), None)
    if deals and "orders" not in tables:
        lines += _won_as_orders(deals, chinese)
    word = "未使用" if chinese else "Not used"
    lines += [
        f"# {word}: {table.file}" + (f" ({table.name})" if table.name not in table.file else "") for table in unused
    ]
    return "\n".join(lines if blocks else [*lines, spoken(_NOTHING, chinese)]).rstrip() + "\n"


def spoken(text: Text, chinese: bool) -> str:
    """Return a text in one language."""
    return text.zh if chinese else text.en


def how_sure(surety: float, also: Text | None = None) -> Text:
    """Return a remark on how sure a pick is, with what else is to be said."""
    en, zh = (
        ("sure", "确定")
        if surety >= _SURE
        else ("likely", "很可能")
        if surety >= _LIKELY
        else ("a guess: check", "猜测，请核对")
    )
    return Text(en=f"{en}; {also.en}", zh=f"{zh}；{also.zh}") if also else Text(en=en, zh=zh)


def choice(heading: str, meanings: Iterable[tuple[str, str]]) -> str:
    """Return TOML for a column whose values are translated."""
    values = ", ".join(f"{quoted_text(value)} = {quoted_text(meant)}" for value, meant in meanings)
    return f"{{ column = {quoted_text(heading)}, values = {{ {values} }} }}"


def quoted_text(text: str) -> str:
    """Return a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _won_as_orders(deals: Block, chinese: bool) -> list[str]:
    """Return a part in comments that takes won deals for orders."""
    wanted = {
        "order_id": "opportunity_id",
        "account_id": "account_id",
        "employee_id": "owner_id",
        "ordered_at": "closed_at",
        "amount": "amount",
    }
    outcome = deals.columns["outcome"][0]
    stage = re.search(f"column = ({_STRING})", outcome)
    if not {"account_id", "closed_at", "amount"} <= set(deals.columns) or not stage:
        return []
    won = ", ".join(re.findall(f'({_STRING}) = "won"', outcome))
    orders = Block("orders", deals.source, joins=deals.joins, settings=[f"where = {{ {stage.group(1)} = [{won}] }}"])
    orders.columns = {name: (deals.columns[from_][0], None) for name, from_ in wanted.items() if from_ in deals.columns}
    commented = "\n".join(f"# {line}" for line in orders.lines(chinese=chinese) if line)
    return [spoken(_WON_AS_ORDERS, chinese) + commented, ""]
