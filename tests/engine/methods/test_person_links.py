"""Weights that two records are one person: by hand, and the same from Splink."""

import math

import pytest

from mingdan.engine.methods.name_frequency import NameFrequency, floor_of
from mingdan.engine.methods.person_links import Person, links, links_by_splink

NAMES = NameFrequency({"王伟": 40, "欧阳若汐": 1}, 9000)
OURS = [
    Person("E1", "王伟", phone="P1", address="D1"),
    Person("E2", "欧阳若汐", key="K2"),
    Person("E3", "李静", address="D3"),
    Person("E4", None, key="K4"),
]
THEIRS = [
    Person("F1", "王伟", phone="P9", address="D1"),
    Person("F2", "欧阳若汐", key="K2", phone="P2"),
    Person("F3", "李婧", address="D3"),
    Person("F4", "王伟"),
    Person("F5", "赵一", key="K4"),
    Person("F6", "钱二", address="D3"),
]


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    assert NAMES.of("欧阳若汐") < 1e-5
    assert NAMES.of("王伟") == pytest.approx((39 + 1000 * floor_of("王伟")) / (8999 + 1000))
    assert NAMES.of("王伟") > 1e-3


def test_a_name_alone_weighs_its_rarity() -> None:
    [link] = [one for one in links(OURS, THEIRS, NAMES) if one.theirs == "F4"]
    assert link.agree == ("name",)
    assert link.weight == pytest.approx(math.log10(0.9 / NAMES.of("王伟")))


def test_signs_of_the_same_reading_count_beside_an_address() -> None:
    found = {one.theirs: one for one in links(OURS, THEIRS, NAMES) if one.ours == "E3"}
    assert found["F3"].agree == ("reading", "address")
    assert found["F6"].agree == ("address",)
    assert found["F3"].weight - found["F6"].weight == pytest.approx(math.log10(0.06 / 0.005) - math.log10(0.04 / 0.995))


def test_splink_gives_the_same_links() -> None:
    by_hand, by_splink = links(OURS, THEIRS, NAMES), links_by_splink(OURS, THEIRS, NAMES)
    assert [(one.ours, one.theirs, one.agree) for one in by_hand] == [
        (one.ours, one.theirs, one.agree) for one in by_splink
    ]
    assert [one.weight for one in by_hand] == pytest.approx([one.weight for one in by_splink], abs=1e-6)
