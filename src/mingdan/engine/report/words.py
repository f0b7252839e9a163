"""What the report calls things, in English and Chinese."""

import re

from mingdan.engine.findings import Family, Status, Text
from mingdan.engine.tables import TABLES

FAMILIES: dict[Family, Text] = {
    "pipeline": Text("pipeline", "商机"),
    "process": Text("process", "流程"),
    "access": Text("access", "数据访问"),
    "communication": Text("communication", "沟通"),
    "price": Text("price", "价格"),
    "chain": Text("chain", "中间环节"),
    "entity": Text("linked firms", "关联主体"),
    "money": Text("money", "资金"),
    "repurchase": Text("repurchase", "复购"),
    "service": Text("service", "售后"),
    "voice": Text("customer voice", "客户反馈"),
}
"""The families in the order of a deal's life, which is also the order of the lanes."""

STATUSES: dict[Status, Text] = {
    "supported": Text("supported by the records", "记录支持"),
    "open": Text("not checkable here", "此处无法核查"),
    "ruled_out": Text("checked, ruled out", "已核查，排除"),
}

STRENGTHS: dict[str, Text] = {
    "W1": Text("context", "背景"),
    "W2": Text("weak", "弱"),
    "W3": Text("moderate", "中"),
    "W4": Text("strong", "强"),
    "W5": Text("near-direct", "近乎直接"),
}

REGISTERS = ("context_events", "leaves", "distributors", "declared_interests")
"""Where innocent causes are looked up."""


def table_title(name: str) -> Text:
    """Return what people call a table; a table outside the contract keeps its own name."""
    declared = TABLES.get(name)
    return Text(declared.en, declared.zh) if declared else Text(name, name)


def skip_reason(reason: str | None) -> Text:
    """Say in both languages why a detector was skipped, from the reason that `Detector.missing` gives."""
    missing = re.fullmatch(r"(\w+)(?:\.(\w+))? is missing", reason or "")
    if not missing:
        return Text(reason or "skipped", "已跳过（原因见 scan.json）")
    title = table_title(missing[1])
    if missing[2]:
        return Text(f"{title.en} lack the column {missing[2]}", f"「{title.zh}」缺少列 {missing[2]}")
    return Text(f"{title.en} are missing", f"缺少「{title.zh}」")


def weight_word(weight: float) -> Text:
    """Name a weight of evidence (log10) by the strength whose cap it fills at least half way."""
    if weight < 0:
        return Text("speaks against", "有利于当事人")
    for least, strength in ((1.8, "W5"), (1.0, "W4"), (0.6, "W3"), (0.2, "W2")):
        if weight > least:
            return STRENGTHS[strength]
    return STRENGTHS["W1"]
