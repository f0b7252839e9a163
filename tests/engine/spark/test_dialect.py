import pytest

from mingdan.engine.spark.dialect import spark_sql
from mingdan.engine.spark.session import UnusableEngineError, is_uri, open_session


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("strlen(c)", "OCTET_LENGTH(c)"),
        ("chr(12288)", "'\u3000'"),
        ("regexp_full_match(c, '[0-9]+')", "c RLIKE '^(?:[0-9]+)$'"),
        ("c[3:-2]", "SUBSTRING(c, 3, LENGTH(c) - 3)"),
        ("hash(a, b)", "XXHASH64(a, b)"),
        ("timezone('UTC', c)", "CAST(c AS TIMESTAMP_NTZ)"),
        ("CAST(c AS TIMESTAMP)", "CAST(c AS TIMESTAMP_NTZ)"),
        ("try_cast(c AS DECIMAL(18,4))", "TRY_CAST(c AS DECIMAL(18, 4))"),
    ],
)
def test_the_readers_sql_says_the_same_to_spark(ours: str, theirs: str) -> None:
    assert spark_sql(ours) == theirs


def test_another_cut_of_a_text_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="no translation"):
        spark_sql("c[2:5]")


@pytest.mark.parametrize("trail", ["hdfs://namenode:8020/trail", "s3a://bucket/trail", "file:///srv/trail"])
def test_an_address_of_a_store_is_read_in_place(trail: str) -> None:
    assert is_uri(trail)


@pytest.mark.parametrize("trail", ["exports", "/srv/exports", "C:/exports", "exports/2025:01"])
def test_a_folder_of_this_machine_is_no_address(trail: str) -> None:
    assert not is_uri(trail)


def test_without_java_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UnusableEngineError, match="openjdk"):
        open_session("spark://local")
