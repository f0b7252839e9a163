"""Messages without consent do not exist for the detectors of talk: neither for nor against anybody."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import channel_shift, private_payment_talk, sensitive_act_sequence
from mingdan.engine.findings import Finding, Text
from mingdan.engine.trail import Tables
from mingdan.engine.wording import sentence

PROPOSAL = "不走公司账，你直接打我个人卡上，便宜5个点，卡号6217001234567890122"
SHIFT = "加我私人微信聊吧，这个号公司能看到"
REFUSAL = "抱歉，货款只能打公司对公账户，公司规定不允许个人收款"
DETECTORS = (private_payment_talk.DETECTOR, channel_shift.DETECTOR, sensitive_act_sequence.DETECTOR)
START = datetime(2025, 1, 6, 9)  # noqa: DTZ001

each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)


def message(
    name: str, employee: int, customer: int, day: int, text: str, consent: bool | None, **more: Any
) -> dict[str, Any]:
    return {
        "message_id": name,
        "employee_id": f"E{employee}",
        "account_id": f"A{customer}",
        "sent_at": (START + timedelta(days=day)).isoformat(sep=" "),
        "sender": "employee",
        "kind": "text",
        "text": text,
        "consent": consent,
        **more,
    }


def harmless() -> list[dict[str, Any]]:
    return [message(f"N{n}", n % 5, 100 + n, n % 90, f"您好，报价单{n}已发您邮箱，请查收", True) for n in range(40)]


def refused(consent: bool | None) -> list[dict[str, Any]]:
    """Return talks of customers who may not have consented: proposals, refusals, cards."""
    return [
        message("X1", 0, 0, 10, PROPOSAL, consent),
        message("X2", 1, 1, 11, SHIFT, consent),
        message("X3", 2, 2, 12, REFUSAL, consent),
        message("X4", 0, 0, 13, "", consent, kind="card"),
        *(message(f"Y{n}", 1, 1, n, "好的，收到", consent) for n in range(11)),
    ]


def found(detector: Detector[Any], messages: list[dict[str, Any]]) -> list[Finding]:
    deal = {"opportunity_id": "O1", "owner_id": "E0", "account_id": "A0", "created_at": "2025-01-01", "outcome": "lost"}
    trail = {
        "messages": messages,
        "opportunities": [{**deal, "closed_at": "2025-02-01"}],
        "channel_events": [
            {"employee_id": "E0", "account_id": "A0", "happened_at": "2025-01-25", "kind": "contact_deleted"}
        ],
    }
    return detector.run(Tables.from_records(trail, as_of="2025-08-30"))


@each_detector
@pytest.mark.parametrize("consent", [False, None])
def test_messages_without_consent_change_nothing(detector: Detector[Any], consent: bool | None) -> None:
    assert found(detector, [*harmless(), *refused(consent)]) == found(detector, harmless())


def test_control_the_same_messages_with_consent_are_read() -> None:
    spoken = [*harmless(), *refused(True)]
    payment = {one.employee_id: one.weight for one in found(private_payment_talk.DETECTOR, spoken)}
    assert payment["E0"] > 0
    assert payment["E2"] < 0
    assert [one.employee_id for one in found(channel_shift.DETECTOR, spoken)] == ["E1"]


def test_a_trail_without_consent_or_text_skips_the_question() -> None:
    for column in ("consent", "text"):
        rows = [{name: value for name, value in row.items() if name != column} for row in harmless()]
        tables = Tables.from_records({"messages": rows}, as_of="2025-08-30")
        assert private_payment_talk.DETECTOR.missing(tables) == f"messages.{column} is missing"
        assert channel_shift.DETECTOR.missing(tables) == f"messages.{column} is missing"


def test_no_word_of_a_message_leaves_the_detector() -> None:
    for detector in (private_payment_talk.DETECTOR, channel_shift.DETECTOR):
        for one in found(detector, [*harmless(), *refused(True)]):
            said = sentence(detector.sentence, one.facts)
            written = json.dumps([said.en, said.zh, str(one.facts), str(one.evidence), str(one.explanations)])
            assert "6217" not in written
            for text in (PROPOSAL, SHIFT, REFUSAL):
                assert text[:6] not in said.zh
            assert not any(isinstance(fact, str | Text) for fact in one.facts.values())


def test_what_everybody_writes_word_for_word_is_a_phrase_of_the_house() -> None:
    everybody = [message(f"P{n}", n, n, 10, SHIFT, True) for n in range(8)]
    assert found(channel_shift.DETECTOR, [*harmless(), *everybody]) == []


def test_colleagues_who_write_the_same_account_name_the_companys() -> None:
    one = [message("X1", 0, 0, 10, PROPOSAL, True)]
    shared = [*one, message("X2", 3, 3, 12, "公司卡号6217001234567890122，您核对下", True)]
    assert found(private_payment_talk.DETECTOR, [*harmless(), *one])[0].facts["payees"] == 1
    assert found(private_payment_talk.DETECTOR, [*harmless(), *shared])[0].facts["payees"] == 0
