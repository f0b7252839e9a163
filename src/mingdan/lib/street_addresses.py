"""Postal addresses in one writing, so that two records of one place can be recognised."""

import re

from mingdan.lib.written_form import bare, folded, is_placeholder

_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_COUNTED = re.compile(r"[〇零一二三四五六七八九十]+(?=号|层|楼|室|单元|栋|幢|座)")
_RULES = (
    (re.compile(r"號"), "号"),
    (re.compile(r"樓"), "楼"),
    (re.compile(r"(?<=\d)#(?=楼|栋|幢|座)"), "号"),
    (re.compile(r"(?<=\d)#"), "号"),
    (re.compile(r"(?<=[\da-z])(?:号楼|号栋|号幢|栋|幢|座)"), "栋"),
    (re.compile(r"(?<=\d)(?:层|楼|/f|f)(?![a-z])"), "层"),
    (re.compile(r"(?<=\d)(?:号房间|号房|号室|房间|房|室)"), " "),
    (re.compile(r"\b(?:no|nr|number)\b[.\s]*(?=\d)"), ""),
)
_WORDS = {
    "street": "st",
    "road": "rd",
    "avenue": "ave",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "building": "bldg",
    "room": "rm",
    "suite": "ste",
    "floor": "fl",
    "apartment": "apt",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
_LATIN_WORD = re.compile(r"[a-z]+")
_REGION_SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[省市](?=[\u4e00-\u9fff])")
_LEAST, _LEAST_WITHOUT_NUMBER = 5, 8


def address_form(written: str) -> str | None:
    """Return an address without case, spaces and punctuation, its 号, 栋, 层 and 室 written one way.

    Province and city stay part of it. None where it names no place of its own (a city, a placeholder).
    """
    text = _COUNTED.sub(lambda found: _as_digits(found.group()), folded(written))
    for pattern, plain in _RULES:
        text = pattern.sub(plain, text)
    text = _LATIN_WORD.sub(lambda word: _WORDS.get(word.group(), word.group()), text)
    form = _REGION_SUFFIX.sub("", bare(text))
    return form if _is_a_place(form) else None


def _as_digits(counted: str) -> str:
    """Read Chinese numerals up to 99 (十二 -> 12, 二十 -> 20) and figures read one by one (三〇一 -> 301)."""
    if "十" not in counted:
        return counted.translate(_CHINESE_DIGITS)
    tens, _, units = counted.partition("十")
    return str(
        int(tens.translate(_CHINESE_DIGITS) or 1) * 10 + int(units.translate(_CHINESE_DIGITS).replace("十", "") or 0)
    )


def _is_a_place(form: str) -> bool:
    if is_placeholder(form) or len(form) < _LEAST:
        return False
    return any(sign.isdigit() for sign in form) or len(form) >= _LEAST_WITHOUT_NUMBER
