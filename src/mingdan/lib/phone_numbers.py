"""Telephone numbers in one writing (E.164), after https://github.com/google/libphonenumber."""

import re
import unicodedata

import phonenumbers

_EXTENSION = re.compile(r"(?:转|轉|分机|内线|ext\.?|extension|#|x)\s*\d{1,8}\s*$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"^(\(?0\d{2,3}\)?[-\s]*\d{7,8}|\d{7,8})-\d{1,6}$")
_SEVERAL = re.compile(r"[/;,、；，|\n]")
_NEVER_A_NUMBER = frozenset({"13800138000", "13812345678", "12345678901", "13912345678", "18888888888"})
"""Numbers that fill compulsory fields in China: the top-up line of China Mobile and what the keyboard suggests."""

_COUNTING = "01234567890123456789"


def e164(written: str, region: str = "CN") -> str | None:
    """Return a number as +<country><number>, or None for what cannot identify a line.

    The first of several numbers counts; an extension is dropped. Not identifying: numbers that are too short or too
    long, local numbers without their area code, masked numbers (138****5678) and placeholders (0000000).
    """
    text = unicodedata.normalize("NFKC", written).strip()
    text = _SEVERAL.split(text)[0].strip()
    text = _EXTENSION.sub("", text).strip()
    text = _DASHED_EXTENSION.sub(r"\1", text)
    if "*" in text:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not _identifies(number):
        return None
    return phonenumbers.format_number(
        phonenumbers.PhoneNumber(country_code=number.country_code, national_number=number.national_number),
        phonenumbers.PhoneNumberFormat.E164,
    )


def _identifies(number: phonenumbers.PhoneNumber) -> bool:
    digits = str(number.national_number)
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    if len(digits) < 9 and number.country_code == phonenumbers.country_code_for_region("CN"):
        return False
    return not (
        digits in _NEVER_A_NUMBER or len(set(digits[-8:])) == 1 or digits in _COUNTING or digits[::-1] in _COUNTING
    )
