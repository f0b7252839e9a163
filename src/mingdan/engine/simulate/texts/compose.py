"""Make many wordings of one thing: fill slots, add how people greet and trail off, and type as people type."""

from collections.abc import Mapping, Sequence

import numpy as np

from mingdan.engine.simulate.dice import Dice

SLOTS: dict[str, tuple[str, ...]] = {
    "goods": ("滤芯", "试剂", "探头", "密封圈", "配件", "那批耗材", "主机", "传感器", "色谱柱", "灯管", "泵头", "设备", "刀片", "喷嘴"),
    "when": ("明天", "后天", "下周", "周五前", "月底", "今天下午", "这两天", "下周三", "国庆后", "月初"),
    "money": ("三千二", "8600", "两万", "4.5万", "12800", "六千多", "1万出头", "36000", "九百", "15万"),
    "who": ("王工", "李经理", "张总", "陈主任", "刘姐", "小赵", "周老师", "吴工", "孙总", "采购那边", "你们财务"),
    "discount": ("九折", "八五折", "便宜10%", "少两个点", "再低一点", "七八折", "省8%"),
    "place": ("苏州", "东莞", "成都", "武汉", "青岛", "仓库", "二厂", "工地", "实验楼", "新园区"),
    "firm": ("鼎信商贸", "恒达仪器", "瑞科自动化", "利康工贸", "博越科技", "华辰贸易", "卓锐实业", "景和设备"),
    "call": ("", "", "您好,", "你好,", "在吗?", "王总,", "李工,", "老师好,", "哥,", "姐,", "张经理,", "早,"),
    "end": ("", "", "", "。", "谢谢", ",谢谢", "哈", "~", "!", "[握手]", "[OK]", ",麻烦了", ",辛苦", "呢"),
    "goods_en": ("filters", "the spare parts", "reagents", "the unit", "sensors", "consumables", "the kit"),
    "when_en": ("tomorrow", "next week", "by Friday", "this afternoon", "end of month"),
    "hi_en": ("Hi, ", "Hello, ", "", "Dear all, ", "Morning, "),
}  # fmt: skip

_WIDE = str.maketrans(
    {",": "\uff0c", "?": "\uff1f", "!": "\uff01", ":": "\uff1a", ";": "\uff1b", "(": "\uff08", ")": "\uff09"}
)
_SLIPS = (
    ("的", "地"),
    ("在", "再"),
    ("账", "帐"),
    ("那", "哪"),
    ("收到", "收道"),
    ("公司", "公士"),
    ("已", "以"),
    ("吗", "嘛"),
)


def wordings(dice: Dice, templates: Sequence[str], n: int, slots: Mapping[str, Sequence[str]] = SLOTS) -> list[str]:
    """Return n texts from these templates; `{slot}` takes one of its fillers, typing habits differ from text to text."""
    which = dice.integers(0, len(templates), n)
    return [_typed(_filled(templates[one], slots, dice), dice) for one in which]


def _filled(template: str, slots: Mapping[str, Sequence[str]], dice: Dice) -> str:
    text = template
    while "{" in text:
        name = text[text.index("{") + 1 : text.index("}")]
        fillers = slots[name]
        text = text.replace("{" + name + "}", fillers[int(dice.integers(0, len(fillers)))], 1)
    return text


def _typed(text: str, dice: Dice) -> str:
    """Type a text as somebody would: wide or narrow punctuation, none at all, now and then a slip."""
    if text.isascii():
        return text.lower() if dice.random() < 0.25 else text
    habit = dice.random()
    if habit < 0.65:
        text = text.translate(_WIDE)
    elif habit < 0.85:
        text = text.replace(",", " ").replace("。", " ").strip()
    if dice.random() < 0.06:
        wrong, right = _SLIPS[int(dice.integers(0, len(_SLIPS)))]
        text = text.replace(wrong, right, 1)
    return text


class Wordings:
    """Texts of many topics in one pool, so that a column of them is a column of numbers."""

    def __init__(self, dice: Dice, topics: Mapping[str, Sequence[str]], each: int) -> None:
        self.pool: list[str] = []
        self.places: dict[str, tuple[int, int]] = {}
        for name, templates in topics.items():
            start = len(self.pool)
            count = each if len(templates) > 3 else max(len(templates), each // 2)
            self.pool += wordings(dice, templates, count)
            self.places[name] = (start, len(self.pool) - start)
        self._starts = np.array([start for start, _ in self.places.values()], dtype=np.int64)
        self._counts = np.array([count for _, count in self.places.values()], dtype=np.int64)
        self.numbers = {name: number for number, name in enumerate(self.places)}

    def draw(
        self, topic: np.ndarray[tuple[int], np.dtype[np.int64]], dice: Dice
    ) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return a place in the pool for each topic number; -1 stays -1."""
        known = np.maximum(topic, 0)
        drawn = self._starts[known] + (dice.random(len(topic)) * self._counts[known]).astype(np.int64)
        return np.where(topic >= 0, drawn, -1)
