"""One value, many writings: what the border makes of a cell."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mingdan.engine.reading.choices import spoken
from mingdan.engine.tables import TABLES
from tests.engine.reading.clean_trail import as_csv, opened


def _noon(hour: int = 12, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"2025-03-01 {hour:02}:{minute:02}")


MOMENTS: list[tuple[str, datetime | None]] = [
    ("2025-03-01 12:00:00", _noon()),
    ("2025-03-01T12:00:00Z", _noon()),
    ("2025-03-01T12:00", _noon()),
    ("2025-03-01 12:00:00.000000", _noon()),
    ("2025-03-01T20:00:00+08:00", _noon()),
    ("2025-03-01 20:00:00+0800", _noon()),
    ("2025-03-01 20:00+08", _noon()),
    ("2025-03-01 07:00-05", _noon()),
    ("2025-03-01 20:00:00 +08:00", _noon()),
    ("2025-03-01 20:00:00 GMT+0800", _noon()),
    ("2025-03-01 20:00:00 Asia/Shanghai", _noon()),
    ("2025/3/1 12:00", _noon()),
    ("2025.3.1 12:00:00", _noon()),
    ("2025年3月1日 12:00", _noon()),
    ("2025年03月01日12时00分00秒", _noon()),
    ("2025/3/1 下午 3:05", _noon(15, 5)),
    ("2025-03-01 03:05 PM", _noon(15, 5)),
    ("2025-03-01 12:05 AM", _noon(0, 5)),
    ("２０２５－０３－０１ １２：００", _noon()),
    ("20250301120000", _noon()),
    ("1740830400", _noon()),
    ("1740830400000", _noon()),
    ("45717.5", _noon()),
    ("2025-03-01", _noon(0)),
    ("20250301", _noon(0)),
    ("2025年3月1日", _noon(0)),
    ("2025-03-01 12:00:00 CST", None),
    ("2025-02-30", None),
    ("2025-03-01 25:00", None),
    ("25-03-01", None),
    ("1970-01-01", None),
    ("2101-01-01", None),
    ("infinity", None),
    ("epoch", None),
    ("0000-00-00 00:00:00", None),
]
AMOUNTS: list[tuple[str, str | None]] = [
    ("1234.5", "1234.5"),
    ("1,234.50", "1234.5"),
    ("1,23,456.7", "123456.7"),
    ("1.234,56", "1234.56"),
    ("1.234.567", "1234567"),
    ("12,5", "12.5"),
    ("1 234.5", "1234.5"),
    ("１２３４．５", "1234.5"),
    ("¥1,234.00", "1234"),
    ("￥－５", "-5"),
    ("CNY 1,234", "1234"),
    ("1234元", "1234"),
    ("12.5万", "125000"),
    ("12万元", "120000"),
    ("1.2亿", "120000000"),
    ("(1,234.5)", "-1234.5"),
    ("100-", "-100"),
    ("1e3", "1000"),
    ("1,2345", None),
    ("1.2.3", None),
    ("nan", None),
    ("abc", None),
    ("12abc", None),
]
SHARES: list[tuple[str, float | None]] = [
    ("0.15", 0.15),
    ("15%", 0.15),
    ("１５％", 0.15),
    ("5‰", 0.005),
    ("8.5折", 0.15),
    ("85折", 0.15),
    ("-5%", -0.05),
    ("0,15", 0.15),
    ("15", None),
    ("inf", None),
    ("a lot", None),
]
DAYS: list[tuple[str, date | None]] = [
    ("2025-03-01", date(2025, 3, 1)),
    ("2025/3/1", date(2025, 3, 1)),
    ("20250301", date(2025, 3, 1)),
    ("2025年3月1日", date(2025, 3, 1)),
    ("2025-03-01T23:00:00+08:00", date(2025, 3, 1)),
    ("2025/3/1 8:05", date(2025, 3, 1)),
    ("45717", date(2025, 3, 1)),
    ("1952-05-01", date(1952, 5, 1)),
    ("9999-12-31", None),
    ("2025-03-01 or so", None),
    ("epoch", None),
]
BOOLEANS: list[tuple[str, bool | None]] = [
    *((word, True) for word in ("1", "true", "TRUE", "yes", "Y", "是", "√")),
    *((word, False) for word in ("0", "false", "False", "no", "N", "否", "0.0")),
    ("maybe", None),
]
WHOLE: list[tuple[str, int | None]] = [
    ("30", 30),
    ("30.0", 30),
    ("1,234", 1234),
    ("-2", -2),
    ("３０", 30),
    ("30.5", None),
    ("x", None),
]


def _read(folder: Path, table: str, column: str, values: list[str], **others: str) -> list[Any]:
    """Read a table with one value in each row, and return what became of them in order."""
    (folder / "orders.csv").write_text("order_id,account_id,ordered_at,amount\nO1,A1,2025-03-01,1\n")
    declared = TABLES[table]
    headings = [declared.key[0], *others, column]
    rows = [[f"{at:04}", *others.values(), value] for at, value in enumerate(values)]
    (folder / f"{table}.csv").write_text(as_csv([headings, *rows]), encoding="utf-8")
    trail = opened(folder)
    tables = trail.as_of(datetime.fromisoformat("2200-01-01"))
    found = {row[declared.key[0]]: row[column] for row in tables.records(tables[table], order_by=[declared.key[0]])}
    trail.close()
    return [found[f"{at:04}"] for at in range(len(values))]


def _notices(folder: Path) -> str:
    """Read the trail once more and return what people are told."""
    again = folder.rename(folder.with_name("again"))
    trail = opened(again)
    said = " ".join(text.en for text in trail.notices)
    trail.close()
    return said


def _written(pairs: list[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    return [written for written, _ in pairs], [value for _, value in pairs]


def test_times_are_read_in_every_writing(folder: Path) -> None:
    written, meant = _written(MOMENTS)
    assert (
        _read(folder, "samples", "returned_at", written, account_id="A", employee_id="E", sent_at="2025-01-01") == meant
    )


@pytest.mark.parametrize(
    ("written", "meant", "told"),
    [
        (["03/01/2025", "3/25/2025 8:05"], ["2025-03-01", "2025-03-25 08:05"], "month first"),
        (["01.03.2025", "25.03.2025"], ["2025-03-01", "2025-03-25"], "day first"),
        (["01/03/2025", "02/03/2025"], [None, None], "may begin with the day or the month"),
        (["13/03/2025", "03/25/2025"], [None, None], "may begin with the day or the month"),
    ],
)
def test_the_column_shows_whether_day_or_month_comes_first(
    written: list[str], meant: list[str | None], told: str, folder: Path
) -> None:
    found = _read(
        folder, "quotes", "approved_at", written, account_id="A", employee_id="E", sent_at="2025-01-01", net_amount="1"
    )
    assert found == [None if moment is None else datetime.fromisoformat(moment) for moment in meant]
    assert told in _notices(folder)


def test_days_are_read_in_every_writing(folder: Path) -> None:
    written, meant = _written(DAYS)
    assert _read(folder, "companies", "established_date", written, name="晨光机械") == meant


def test_amounts_are_read_in_every_writing(folder: Path) -> None:
    written, meant = _written(AMOUNTS)
    found = _read(folder, "products", "unit_cost", written)
    assert found == [None if value is None else Decimal(value).quantize(Decimal("0.0001")) for value in meant]


def test_shares_are_fractions_and_never_beyond_one(folder: Path) -> None:
    written, meant = _written(SHARES)
    others = {"account_id": "A", "employee_id": "E", "sent_at": "2025-01-01", "net_amount": "1"}
    assert _read(folder, "quotes", "discount", written, **others) == meant


def test_yes_and_no_are_read_in_both_languages(folder: Path) -> None:
    written, meant = _written(BOOLEANS)
    assert _read(folder, "leads", "random_pool", written, created_at="2025-01-01") == meant


def test_whole_numbers_are_whole(folder: Path) -> None:
    written, meant = _written(WHOLE)
    assert _read(folder, "companies", "staff_count", written, name="晨光机械") == meant


def test_lists_are_json_or_separated(folder: Path) -> None:
    (folder / "orders.csv").write_text("order_id,account_id,ordered_at,amount\nO1,A1,2025-03-01,1\n")
    rows = [["name", "email_domains"], ["a", '["a.cn", "b.cn"]'], ["b", "a.cn；b.cn"], ["c", "a.cn"], ["d", '["a.cn']]
    (folder / "company_profile.csv").write_text(as_csv(rows), encoding="utf-8")
    trail = opened(folder)
    tables = trail.as_of(trail.latest)
    found = [row["email_domains"] for row in tables.records(tables.company_profile, order_by=["name"])]
    assert found == [["a.cn", "b.cn"], ["a.cn", "b.cn"], ["a.cn"], None]
    trail.close()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("won", "won"),
        ("Won", "won"),
        ("赢单", "won"),
        ("已成交", "won"),
        ("Closed Won", "won"),
        ("输 单", "lost"),
        ("进行中", "open"),
    ],
)
def test_outcomes_are_understood_in_both_languages(written: str, meant: str, folder: Path) -> None:
    rows = [["opportunity_id", "created_at", "outcome", "closed_at"], ["P1", "2025-01-01", written, "2025-02-01"]]
    (folder / "opportunities.csv").write_text(as_csv(rows), encoding="utf-8")
    trail = opened(folder)
    tables = trail.as_of(trail.latest)
    assert [row["outcome"] for row in tables.records(tables.opportunities, order_by=["opportunity_id"])] == [meant]
    trail.close()


def test_the_eight_stages_have_chinese_names() -> None:
    words = spoken(TABLES["stage_changes"].column("stage").values)
    chinese = ["客户识别", "初次接触", "需求分析", "方案制定", "报价", "商务谈判", "签约", "售后服务"]
    assert [words[word] for word in chinese] == list(TABLES["stage_changes"].column("stage").values)


def test_no_word_stands_for_two_values() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert column.kind != "enum" or set(spoken(column.values).values()) == set(column.values)


def test_a_currency_is_one_whatever_it_is_called(folder: Path) -> None:
    rows = [["order_id", "account_id", "ordered_at", "amount", "currency"]]
    rows += [[f"O{at}", "A1", "2025-03-01", "1", name] for at, name in enumerate(["RMB", "人民币", "cny", "¥", "USD"])]
    (folder / "orders.csv").write_text(as_csv(rows), encoding="utf-8")
    trail = opened(folder)
    assert trail.currency == "CNY"
    assert any("several currencies" in text.en and "USD (1)" in text.en for text in trail.notices)
    trail.close()
