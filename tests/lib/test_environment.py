from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.lib.environment import Environment, UnusableSettingsError, database_from


def test_an_empty_variable_counts_as_missing() -> None:
    assert Environment({"A": "  "}).text("A", "default") == "default"


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("yes", True), ("0", False), ("", False), ("OFF", False)])
def test_a_flag_says_yes_or_no(said: str, meant: bool) -> None:
    assert Environment({"A": said}).flag("A") is meant


def test_a_flag_that_says_neither_is_refused() -> None:
    with pytest.raises(UnusableSettingsError, match="A must be 1 or 0"):
        Environment({"A": "maybe"}).flag("A")


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(UnusableSettingsError, match="whole number"):
        Environment({"A": "ten"}).number("A", 1)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_any_password_comes_through_the_address(user: str, password: str) -> None:
    found = database_from(
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@db:5433/mingdan?sslmode=require"
    )
    assert (found["USER"], found["PASSWORD"]) == (user, password)
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db", "5433", "mingdan")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_is_named_by_its_folder() -> None:
    assert database_from("postgresql:///mingdan?host=/run/postgresql")["HOST"] == "/run/postgresql"


def test_a_relative_and_an_absolute_file() -> None:
    assert database_from("sqlite:///here.sqlite3")["NAME"] == "here.sqlite3"
    assert database_from("sqlite:////var/lib/x.sqlite3")["NAME"] == "/var/lib/x.sqlite3"


@pytest.mark.parametrize("url", ["mysql://root:secret@h/db", "secret", "postgresql://u:secret@h"])
def test_an_unknown_database_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(UnusableSettingsError) as refused:
        database_from(url)
    assert "secret" not in str(refused.value)
