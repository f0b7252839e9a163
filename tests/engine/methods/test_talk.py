"""Reading chats: numbers, one form of letters, features, and what becomes of a talk."""

import re
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.methods.talk_acts import Act, Turn, acts_of, outcome
from mingdan.engine.methods.talk_archive import Said
from mingdan.engine.methods.talk_cues import TELLING
from mingdan.engine.methods.talk_judgement import named_accounts, near, refusals, was_asked
from mingdan.engine.methods.talk_model import WEIGHTS, act_probabilities, features
from mingdan.engine.methods.talk_text import (
    CARD,
    FREE_MAIL,
    LANDLINE,
    LONG_NUMBER,
    MAIL,
    MOBILE,
    NICKNAME,
    card_numbers,
    is_card_number,
    is_free_mail,
    plain,
)


@pytest.mark.parametrize("digits", ["4111111111111111", "6217001234567890122", "5500005555555559", "378282246310005"])
def test_a_card_number_passes_luhns_check(digits: str) -> None:
    assert is_card_number(digits)
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert not is_card_number(wrong)


def test_short_numbers_and_other_networks_are_no_cards() -> None:
    assert not is_card_number("0")
    assert not is_card_number("1111111111111117")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("卡号 6217 0012 3456 7890 122", CARD),
        ("账号 100000000000001", LONG_NUMBER),
        ("我手机138-1234-5678", MOBILE),
        ("call +44 7700 900123", MOBILE),
        ("座机021-65432100", LANDLINE),
        ("发到 li.ming@163.com", FREE_MAIL),
        ("发到 li.ming@acme.com.cn", MAIL),
        ("我的号 wxid_8899aa", NICKNAME),
    ],
)
def test_numbers_and_addresses_become_signs(text: str, sign: str) -> None:
    said = plain([text])
    assert sign in said
    assert not any(digit in said for digit in "123456789")


def test_traditional_wide_and_capital_letters_become_one_form() -> None:
    assert plain(["轉帳到我個人賬號ＡＢＣ"]) == plain(["转账到我个人账号abc"])


def test_card_numbers_are_found_with_spaces() -> None:
    assert card_numbers("打到 6217 0012 3456 7890 122 张三") == ["6217001234567890122"]


def test_anybodys_mail_is_free_mail() -> None:
    assert is_free_mail("QQ.com")
    assert is_free_mail("vip.163.com")
    assert not is_free_mail("acme.com")


texts = st.text(alphabet="我你公司私账卡 abc,。\n19", max_size=30)


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_text_reads_the_same_alone_and_among_others(some: list[str]) -> None:
    sent = np.ones(len(some), dtype=bool)
    together = act_probabilities(some, sent)
    alone = np.concatenate([act_probabilities([one], sent[:1]) for one in some])
    assert np.allclose(together, alone)
    assert np.allclose(together.sum(axis=1), 1)


def test_features_of_the_last_text_stay_with_it() -> None:
    seen = features(["公司", "a"], np.array([True, True]))
    assert set(seen.text.tolist()) == {0, 1}
    assert len(seen.length) == 2


def test_the_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 300_000


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("这笔货款你直接转到我个人卡上吧，不走公司账", "private"),
        ("外面的厂子我熟，同样质量便宜两成，别走我们公司了", "private"),
        ("pay me directly to my own account and I can take 5% off", "private"),
        ("加我私人微信聊吧，这个号公司能看到", "shift"),
        ("请务必付到公司对公账户，不要转给个人", "decline"),
        ("您好，报价单已发您邮箱，请查收", "none"),
        ("请发一下您的银行卡号，财务给您退款", "none"),
        ("饭钱我先垫了，下次你请", "none"),
        ("返现活动到月底截止，官方商城下单就有", "none"),
    ],
)
def test_plain_cases_are_read_plainly(text: str, act: Act) -> None:
    assert acts_of([Turn(True, text)]) == [act]


def test_what_the_customer_proposes_is_not_the_salespersons() -> None:
    assert outcome([(False, "private"), (True, "decline")]) == "decline"
    assert outcome([(False, "private"), (True, "none")]) == "none"
    assert outcome([(True, "decline"), (True, "private")]) == "private"


def talk(*turns: tuple[str, str, Act]) -> list[Said]:
    start = datetime(2025, 4, 1, 9)  # noqa: DTZ001
    return [
        Said(f"M{place}", "E1", "A1", start + timedelta(minutes=place), who == "E", act, text)
        for place, (who, text, act) in enumerate(turns)
    ]


def test_a_refusal_is_heard_in_the_next_messages() -> None:
    said = talk(("C", "钱转你个人行吗", "private"), ("C", "在吗", "none"), ("E", "这个真不能收", "none"))
    assert [(one.message_id, other.message_id) for one, other in refusals(said, said)] == [("M0", "M2")]
    agreed = talk(("C", "钱转你个人行吗", "private"), ("E", "行啊", "none"))
    assert refusals(agreed, agreed) == []


def test_a_refusal_of_another_month_does_not_answer() -> None:
    said = talk(("C", "钱转你个人行吗", "private"), ("E", "这个真不能收", "none"))
    late = [said[0], Said("M9", "E1", "A1", said[0].at + timedelta(days=30), True, "none", said[1].text)]
    assert refusals(late, late) == []
    assert near(late, late[0]) == []


def test_who_asked_first_is_remembered_for_a_week() -> None:
    said = talk(("C", "私下做行吗", "private"), ("E", "转我卡上", "private"))
    assert was_asked(said, said[1])
    assert not was_asked(said[1:], said[1])


def test_only_the_salespersons_own_words_name_a_payee() -> None:
    said = talk(("C", "6217001234567890122", "none"), ("E", "转我卡上", "private"))
    assert named_accounts(said, said[1]) == []
    own = talk(("E", "转我卡上", "private"), ("E", "6217001234567890122", "none"))
    assert [digits for _, digits in named_accounts(own, own[0])] == ["6217001234567890122"]


@pytest.mark.parametrize(
    "text", ["公司问起来就说没买", "合同换个抬头", "just say the project is on hold", "外面的厂子便宜"]
)
def test_telling_texts_pass_the_first_gate(text: str) -> None:
    assert re.search(TELLING, text)
