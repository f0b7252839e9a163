"""Does our reading of chats find proposals of side deals better than the word lists of SCRM tools?

Both read the same dialogues, which the classifier was not trained on (side_deal_dialogues/held_out_*.txt), and must tell
the ones in which the salesperson proposes something from those in which he declines and from harmless ones. The word
list is the one that vendors advertise (detection.md §1), with the usual variants; like LinkWechat it flags a message that
contains a word, whoever sent it. `--misses` lists what we got wrong.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mingdan.engine.methods.talk_acts import Act, Turn, acts_of, outcome

FOLDER = Path(__file__).with_name("side_deal_dialogues")
FILES = {"Chinese": "held_out_zh.txt", "English": "held_out_en.txt"}
OUTCOMES = {"private": "private", "shift": "shift", "declined": "decline", "none": "none"}

ADVERTISED = ("私下转账", "加我个人微信", "返现", "私单", "跳过审批", "私人账户")
WORDS = (
    *ADVERTISED,
    *(
        "飞单",
        "私下",
        "私聊",
        "个人微信",
        "私人微信",
        "私账",
        "个人账户",
        "个人卡",
        "转我微信",
        "微信转我",
        "支付宝转",
        "收款码",
        "回扣",
    ),
    *(
        "返点",
        "好处费",
        "不开票",
        "不走公司",
        "绕过公司",
        "银行卡号",
        "现金交易",
        "外面的厂",
        "我朋友的公司",
        "不要告诉",
    ),
    *(
        "private account",
        "personal account",
        "kickback",
        "off the books",
        "no invoice",
        "pay me",
        "personal whatsapp",
        "on the side",
    ),
)


@dataclass(frozen=True)
class Dialogue:
    """A dialogue, what it amounts to, and the act of each turn."""

    truth: Act
    turns: tuple[Turn, ...]
    acts: tuple[str, ...]


def dialogues(file: str) -> Iterator[Dialogue]:
    """Yield the dialogues of a file."""
    text = (FOLDER / file).read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for block in filter(None, (one.strip() for one in body.split("\n\n"))):
        truth, *lines = block.splitlines()
        parts = [line.partition(" => ") for line in lines]
        turns = tuple(Turn(said.startswith("E "), said[2:].strip()) for said, _, _ in parts)
        yield Dialogue(OUTCOMES[truth], turns, tuple(act.strip() or "none" for _, _, act in parts))  # type: ignore[arg-type]


def by_words(words: tuple[str, ...]) -> Callable[[Dialogue], bool]:
    """Return the rule that flags a dialogue which contains one of the words."""
    return lambda one: any(word in turn.text.lower() for turn in one.turns for word in words)


def by_reading(one: Dialogue) -> bool:
    """Flag a dialogue in which the salesperson proposes a private channel, payment or deal."""
    return read(one) in ("private", "shift")


def read(one: Dialogue) -> Act:
    """Return what we take a dialogue to amount to."""
    acts = acts_of(one.turns)
    return outcome([(turn.by_employee, act) for turn, act in zip(one.turns, acts, strict=True)])


RULES: dict[str, Callable[[Dialogue], bool]] = {
    "the advertised words": by_words(ADVERTISED),
    f"{len(WORDS)} words": by_words(WORDS),
    "ours": by_reading,
}


def figures(rule: Callable[[Dialogue], bool], asked: list[Dialogue]) -> tuple[float, float, int, int]:
    """Return precision, recall, and how many harmless and how many declined dialogues are flagged."""
    flagged = [one for one in asked if rule(one)]
    proposed = [one for one in asked if one.truth in ("private", "shift")]
    right = sum(one.truth in ("private", "shift") for one in flagged)
    wrong = [sum(one.truth == truth for one in flagged) for truth in ("none", "decline")]
    return right / max(1, len(flagged)), right / max(1, len(proposed)), wrong[0], wrong[1]


def main() -> int:
    """Print the figures by language and rule."""
    for language, file in FILES.items():
        asked = list(dialogues(file))
        counts = {truth: sum(one.truth == truth for one in asked) for truth in OUTCOMES.values()}
        print(f"{language}: {len(asked)} dialogues, {counts}")
        for name, rule in RULES.items():
            precision, recall, harmless, declined = figures(rule, asked)
            print(
                f"  {name:22} precision {precision:.3f}  recall {recall:.3f}  harmless flagged {harmless}  declined flagged {declined}"
            )
        named = sum(read(one) == one.truth for one in asked) / len(asked)
        print(f"  ours names the outcome (private, shift, declined, none) of {named:.3f}")
        if "--misses" in sys.argv:
            for one in asked:
                if read(one) != one.truth:
                    print("   ", one.truth, "->", read(one), " / ".join(turn.text for turn in one.turns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
