"""Chat text in one form: letters unified, numbers and addresses replaced by what kind they are of."""

import re
import unicodedata
from collections.abc import Sequence

CARD, LONG_NUMBER, MOBILE, LANDLINE, FREE_MAIL, MAIL, NICKNAME = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006"
"""One private-use sign for each kind of number or address; the value itself is not kept."""

_TRADITIONAL = "錢轉帳賬號個這發開報門廠價們單簽經過說對錄資紅給買賣嗎會來間東訂銀戶約點還後時電話條務關聯師裡邊實樣質貨總員場辦備維費稅減錯讓從馬兩幾寫頭領證"
_SIMPLIFIED = "钱转账账号个这发开报门厂价们单签经过说对录资红给买卖吗会来间东订银户约点还后时电话条务关联师里边实样质货总员场办备维费税减错让从马两几写头领证"
_LETTERS = str.maketrans(_TRADITIONAL + "帐", _SIMPLIFIED + "账")

_MAIL = re.compile(r"[a-z0-9_.+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_FREE_MAIL = re.compile(
    r"(?:vip\.)?(?:qq|163|126|yeah|sina|sohu|139|189|21cn|aliyun|foxmail|gmail|googlemail|hotmail|outlook|live|yahoo|icloud|proton"
    r"|protonmail|gmx|mail|aol|msn|wo)\.(?:com|cn|net|me|de|ru|com\.cn|co\.uk|fr|com\.hk)"
)
_NICKNAME = re.compile(r"(?<![a-z0-9_-])(?=[a-z0-9_-]*[0-9_])[a-z][a-z0-9_-]{5,19}(?![a-z0-9_-])")
_LONG = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){14,20}(?![0-9])")
_MOBILE = re.compile(
    r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])|\+[1-9][0-9 ()-]{8,16}[0-9]"
)
_LANDLINE = re.compile(r"(?<![0-9])(?:0[0-9]{2,3}[- ]?[0-9]{7,8}|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4})(?![0-9])")
_DIGITS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"[ \t\r\u200b]+")


def is_card_number(digits: str) -> bool:
    """Return whether digits are a bank card's: 15 to 19 of them, a network's first digit, and Luhn's check (ISO/IEC 7812)."""
    if not 15 <= len(digits) <= 19 or digits[0] not in "3456":
        return False
    doubled = (int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_free_mail(domain: str) -> bool:
    """Return whether anybody can open an address at this domain."""
    return bool(_FREE_MAIL.fullmatch(domain.strip().lower()))


def card_numbers(text: str) -> list[str]:
    """Return the digits of the bank cards that a text names, in its order."""
    found = (re.sub(r"[ -]", "", match) for match in _LONG.findall(unicodedata.normalize("NFKC", text)))
    return [digits for digits in found if is_card_number(digits)]


def plain(texts: Sequence[str]) -> str:
    """Return the texts in one form, each between line feeds: one leads, and one follows each text."""
    joined = "\n" + "".join(text.replace("\n", " ") + "\n" for text in texts)
    letters = unicodedata.normalize("NFKC", joined).lower().translate(_LETTERS)
    marked = _MAIL.sub(lambda match: FREE_MAIL if _FREE_MAIL.fullmatch(match[1]) else MAIL, letters)
    marked = _LONG.sub(lambda match: CARD if is_card_number(re.sub("[ -]", "", match[0])) else LONG_NUMBER, marked)
    marked = _MOBILE.sub(MOBILE, marked)
    marked = _NICKNAME.sub(NICKNAME, _LANDLINE.sub(LANDLINE, marked))
    return _SPACES.sub(" ", _DIGITS.sub("0", marked))
