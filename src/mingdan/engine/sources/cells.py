"""SQL over cells of text: what every source does to a date, an amount or a choice before the border types it.

Each function takes and returns an SQL expression of kind VARCHAR; what it cannot read it leaves as it was, so that the
border can set the row aside with the value that stood in the file.
"""

from collections.abc import Mapping, Sequence

from mingdan.engine.reading.identifiers import literal

_DATE_FORMS = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_HAS_OFFSET = r"[0-9]{1,2}:[0-9]{2}.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
NOTHING = "CAST(NULL AS VARCHAR)"


def trimmed(cell: str) -> str:
    """Drop spaces around a cell (the full-width one too); nothing left is null."""
    return f"nullif(trim({cell}, ' \t\u3000\u00a0'), '')"


def first_of(cells: Sequence[str]) -> str:
    """Take the first cell that is not null."""
    if not cells:
        return NOTHING
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def joined(cells: Sequence[str], separator: str = " ") -> str:
    """Write cells after each other, leaving out nulls; null if all are."""
    return f"nullif(concat_ws({literal(separator)}, {', '.join(cells)}), '')" if cells else NOTHING


def chosen(cell: str, values: Mapping[str, str], otherwise: str | None = None) -> str:
    """Translate a choice, whatever its case; a key of '' stands for an empty cell.

    What is not listed stays as it was, or becomes `otherwise`.
    """
    cases = [
        f"WHEN {cell} IS NULL THEN {literal(to)}"
        if key == ""
        else f"WHEN lower({cell}) = {literal(key.lower())} THEN {literal(to)}"
        for key, to in values.items()
    ]
    rest = cell if otherwise is None else literal(otherwise)
    return f"CASE {' '.join(cases)} ELSE {rest} END" if cases else rest


def number(cell: str, decimal: str = ".") -> str:
    """Write an amount as plain digits: no currency sign, no thousands separator, 万 and 亿 multiplied out."""
    other = "." if decimal == "," else ","
    bare = (
        f"regexp_replace(translate({cell}, '，．－（）', ',.-()'), '[¥￥$€£\\s''{other}]|元|CNY|RMB|USD|EUR', '', 'gi')"
    )
    if decimal == ",":
        bare = f"replace({bare}, ',', '.')"
    signed = f"regexp_replace({bare}, '^\\(([0-9.]+)\\)$', '-\\1')"
    times = " ".join(
        f"WHEN {signed} LIKE '%{sign}' THEN coalesce(CAST(TRY_CAST(rtrim({signed}, '{sign}') AS DECIMAL(18,6)) * {factor} AS VARCHAR), {cell})"
        for sign, factor in (("万", 10000), ("亿", 100000000))
    )
    return f"CASE {times} ELSE {signed} END"


def fraction(cell: str) -> str:
    """Write a share as a fraction: 15% becomes 0.15."""
    share = f"TRY_CAST(rtrim({cell}, '%％ ') AS DECIMAL(18,6)) / 100"
    return f"CASE WHEN {cell} LIKE '%\\%' ESCAPE '\\' OR {cell} LIKE '%％' THEN coalesce(CAST({share} AS VARCHAR), {cell}) ELSE {cell} END"


def moment(cell: str, zone: str | None = None, form: str | None = None) -> str:
    """Write a time in ISO 8601: by `form` (of strptime) or as 2024-3-5, 2024/3/5, 2024.3.5, 20240305, 2024年3月5日.

    A time without an offset is taken as of `zone` and written in UTC; without a zone it stays without an offset.
    """
    if form is not None:
        read = f"try_strptime({cell}, {literal(form)})"
    else:
        forms = ", ".join(literal(known) for known in _DATE_FORMS)
        read = f"try_strptime({_dashed(cell)}, [{forms}])"
    if zone is None:
        written = f"replace(CAST({read} AS VARCHAR), ' ', 'T')"
    else:
        written = f"replace(CAST(({read} AT TIME ZONE {literal(zone)}) AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'"
    if form is not None:
        return f"coalesce({written}, {cell})"
    return f"CASE WHEN regexp_matches({cell}, '{_HAS_OFFSET}') THEN {cell} ELSE coalesce({written}, {cell}) END"


def day(cell: str, form: str | None = None) -> str:
    """Write a date as 2024-03-05, whatever time of day stands beside it."""
    found = f"regexp_extract({moment(cell, None, form)}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f"coalesce(nullif({found}, ''), {cell})"


def _dashed(cell: str) -> str:
    """Bring the date forms of East Asia to dashes and spaces."""
    dashed = f"regexp_replace({cell}, '^([0-9]{{4}})\\s*[年/.-]\\s*([0-9]{{1,2}})\\s*[月/.-]\\s*([0-9]{{1,2}})日?[T\\s]*', '\\1-\\2-\\3 ')"
    compact = f"regexp_replace({dashed}, '^([0-9]{{4}})([01][0-9])([0-3][0-9])$', '\\1-\\2-\\3')"
    return f"trim({compact})"


def from_milliseconds(cell: str) -> str:
    """Write milliseconds since 1970 as a time in UTC; an older writing with seconds is recognised by its length."""
    whole = f"TRY_CAST({cell} AS BIGINT)"
    scaled = f"CASE WHEN length({cell}) <= 10 THEN {whole} * 1000 ELSE {whole} END"
    written = f"replace(CAST(epoch_ms({scaled}) AS VARCHAR), ' ', 'T') || 'Z'"
    return f"CASE WHEN regexp_full_match({cell}, '-?[0-9]{{1,14}}') THEN {written} ELSE {cell} END"


def day_from_milliseconds(cell: str, zone: str) -> str:
    """Write milliseconds since 1970 as the date on which they fall in a time zone."""
    local = f"CAST(CAST(epoch_ms(TRY_CAST({cell} AS BIGINT)) AT TIME ZONE 'UTC' AT TIME ZONE {literal(zone)} AS DATE) AS VARCHAR)"
    return f"CASE WHEN regexp_full_match({cell}, '-?[0-9]{{11,14}}') THEN {local} ELSE {cell} END"


def domain_of(cell: str) -> str:
    """Take the domain of an e-mail address or of a web address."""
    bare = f"regexp_replace(lower({cell}), '^(?:[a-z]+://)?(?:www\\.)?', '')"
    return f"nullif(regexp_extract({bare}, '(?:@|^)([^@/:?\\s]+\\.[^@/:?\\s]+)', 1), '')"
