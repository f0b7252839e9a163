"""Names and domains that look or sound alike."""

import pytest

from mingdan.engine.methods.look_alike import (
    core_of,
    damerau,
    domains_look_alike,
    jaro_winkler,
    name_likeness,
    skeleton,
)


def test_known_values_of_the_string_measures() -> None:
    assert jaro_winkler("martha", "marhta") == pytest.approx(0.9611, abs=1e-4)
    assert jaro_winkler("dixon", "dicksonx") == pytest.approx(0.8133, abs=1e-4)
    assert damerau("mingshan", "mingshna") == 1
    assert damerau("kitten", "sitting") == 3


def test_place_trade_and_legal_form_are_no_part_of_the_name() -> None:
    assert core_of("苏州明山精密仪器有限公司") == "明山精密"
    assert core_of("明山科技（上海）有限公司") == "明山"
    assert core_of("苏州科技有限公司")


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        ("苏州明山科技有限公司", 1.0),
        ("明珊仪器有限公司", 0.95),
        ("恒泽精密机械有限公司", 0.0),
        ("苏州仪器有限公司", 0.0),
    ],
)
def test_the_worked_likenesses_of_the_page(other: str, likeness: float) -> None:
    assert name_likeness("明山仪器有限公司", other) == pytest.approx(likeness)


def test_likeness_has_no_direction() -> None:
    for other in ("明珊仪器有限公司", "华明山水有限公司", "鸣山商贸"):
        assert name_likeness("明山仪器有限公司", other) == name_likeness(other, "明山仪器有限公司")


def test_domains_differ_by_a_slip_or_by_letters_that_look_alike() -> None:
    assert domains_look_alike("rningshan.com", "mingshan.com")
    assert domains_look_alike("mingshan.cn", "mingshan.com")
    assert domains_look_alike("m1ngshan.com", "mingshan.com")
    assert not domains_look_alike("mingshan.com", "mingshan.com")
    assert not domains_look_alike("hengtai.com", "mingshan.com")
    assert skeleton("rn") == skeleton("m")
