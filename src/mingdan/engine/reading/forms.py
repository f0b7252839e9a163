"""How a cell of text becomes a value: SQL over clean text, one macro for each kind of column.

Every macro returns null for what it cannot read. They are thorough and slow: the border tries the usual writing first
(`usual`) and asks them only for the different values that are left (`closer`), so that millions of rows stay fast.
"""

import re

import duckdb

from mingdan.engine.reading.choices import FALSE_WORDS, TRUE_WORDS, spoken
from mingdan.engine.reading.identifiers import literal
from mingdan.engine.schema import DUCKDB_TYPES, Column

_NULL_WORDS = ("NULL", "null", "Null", "\\N", "#N/A", "N/A", "n/a", "<NA>", "<null>", "NaN", "nan", "NaT", "None")
_NO_VALUE = ("-", "--", "—", "——", "/", "无", "空", "暂无", "n.a.", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?")
_LONGEST_NULL_WORD = 9
_CURRENCIES = "'CNY', 'USD', 'EUR', 'HKD', 'GBP', 'JPY', 'TWD', 'SGD'"
_SPACES = r"[\s\x{3000}\x{A0}\x{FEFF}\x{200B}]+"
_USUAL_SPACES = ("' '", "chr(9)", "chr(10)", "chr(13)")
_ODD_SPACES = ("chr(12288)", "chr(160)", "chr(65279)", "chr(8203)")
_WIDE = "０１２３４５６７８９．，：／－＋％（）　"
_NARROW = "0123456789.,:/-+%() "
_DATE = (
    r"^(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T\s,]*(上午|下午|晚上|AM|PM)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*[:分]?\s*)?(?:(\d{1,2})(\.\d+)?\s*秒?)?\s*(AM|PM)?)?"
    r"\s*(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)?$"
)
_PARTS = "['y','m','d','p','h','i','s','f','q','z']"

CURRENCY_CODE = (
    "CASE WHEN upper(c) IN ('RMB', 'CNH', 'CN¥', '¥', '￥', '元', '人民币', '人民币元', 'YUAN') THEN 'CNY' WHEN c = '$' THEN 'USD' "
    "WHEN c = '€' THEN 'EUR' ELSE nullif(upper(c), '') END"
)

_MACROS = (
    ("narrow(c)", f"translate(c, {literal(_WIDE)}, {literal(_NARROW)})"),
    # times
    (
        "iso_moment(c)",
        "CASE WHEN NOT (c[1] BETWEEN '0' AND '9') THEN NULL "
        "WHEN c[-1] = 'Z' OR (c[-1] BETWEEN '0' AND '9' AND NOT contains(c, '+') AND NOT contains(c[12:], '-')) "
        "THEN try_cast(c AS TIMESTAMP) "
        r"WHEN regexp_matches(c, '[:0-9.]\s?(UTC|GMT)?[+-][0-9]{2}(:?[0-9]{2})?$|[0-9] ?[A-Z][a-z]+/[A-Z][A-Za-z_]+$') "
        r"THEN timezone('UTC', try_cast(regexp_replace(c, '\s?(UTC|GMT)?([+-])', '\2') AS TIMESTAMPTZ)) END",
    ),
    (
        "digits_moment(c)",
        "CASE WHEN NOT regexp_full_match(c, '[0-9]{5,14}([.][0-9]+)?') THEN NULL ELSE CASE length(split_part(c, '.', 1)) "
        "WHEN 5 THEN TIMESTAMP '1899-12-30' + to_milliseconds(CAST(round(try_cast(c AS DOUBLE) * 86400) AS BIGINT) * 1000) "
        "WHEN 8 THEN try_strptime(c, '%Y%m%d') "
        "WHEN 10 THEN epoch_ms(CAST(round(try_cast(c AS DOUBLE) * 1000) AS BIGINT)) "
        "WHEN 12 THEN try_strptime(c, '%Y%m%d%H%M') "
        "WHEN 13 THEN epoch_ms(try_cast(split_part(c, '.', 1) AS BIGINT)) "
        "WHEN 14 THEN try_strptime(c, '%Y%m%d%H%M%S') END END",
    ),
    ("date_parts(c)", f"regexp_extract(c, {literal(_DATE)}, {_PARTS}, 'i')"),
    (
        "parts_hour(p)",
        "CASE WHEN (p.p IN ('下午', '晚上') OR upper(p.p || p.q) = 'PM') AND CAST(p.h AS INTEGER) < 12 THEN CAST(p.h AS INTEGER) + 12 "
        "WHEN (p.p = '上午' OR upper(p.p || p.q) = 'AM') AND p.h = '12' THEN 0 ELSE CAST(p.h AS INTEGER) END",
    ),
    ("parts_day(p)", "concat(p.y, '-', lpad(p.m, 2, '0'), '-', lpad(p.d, 2, '0'))"),
    (
        "parts_moment(p)",
        "CASE WHEN p.y = '' THEN NULL WHEN p.h = '' THEN try_cast(parts_day(p) AS TIMESTAMP) ELSE "
        "timezone('UTC', try_cast(concat(parts_day(p), ' ', lpad(CAST(parts_hour(p) AS VARCHAR), 2, '0'), ':', "
        "lpad(p.i, 2, '0'), ':', lpad(p.s, 2, '0'), p.f, "
        "CASE WHEN p.z IN ('', 'Z', 'z') THEN '+00' ELSE regexp_replace(upper(p.z), '^(UTC|GMT)[+]?$|^(UTC|GMT)', '') END) AS TIMESTAMPTZ)) END",
    ),
    (
        "any_moment(c)",
        "coalesce(iso_moment(c), digits_moment(narrow(c)), parts_moment(date_parts(narrow(c))))",
    ),
    (
        "as_timestamp(c)",
        "CASE WHEN any_moment(c) > TIMESTAMP '1970-01-01' AND any_moment(c) < TIMESTAMP '2101-01-01' THEN any_moment(c) END",
    ),
    (
        "any_day(c)",
        "CASE WHEN NOT (c[1] BETWEEN '0' AND '9' OR c[1] > '０') THEN NULL "
        "WHEN length(c) <= 10 AND contains(c, '-') THEN try_cast(c AS DATE) "
        "WHEN regexp_matches(c, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]') AND any_moment(c) IS NOT NULL THEN try_cast(c[:10] AS DATE) "
        "ELSE coalesce(try_cast(parts_day(nullif(date_parts(narrow(c)), date_parts(''))) AS DATE), "
        "CAST(digits_moment(narrow(c)) AS DATE)) END",
    ),
    (
        "as_date(c)",
        "CASE WHEN any_day(c) BETWEEN DATE '1800-01-01' AND DATE '2100-12-31' THEN any_day(c) END",
    ),
    # amounts
    (
        "bare_amount(c)",
        r"regexp_replace(narrow(c), '[\s''¥￥$€£\x{a0}]|元整?|圆|人民币|CNY|RMB|USD|EUR|HKD|GBP|JPY', '', 'gi')",
    ),
    (
        "signed_amount(b)",
        r"CASE WHEN regexp_full_match(b, '[(].+[)]') THEN '-' || b[2:-2] WHEN regexp_full_match(b, '[0-9].*-') THEN '-' || b[:-2] ELSE b END",
    ),
    (
        "ungrouped(b)",
        r"CASE WHEN NOT contains(b, ',') AND NOT regexp_full_match(b, '[-+]?\d{1,3}([.]\d{3}){2,}') THEN b "
        r"WHEN regexp_full_match(b, '[-+]?\d{1,3}([.]\d{3})*,\d+') AND NOT regexp_full_match(b, '[-+]?\d+,\d{3,4}') THEN replace(replace(b, '.', ''), ',', '.') "
        r"WHEN regexp_full_match(b, '[-+]?\d+,\d{1,2}') THEN replace(b, ',', '.') "
        r"WHEN regexp_full_match(b, '[-+]?\d{1,3}([.]\d{3}){2,}') THEN replace(b, '.', '') "
        r"WHEN regexp_full_match(b, '[-+]?\d{1,4}(,\d{2,4})*,\d{3}([.]\d*)?') THEN replace(b, ',', '') END",
    ),
    (
        "scaled_amount(b)",
        "CASE WHEN b[-1] = '万' THEN try_cast(ungrouped(b[:-2]) AS DECIMAL(18,8)) * 10000 "
        "WHEN b[-1] = '亿' THEN try_cast(ungrouped(b[:-2]) AS DECIMAL(18,8)) * 100000000 "
        "ELSE try_cast(ungrouped(b) AS DECIMAL(18,4)) END",
    ),
    (
        "as_decimal(c)",
        "coalesce(try_cast(c AS DECIMAL(18,4)), try_cast(scaled_amount(signed_amount(bare_amount(c))) AS DECIMAL(18,4)))",
    ),
    (
        "as_integer(c)",
        "CASE WHEN length(c) <= 18 AND regexp_full_match(c, '-?[0-9]+') THEN try_cast(c AS BIGINT) "
        "WHEN as_decimal(c) = trunc(as_decimal(c)) THEN CAST(as_decimal(c) AS BIGINT) END",
    ),
    # shares: 15 %, and the Chinese way to say what is left to pay (8.5 折 is 15 % off)
    (
        "any_share(c)",
        "CASE WHEN c[-1] IN ('%', '％') THEN CAST(as_decimal(c[:-2]) AS DOUBLE) / 100 "
        "WHEN c[-1] = '‰' THEN CAST(as_decimal(c[:-2]) AS DOUBLE) / 1000 "
        "WHEN c[-1] = '折' THEN CASE WHEN as_decimal(c[:-2]) < 10 THEN CAST(10 - as_decimal(c[:-2]) AS DOUBLE) / 10 "
        "ELSE CAST(100 - as_decimal(c[:-2]) AS DOUBLE) / 100 END "
        "ELSE coalesce(try_cast(c AS DOUBLE), CAST(as_decimal(c) AS DOUBLE)) END",
    ),
    ("as_fraction(c)", "CASE WHEN any_share(c) BETWEEN -1 AND 1 THEN any_share(c) END"),
    (
        "as_boolean(c)",
        f"CASE WHEN lower(narrow(c)) IN ({', '.join(map(literal, TRUE_WORDS))}) THEN true "
        f"WHEN lower(narrow(c)) IN ({', '.join(map(literal, FALSE_WORDS))}) THEN false END",
    ),
    ("currency_code(c)", CURRENCY_CODE),
    ("plain_word(c)", r"regexp_replace(lower(narrow(c)), '[\s_\-/（）()·]+', '', 'g')"),
    (
        "as_list(c)",
        "CASE WHEN json_valid(c) AND json_type(c) = 'ARRAY' THEN from_json(c, '[\"VARCHAR\"]') "
        "WHEN c[1] = '[' THEN CASE WHEN c[-1] = ']' AND NOT contains(c, '\"') THEN try_cast(c AS VARCHAR[]) END "
        "ELSE list_filter(list_transform(regexp_split_to_array(c, '[,;，；、|]'), lambda w: trim(w)), lambda w: w <> '') END",
    ),
)


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Define the macros in this database."""
    made = ";".join(f"CREATE OR REPLACE MACRO {signature} AS {body}" for signature, body in _MACROS)
    con.execute(f"BEGIN; {made}; COMMIT")


def tidy(column: Column, cell: str) -> str:
    """Return the SQL of a cell of text, id or key without what means nothing; cells without blemish cost next to nothing.

    A number whose digits a spreadsheet lost (6.22202E+18) is null where it stands for an id or a key.
    """
    words = _NULL_WORDS if column.kind == "text" else _NULL_WORDS + _NO_VALUE
    if column.name == "currency":
        return f"CASE WHEN {cell} IN ({_CURRENCIES}) THEN {cell} ELSE currency_code({_trimmed(cell)}) END"
    ends = " OR ".join(f"ends_with({cell}, {space})" for space in (*_USUAL_SPACES, *_ODD_SPACES))
    starts = " OR ".join(f"starts_with({cell}, {space})" for space in _ODD_SPACES)
    spotless = (
        f"{cell} >= '!' AND NOT ({ends}) AND NOT starts_with({cell}, '=\"') AND ({cell} < '~' OR NOT ({starts})) "
        f"AND (strlen({cell}) > {_LONGEST_NULL_WORD} OR {cell} NOT IN ({', '.join(map(literal, words))}))"
    )
    whens = f"WHEN {spotless} THEN {cell} "
    if column.kind != "text":
        whens = f"WHEN {digits_lost(cell)} THEN NULL {whens}"
    return f"CASE {whens}WHEN starts_with({cell}, '=\"') THEN nullif({cell}[3:-2], '') ELSE {cleaned(column, cell)} END"


def digits_lost(cell: str) -> str:
    """Return the SQL of whether a spreadsheet has cut a long number, so that different ones would look the same."""
    return (
        f"((contains({cell}, 'E+') OR contains({cell}, 'e+')) "
        f"AND regexp_full_match({cell}, '\\s*[0-9]([.][0-9]+)?[eE][+][0-9]{{2}}\\s*'))"
    )


def cleaned(column: Column, cell: str) -> str:
    """Return the SQL of a cell of text without spaces around it, null where it is a word for nothing."""
    words = _NULL_WORDS if column.kind == "text" else _NULL_WORDS + _NO_VALUE
    known = "|".join(re.escape(word) for word in words)
    return f"nullif(regexp_replace({_trimmed(cell)}, {literal(f'^({known})$')}, ''), '')"


def _trimmed(cell: str) -> str:
    return f"regexp_replace({cell}, '^{_SPACES}|{_SPACES}$', '', 'g')"


def as_stored(column: Column, cell: str, stored: str) -> str:
    """Return the SQL of a cell of another type in DuckDB (`stored`) as text, or as it is where its type says enough."""
    if stored == "VARCHAR":
        return cell
    if stored in ("DOUBLE", "FLOAT"):
        known = f"CASE WHEN isnan({cell}) THEN NULL ELSE {cell} END"
        return known if column.kind in ("decimal", "fraction") else _digits(known)
    return cell if says_enough(column, stored) else f"CAST({cell} AS VARCHAR)"


def usual(column: Column, cell: str) -> str:
    """Return the SQL of a value written in the usual way; null where it takes a closer look (`closer`)."""
    if column.kind == "enum":
        return f"CASE WHEN {cell} IN ({', '.join(map(literal, column.values))}) THEN {cell} END"
    if column.kind == "timestamp":
        return (
            f"CASE WHEN strlen({cell}) <= 26 AND NOT contains({cell}, '+') "
            f"AND (strlen({cell}) <= 10 OR NOT contains({cell}[-6:], '-')) THEN try_cast({cell} AS TIMESTAMP) END"
        )
    if column.kind == "date":
        return f"CASE WHEN strlen({cell}) = 10 THEN try_cast({cell} AS DATE) END"
    if column.kind == "integer":
        return f"CASE WHEN NOT contains({cell}, '.') AND NOT contains({cell}, 'e') THEN try_cast({cell} AS BIGINT) END"
    if column.kind == "decimal":
        return f"try_cast({cell} AS DECIMAL(18,4))"
    if column.kind == "fraction":
        return f"try_cast({cell} AS DOUBLE)"
    if column.kind == "boolean":
        return f"CASE WHEN {cell} IN ('true', '1', 'True', 'TRUE') THEN true WHEN {cell} IN ('false', '0', 'False', 'FALSE') THEN false END"
    return f"CAST(NULL AS {DUCKDB_TYPES[column.kind]})"


def closer(column: Column, cell: str) -> str:
    """Return the SQL of a value in whatever way it is written, null where it cannot be read."""
    return _chosen(column, cell) if column.kind == "enum" else f"as_{column.kind}({cell})"


def in_range(column: Column, value: str) -> str:
    """Return the SQL of a value, null where it lies beyond what its kind can be: the year 3025, a share of 15."""
    limits = {
        "timestamp": f"{value} > TIMESTAMP '1970-01-01' AND {value} < TIMESTAMP '2101-01-01'",
        "date": f"{value} BETWEEN DATE '1800-01-01' AND DATE '2100-12-31'",
        "fraction": f"{value} BETWEEN -1 AND 1",
    }
    return f"CASE WHEN {limits[column.kind]} THEN {value} END" if column.kind in limits else value


def converted(column: Column, cell: str, stored: str) -> str:
    """Return the SQL of a value whose type in DuckDB says enough."""
    if stored == "TIMESTAMP WITH TIME ZONE":
        cell = f"timezone('UTC', {cell})"
    return f"try_cast({cell} AS {DUCKDB_TYPES[column.kind]})"


def _digits(cell: str) -> str:
    """Write a number as text, whole ones without a point: ids and counts that a column with gaps turned into floats."""
    return f"CASE WHEN {cell} = trunc({cell}) AND abs({cell}) < 9e15 THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"


_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


def says_enough(column: Column, stored: str) -> bool:
    """Return whether cells of this type in DuckDB need not be read as text."""
    kind = column.kind
    if kind in ("timestamp", "date"):
        return stored.startswith("TIMESTAMP") or stored == "DATE"
    if kind in ("decimal", "fraction"):
        return stored in _NUMBERS or stored.startswith("DECIMAL") or stored in ("DOUBLE", "FLOAT")
    if kind == "integer":
        return stored in _NUMBERS
    return stored == {"boolean": "BOOLEAN", "list": "VARCHAR[]"}.get(kind, "")


def _chosen(column: Column, cell: str) -> str:
    """Take a value of an enumeration by any word people use for it."""
    words = ", ".join(f"{literal(word)}: {literal(value)}" for word, value in spoken(column.values).items())
    return f"MAP {{{words}}}[plain_word({cell})]"
