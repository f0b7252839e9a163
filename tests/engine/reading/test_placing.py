"""Which table a file means, and which columns its headings mean."""

import pytest

from mingdan.engine.reading.raw import RawTable
from mingdan.engine.sources.placing import columns_of, place
from mingdan.engine.tables import TABLES


def _raw(name: str, *headings: str, file: str | None = None) -> RawTable:
    return RawTable(name, f"raw {name}", headings, file or f"{name}.csv")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders", "orders"),
        ("Order Lines", "order_lines"),
        ("ORDER_LINES", "order_lines"),
        ("订单", "orders"),
        ("销售订单", "orders"),
        ("订单导出20250301", "orders"),
        ("客户列表", "accounts"),
        ("客户列表(1)", "accounts"),
        ("2024年回款记录", "payments"),
        ("Deals", "opportunities"),
        ("accounts-2024.06", "accounts"),
        ("商机阶段变更", "stage_changes"),
        ("联系人", "contacts"),
    ],
)
def test_a_table_is_known_by_its_name_in_either_language(name: str, table: str) -> None:
    placed = place(_raw(name, "x"))
    assert placed is not None
    assert placed.table.name == table


def test_a_file_in_a_folder_called_after_a_table_is_part_of_it() -> None:
    placed = place(_raw("2024-06", "x", file="订单/2024-06.csv"))
    assert placed is not None
    assert placed.table.name == "orders"


@pytest.mark.parametrize("headings", [("day", "rain"), ("name", "role"), ("account_id", "changed_at")])
def test_a_strange_file_is_no_table(headings: tuple[str, ...]) -> None:
    assert place(_raw("weather", *headings)) is None


def test_a_unit_in_a_heading_belongs_to_every_number_under_it() -> None:
    found = columns_of(TABLES["orders"], ["订单号", "金额（万元）", "下单日期（年月日）"])
    assert {column: (taken.heading, taken.unit) for column, taken in found.items()} == {
        "order_id": ("订单号", ""),
        "amount": ("金额（万元）", "万"),
        "ordered_at": ("下单日期（年月日）", ""),
    }


def test_the_name_of_the_contract_counts_before_a_label() -> None:
    found = columns_of(TABLES["orders"], ["金额", "amount"])
    assert found["amount"].heading == "amount"


def test_a_plain_number_is_told_from_its_key() -> None:
    columns = TABLES["employees"]
    assert set(columns_of(columns, ["工号", "姓名", "手机号", "身份证号"])) == {"employee_id", "name", "phone", "id"}
    assert "phone_key" in columns_of(columns, ["phone_key", "手机号"])


def test_every_column_has_a_chinese_heading_that_means_it_alone() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert column.labels, f"{table.name}.{column.name}"
            found = columns_of(table, [column.labels[0]])
            assert set(found) == {column.plain_name or column.name}


def test_what_is_missing_and_what_is_unknown_is_named() -> None:
    placed = place(_raw("orders", "order_id", "account_id", "when", "amount"))
    assert placed is not None
    assert [column.name for column in placed.missing] == ["ordered_at"]
    assert placed.unknown == ["when"]
