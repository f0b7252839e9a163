"""A mapping file turns any export into tables of the contract, or says in a sentence why it cannot."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation, UnreadableTrailError
from mingdan.engine.sources.mapping import MappingSource, file_options
from mingdan.engine.sources.mapping_file import MappingError, read_mapping
from tests.engine.sources.conftest import ROOT, SHARED, Loader, Rows, said

HERE = Path(__file__).parent / "data"
EXAMPLES = ROOT / "docs" / "examples"


def translate(raw: list[RawTable], con: duckdb.DuckDBPyConnection, mapping: Path) -> Translation:
    return MappingSource().translate(raw, con, SourceOptions(mapping=mapping))


@pytest.fixture
def mapped(con: duckdb.DuckDBPyConnection, load: Loader, tmp_path: Path) -> "Mapped":
    return Mapped(con, load, tmp_path)


class Mapped:
    """A folder with a few CSV files and a mapping file written for one test."""

    def __init__(self, con: duckdb.DuckDBPyConnection, load: Loader, folder: Path) -> None:
        self._con, self._load, self._folder = con, load, folder

    def __call__(self, mapping: str, **files: str) -> Translation:
        exports = self._folder / "exports"
        exports.mkdir()
        for name, text in files.items():
            (exports / f"{name}.csv").write_text(text, encoding="utf-8")
        (self._folder / "mapping.toml").write_text(mapping, encoding="utf-8")
        return translate(self._load(exports), self._con, self._folder / "mapping.toml")


def test_the_maven_example_maps_a_pipeline(con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows) -> None:
    translation = translate(load(HERE / "maven_crm"), con, EXAMPLES / "maven_crm.toml")
    deals = rows(translation, "opportunities")
    assert Counter(deal["outcome"] for deal in deals) == {"won": 21, "lost": 13, "open": 12}
    assert {deal["product_line"] for deal in deals} <= {
        product["product_id"] for product in rows(translation, "products")
    }
    assert all(deal["created_at"].endswith("T00:00:00") for deal in deals)
    assert any("account_id" not in deal for deal in deals)
    assert [person["role"] for person in rows(translation, "employees")].count("manager") == 2
    assert len(rows(translation, "orders")) == 21
    assert rows(translation, "orders")[0]["currency"] == "USD"


def test_the_cdnow_example_maps_purchases_without_ids(con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows) -> None:
    translation = translate(load(HERE / "cdnow"), con, EXAMPLES / "cdnow.toml")
    orders = rows(translation, "orders")
    assert len({order["order_id"] for order in orders}) == len(orders) == 33
    accounts = rows(translation, "accounts")
    assert [account["name"] for account in accounts[:2]] == ["Customer 00001", "Customer 00002"]
    first = min(order["ordered_at"] for order in orders if order["account_id"] == "00002")
    assert accounts[1]["created_at"] == first
    assert file_options(EXAMPLES / "cdnow.toml") == {"CDNOW_master.txt": {"separator": "whitespace"}}


@pytest.mark.skipif(not SHARED.exists(), reason="the full files lie in ../shared, which is not here")
def test_the_full_maven_files_map_completely(con: duckdb.DuckDBPyConnection, load: Loader) -> None:
    translation = translate(load(SHARED / "maven_crm"), con, EXAMPLES / "maven_crm.toml")
    counts = {
        table.table: con.execute(f'SELECT count(*), count(DISTINCT COLUMNS(*)) FROM "{table.relation}"').fetchall()[0][
            0
        ]
        for table in translation.tables
    }
    assert counts == {
        "employees": 41,
        "accounts": 85,
        "products": 7,
        "opportunities": 8300,
        "orders": 4238,
        "order_lines": 4238,
    }


def test_a_file_can_be_joined_by_equal_values(mapped: Mapped, rows: Rows) -> None:
    translation = mapped(
        """
        [tables.orders]
        from = "orders"
        [tables.orders.join.client]
        from = "clients.csv"
        on = { name = { column = "customer", values = { "Lan Ltd" = "Lan" } } }
        [tables.orders.columns]
        order_id = "no"
        account_id = "client.number"
        ordered_at = "day"
        amount = "sum"
        """,
        orders="no,customer,day,sum\n1,Lan Ltd,2024-01-02,5\n2,Nobody,2024-01-03,6\n",
        clients="number,name\nC7,Lan\nC8,Lan\n",
    )
    assert [order.get("account_id") for order in rows(translation, "orders")] == ["C7", None]


def test_two_files_can_feed_one_table_and_a_pattern_many(mapped: Mapped, rows: Rows) -> None:
    translation = mapped(
        """
        [[tables.orders]]
        from = "shop_*"
        columns = { order_id = "no", account_id = "who", ordered_at = "day", amount = "sum" }
        [[tables.orders]]
        from = "old"
        columns = { order_id = { hash = ["customer", "date"] }, account_id = "customer", ordered_at = "date", amount = "total", payment_days = { constant = 30 } }
        """,
        shop_1="no,who,day,sum\n1,a,2024-01-02,5\n",
        shop_2="no,who,day,sum,more\n2,b,2024-01-02,6,x\n",
        old='customer,date,total\nc,2019/1/2,"1,000.5"\n',
    )
    orders = rows(translation, "orders")
    assert [order["account_id"] for order in orders] == ["c", "a", "b"]
    assert (orders[0]["amount"], orders[0]["ordered_at"], orders[0]["payment_days"]) == (
        "1000.5",
        "2019-01-02T00:00:00",
        "30",
    )
    assert len(orders[0]["order_id"]) == 16


def test_times_of_a_zone_become_utc(mapped: Mapped, rows: Rows) -> None:
    translation = mapped(
        """
        time_zone = "Asia/Shanghai"
        [tables.orders.columns]
        order_id = "单号"
        account_id = "客户"
        ordered_at = "下单时间"
        amount = { column = "金额" }
        [tables.orders]
        from = "订单"
        """,
        订单="单号,客户,下单时间,金额\n1,甲,2024年3月5日 08:30,¥1.2万\n",
    )
    (order,) = rows(translation, "orders")
    assert (order["ordered_at"], float(order["amount"])) == ("2024-03-05T00:30:00Z", 12000.0)


def test_equal_lines_of_an_order_are_told_apart_by_the_rest_of_their_row(mapped: Mapped, rows: Rows) -> None:
    translation = mapped(
        """
        [tables.order_lines]
        from = "lines"
        columns = { order_id = "no", product_id = "what", quantity = "qty", unit_price = "price" }
        """,
        lines="no,line,what,qty,price\n1,1,pump,2,5\n1,2,pump,2,5\n",
    )
    first, second = rows(translation, "order_lines")
    assert first.pop("_rest") != second.pop("_rest")
    assert first == second


def test_match_keys_are_mapped_by_their_plain_names(mapped: Mapped, rows: Rows) -> None:
    translation = mapped(
        """
        [tables.contacts]
        from = "people"
        columns = { contact_id = "id", account_id = "firm", phone = { first_of = ["mobile", "desk"] }, email = "mail" }
        """,
        people="id,firm,mobile,desk,mail\n1,a,,010-62345671,x@lan.example\n",
    )
    assert rows(translation, "contacts") == [
        {"contact_id": "1", "account_id": "a", "phone": "010-62345671", "email": "x@lan.example"}
    ]


def test_what_is_left_out_is_said(mapped: Mapped) -> None:
    translation = mapped(
        '[tables.orders]\nfrom = "orders"\ncolumns = { order_id = "a", account_id = "b", ordered_at = "c", amount = "d" }',
        orders="a,b,c,d,e\n1,2,3,4,5\n",
        other="x\n1\n",
    )
    assert said(translation) == ["orders.csv: columns not mapped, left out: e.", "other.csv: not mapped, left out."]


ORDERS = (
    '[tables.orders]\nfrom = "orders"\ncolumns = { order_id = "a", account_id = "b", ordered_at = "c", amount = "d" }\n'
)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[tables.orders", "not TOML"),
        ("", "no table is mapped"),
        ("tables = 3", "tables must be a section"),
        ("[table.orders]", "'table' means nothing at the top of a mapping; did you mean 'tables'"),
        ('currency = ["CNY"]\n' + ORDERS, "currency must be a text"),
        ('[tables.oders]\nfrom = "orders"', "line 1: the contract has no table 'oders'; did you mean 'orders'"),
        ("[tables.orders]\n[tables.orders.columns]\n", 'does not say `from = "file"`'),
        ('[tables.orders]\nfrom = "orders"\n', "orders needs the column 'order_id'"),
        (
            '[tables.orders]\nfrom = "ordres"\n' + ORDERS.split("\n", 2)[2],
            "no file or sheet 'ordres'; did you mean 'orders'",
        ),
        (ORDERS.replace('"d"', '"D2"'), "line 3: orders has no heading 'D2'"),
        (ORDERS.replace("amount", "amuont"), "line 3: orders has no column 'amuont'; did you mean 'amount'"),
        (
            ORDERS.replace('"d"', '{ column = "d", colum = "e" }'),
            "'colum' means nothing for amount; did you mean 'column'",
        ),
        (ORDERS.replace('"d"', '{ column = "d", constant = 1 }'), "exactly one of column"),
        (ORDERS.replace('"d"', "{ constant = { a = 1 } }"), "constant must be a text"),
        (ORDERS + 'where = { x = "1" }', "no heading 'x'"),
        (
            'time_zone = "Asia/Shangai"\n' + ORDERS,
            "line 1: there is no time zone 'Asia/Shangai'; did you mean 'Asia/Shanghai'",
        ),
        (ORDERS + '[tables.orders.join.x]\nfrom = "orders"', "line 4: the join 'x' needs"),
        (
            '[files."orders.csv"]\nseperator = ";"\n' + ORDERS,
            "'seperator' means nothing about a file; did you mean 'separator'",
        ),
    ],
)
def test_a_mistake_in_the_mapping_is_explained(mapped: Mapped, mapping: str, sentence: str) -> None:
    with pytest.raises(MappingError) as raised:
        mapped(mapping, orders="a,b,c,d\n1,2,3,4\n")
    assert sentence in str(raised.value)


def test_a_file_of_stage_names_says_nothing_about_how_files_are_written(tmp_path: Path) -> None:
    stages = tmp_path / "stages.toml"
    stages.write_text('[stages]\n"Sample sent" = "solution"\n')
    assert file_options(stages) == {}


def test_a_missing_mapping_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(MappingError, match="not UTF-8"):
        read_mapping(tmp_path / "latin.toml")


def test_without_a_mapping_file_the_source_says_how_to_get_one(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UnreadableTrailError, match="mingdan map"):
        MappingSource().translate([], con, SourceOptions())
