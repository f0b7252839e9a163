"""What was said around a proposal: who asked first, whether it was declined, a joke or a refund, and whose account it names."""

import re
from collections.abc import Sequence
from datetime import timedelta

from mingdan.engine.methods.talk_archive import Said
from mingdan.engine.methods.talk_text import CARD, FREE_MAIL, MOBILE, card_numbers, plain

NEAR_MESSAGES, NEAR_TIME = 10, timedelta(days=7)

_REFUSAL = re.compile(
    r"不行|不能|不可以|不成|不敢|不收|不了|不允许|没有这|没有的|没办法|得走|得开|必须|还是走|还是打|还是付|还是在|统一|退回|使唔得|唔得|那哪|为难|"
    r"can't|cannot|won't|afraid|sorry|not allowed|have to stick|only sell|mandatory|no way"
)
_JOKE = re.compile(r"玩笑|逗你|逗您|说笑|kidding|joking|just a joke")
_INNOCENT_MONEY = re.compile(
    r"退款|退差|退押|报销|饭钱|聚餐|份子|aa|奶茶|打车|快递费|运费|生日|结婚|refund|lunch|taxi|birthday|wedding"
)
_WALLET = re.compile(r"支付宝|zelle|paypal|venmo|cash ?app|wise|转账到手机|收款码")


def near(talk: Sequence[Said], said: Said) -> list[Said]:
    """Return what was said around a message: at most ten messages and a week to either side, the message left out."""
    place = next(index for index, one in enumerate(talk) if one.message_id == said.message_id)
    around = [*talk[max(0, place - NEAR_MESSAGES) : place], *talk[place + 1 : place + 1 + NEAR_MESSAGES]]
    return [one for one in around if abs(one.at - said.at) <= NEAR_TIME]


def was_asked(acts: Sequence[Said], said: Said) -> bool:
    """Return whether the customer proposed such a thing in the week before the salesperson did."""
    return any(
        not one.by_employee and one.act in ("private", "shift") and timedelta(0) <= said.at - one.at <= NEAR_TIME
        for one in acts
    )


def is_joke(talk: Sequence[Said], said: Said) -> bool:
    """Return whether the salesperson or the customer called it a joke within a few messages."""
    return bool(_JOKE.search(said.text)) or any(_JOKE.search(one.text.lower()) for one in near(talk, said))


def is_innocent_money(talk: Sequence[Said], said: Said) -> bool:
    """Return whether refunds, shared meals or collections are spoken of around it, or in it."""
    return any(_INNOCENT_MONEY.search(one.text.lower()) for one in [said, *near(talk, said)])


def refusals(acts: Sequence[Said], talk: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Return the customer's proposals that the salesperson declined in one of the next messages, each with the refusal."""
    reading = {one.message_id: one.act for one in acts}
    found = []
    for proposal in (one for one in acts if not one.by_employee and one.act in ("private", "shift")):
        after = [one for one in near(talk, proposal) if one.by_employee and one.at >= proposal.at]
        for answer in after:
            declined = reading.get(answer.message_id) == "decline" or bool(_REFUSAL.search(answer.text.lower()))
            if declined and reading.get(answer.message_id) not in ("private", "shift"):
                found.append((proposal, answer))
                break
    return found


def named_accounts(talk: Sequence[Said], said: Said) -> list[tuple[Said, str]]:
    """Return the salesperson's messages in or around a proposal that name an account: a card's digits, or 'wallet'."""
    found = []
    for one in sorted([said, *near(talk, said)], key=lambda one: (one.at, one.message_id)):
        if not one.by_employee:
            continue
        marks = plain([one.text])
        if CARD in marks:
            found += [(one, digits) for digits in card_numbers(one.text)]
        elif one.message_id == said.message_id and _WALLET.search(marks) and (MOBILE in marks or FREE_MAIL in marks):
            found.append((one, "wallet"))
    return found
