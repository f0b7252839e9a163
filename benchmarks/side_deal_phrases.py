"""Spin sentences from the templates in side_deal_dialogues/: alternatives, slots, and the noise of people's typing."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mingdan.engine.methods.talk_text import is_card_number

FOLDER = Path(__file__).with_name("side_deal_dialogues")
_CHOICE = re.compile(r"\[([^\[\]]*)\]\??")
_SLOT = re.compile(r"\{(\w+)\}")

TYPOS = (
    ("微信", ("威信", "v信", "薇", "wx", "VX", "wei信", "徽信")),
    ("账", ("帐", "賬", "张")),
    ("转", ("轉", "转", "zhuan")),
    ("钱", ("💰", "錢", "米")),
    ("的", ("滴", "得", "")),
    ("吧", ("叭", "八", "ba", "")),
    ("加", ("➕", "+")),
    ("公司", ("gs", "公丝", "公司", "單位")),
    ("私", ("si", "私", "私")),
    ("卡", ("咔", "card", "卡")),
    ("你", ("您", "nin", "侬")),
    ("我", ("偶", "俺", "我")),
    ("便宜", ("便宜", "pianyi", "实惠")),
    ("不", ("8", "bu", "不")),
    (" you ", (" u ", " ya ")),
    ("please", ("pls", "plz")),
    ("account", ("acct", "acount")),
    ("personal", ("persnal", "own")),
    ("company", ("compny", "co.")),
)
BEFORE = (
    "嗯,",
    "好的,",
    "对了,",
    "亲,",
    "哥,",
    "张总,",
    "李姐,",
    "那个,",
    "我跟你说,",
    "@所有人 ",
    "哈哈,",
    "说实话,",
    "这样,",
    "老师,",
    "其实",
)
AFTER = (
    "哈",
    "哦",
    "呢",
    "😂",
    "[抱拳]",
    "[OK]",
    "🙏",
    "~",
    "!!",
    "...",
    "。",
    "[呲牙]",
    " 谢谢",
    ",你看呢",
    ",行不",
    ",辛苦",
)
BEFORE_EN = ("hi, ", "ok, ", "listen, ", "btw ", "dear, ", "honestly ", "so ", "Hello Mr Kim, ")
AFTER_EN = (" 🙂", " thanks", " ok?", "!!", " let me know", " :)", " 👍", ", what do you think")
SMALL_TALK = (
    "收到。",
    "明白了,",
    "刚开完会。",
    "货我看到了,",
    "不好意思回晚了,",
    "报价您看了吧,",
    "天气真热,",
    "合同的事,",
    "昨天说的那个,",
)


@dataclass(frozen=True)
class Template:
    """One pattern of a sentence; `place` numbers templates."""

    place: int
    act: str
    sender: str
    text: str

    @property
    def is_chinese(self) -> bool:
        return any("一" <= sign <= "鿿" for sign in self.text)


def templates() -> list[Template]:
    """Return every template of the training files."""
    lines = [
        line
        for file in ("train_zh.txt", "train_zh_none.txt", "train_en.txt")
        for line in (FOLDER / file).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    parts = [line.split(" ", 2) for line in lines]
    return [Template(place, act, sender, text) for place, (act, sender, text) in enumerate(parts)]


def sentences(template: Template, count: int, dice: random.Random) -> Iterator[str]:
    """Yield so many sentences of a template, every second one with noise."""
    slots = {
        name: values.split("|")
        for line in (FOLDER / "slots.txt").read_text(encoding="utf-8").splitlines()
        for name, values in [line.split("|", 1)]
    }
    for number in range(count):
        text = template.text
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda match: dice.choice(match[1].split("|")), text)
        text = _SLOT.sub(lambda match: _slot(match[1], slots, dice), text)
        yield _noisy(text, template.is_chinese, dice) if number % 2 else text


def _slot(name: str, slots: dict[str, list[str]], dice: random.Random) -> str:
    digits = "".join(dice.choice("0123456789") for _ in range(24))
    match name:
        case "card":
            return _grouped(
                next(c for c in (f"62{digits[:16]}{last}" for last in range(10)) if is_card_number(c)), dice
            )
        case "corp":
            return f"1{digits[: dice.choice((14, 16, 18))]}"
        case "phone":
            return f"1{dice.choice('35789')}{digits[:9]}"
        case "land":
            return f"0{dice.choice(('21', '10', '755', '571'))}-{digits[:8]}"
        case "wx":
            return dice.choice((f"wxid_{digits[:6]}", f"lee{digits[:5]}", f"zhang_{digits[:4]}", f"abc-{digits[:6]}"))
        case "mail":
            return f"a{digits[:4]}@{dice.choice(('qq.com', '163.com', 'gmail.com', '126.com', 'hotmail.com'))}"
    return dice.choice(slots[name])


def _grouped(digits: str, dice: random.Random) -> str:
    if dice.random() < 0.5:
        return digits
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _noisy(text: str, chinese: bool, dice: random.Random) -> str:
    for word, others in TYPOS:
        if word in text and dice.random() < 0.15:
            text = text.replace(word, dice.choice(others), 1)
    if dice.random() < 0.3:
        text = text.replace(",", dice.choice(("", " ", "。", ", ")))
    if len(text) > 8 and dice.random() < 0.3:
        at = dice.randrange(len(text))
        text = text[:at] + text[at + 1 :]
    if dice.random() < 0.35:
        text = dice.choice(BEFORE if chinese else BEFORE_EN) + text
    if dice.random() < 0.35:
        text += dice.choice(AFTER if chinese else AFTER_EN)
    if chinese and dice.random() < 0.15:
        text = dice.choice(SMALL_TALK) + text
    return text
