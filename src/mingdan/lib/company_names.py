"""Names of people and firms in one writing, without the legal form, which people leave out or abbreviate."""

import re

from mingdan.lib.written_form import bare, folded

_CHINESE_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "责任公司", "股份公司", "总公司", "公司")
_FORMS = frozenset(
    re.findall(
        r"\w+",
        "co company ltd limited inc incorporated corp corporation llc llp lp plc gmbh mbh ag kg sa sas sarl srl spa bv nv "
        "pty pte sdn bhd kk",
    )
)
_TITLES = re.compile(r"^(?:mr|mrs|ms|miss|dr)\.?\s+(?=\S)")
_CHINESE_TITLES = ("先生", "女士", "小姐")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?)+[a-z]\b\.?")
_LEAST_LATIN, _LEAST_HAN = 3, 2


def firm_name(written: str) -> str:
    """Return a firm's name without legal form, case, spaces and punctuation (北京甲乙科技有限公司 -> 北京甲乙科技).

    A form is kept where nothing distinctive would be left of the name.
    """
    text = folded(written)
    while (shorter := _without_form(text)) != text:
        text = shorter
    return bare(text)


def person_or_firm_name(written: str) -> str:
    """Return the name of a payer or consignee, who may be a person or a firm, without title or legal form."""
    text = _TITLES.sub("", folded(written))
    for title in _CHINESE_TITLES:
        if text.endswith(title) and len(text) - len(title) >= _LEAST_HAN:
            text = text.removesuffix(title)
    return firm_name(text)


def _without_form(text: str) -> str:
    text = text.rstrip(" .,;·")
    joined = _DOTTED.sub(lambda dotted: re.sub(r"[.\s]", "", dotted.group()) + " ", text).rstrip()
    for form in _CHINESE_FORMS:
        left = joined.removesuffix(form)
        if left != joined and _is_distinctive(left):
            return left
    head, last = _split_last_word(joined)
    return head if last in _FORMS and _is_distinctive(head) else text


def _split_last_word(text: str) -> tuple[str, str]:
    words = re.split(r"[\s.,;&()]+", text.rstrip(" .,;)"))
    last = words[-1]
    return text.rstrip(" .,;)").removesuffix(last).rstrip(" .,;&("), last


def _is_distinctive(text: str) -> bool:
    left = bare(text)
    return len(left) >= (_LEAST_LATIN if left.isascii() else _LEAST_HAN)
