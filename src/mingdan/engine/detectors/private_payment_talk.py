"""C2: a salesperson proposes to a customer to pay a person or to buy outside the company; or declines such a wish."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.peer_shares import share_of_others
from mingdan.engine.methods.talk_archive import Pair, Said, acts_said, card_writers, talks, threads
from mingdan.engine.methods.talk_judgement import (
    is_innocent_money,
    is_joke,
    named_accounts,
    refusals,
    was_asked,
)
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Parameters:
    """`explicit` caps the weight where a private payee is named, `words` where none is.

    `expected` is how often a side deal's talk is in the archive. `prior` is how many threads without such talk are added
    to the others'. `declined` and `reminded` are what a refusal and a reminder of the company's account weigh against.
    """

    explicit: float = 1.8
    words: float = 0.6
    expected: float = 0.2
    prior: int = 200
    declined: float = -0.4
    reminded: float = -0.2


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding by salesperson and customer: for proposals of the salesperson, or against, for refusals."""
    acts = tables.once(acts_said)
    everything = talks(tables, acts)
    proposed = {pair: [one for one in said if one.by_employee and one.act == "private"] for pair, said in acts.items()}
    proposed = {pair: said for pair, said in proposed.items() if said}
    shares = share_of_others(tables.once(threads), proposed, prior=parameters.prior)
    writers = card_writers(tables) if proposed else {}
    risk = yearly_turnover(tables, {account for _, account in proposed})
    found = []
    for pair, said in acts.items():
        if pair in proposed:
            payees = [payee for one in proposed[pair] for payee in _payees(everything[pair], one, writers)]
            cap = parameters.explicit if payees else parameters.words
            weight = min(cap, math.log10(parameters.expected / shares[pair[0]]))
            if weight > 0:
                around = _explanations(tables, pair, proposed[pair], said, everything[pair])
                found.append(_proposal(pair, weight, proposed[pair], payees, around, risk.get(pair[1], Decimal(0))))
        else:
            found += _refusal(pair, said, everything[pair], parameters)
    return found


def _payees(talk: Sequence[Said], one: Said, writers: dict[str, set[str]]) -> list[Said]:
    """Return the messages that name an account which neither colleagues nor a customer ever wrote: a private payee."""
    if is_innocent_money(talk, one):
        return []
    named = named_accounts(talk, one)
    return [said for said, account in named if account == "wallet" or writers[account] == {one.employee_id}]


def _explanations(
    tables: Tables, pair: Pair, proposed: Sequence[Said], acts: Sequence[Said], talk: Sequence[Said]
) -> dict[str, Status]:
    employee, account = pair
    scope = Scope(account_id=account, employee_id=employee)
    return {
        "asked": "supported" if all(was_asked(acts, one) for one in proposed) else "ruled_out",
        "joke": "supported" if all(is_joke(talk, one) for one in proposed) else "ruled_out",
        "small-money": "supported" if all(is_innocent_money(talk, one) for one in proposed) else "ruled_out",
        "waiver": tables.context.status(["waiver"], proposed[0].at, proposed[-1].at, scope),
    }


_NOTHING = {"proposals": 0, "payees": 0, "declined": 0, "reminded": 0}


def _proposal(
    pair: Pair,
    weight: float,
    proposed: Sequence[Said],
    payees: Sequence[Said],
    explanations: dict[str, Status],
    at_risk: Decimal,
) -> Finding:
    messages = {one.message_id: one for one in [*proposed, *payees]}
    return Finding(
        subject_kind="account",
        subject_id=pair[1],
        at=proposed[-1].at,
        weight=weight,
        evidence=tuple(Evidence("messages", message) for message in sorted(messages)),
        facts={**_NOTHING, "proposals": len(proposed), "payees": len({one.message_id for one in payees})},
        employee_id=pair[0],
        account_ids=(pair[1],),
        amount_at_risk=at_risk,
        explanations=explanations,
    )


def _refusal(pair: Pair, acts: Sequence[Said], talk: Sequence[Said], parameters: Parameters) -> list[Finding]:
    """Return a finding that speaks against, unless the salesperson proposed something himself in this talk."""
    if any(one.by_employee and one.act in ("private", "shift") for one in acts):
        return []
    declined = refusals(acts, talk)
    reminded = [one for one in acts if one.by_employee and one.act == "decline"]
    if not declined and not reminded:
        return []
    said = {one.message_id: one for both in declined for one in both} | {one.message_id: one for one in reminded}
    return [
        Finding(
            subject_kind="account",
            subject_id=pair[1],
            at=max(one.at for one in said.values()),
            weight=parameters.declined if declined else parameters.reminded,
            evidence=tuple(Evidence("messages", message) for message in sorted(said)),
            facts={**_NOTHING, "declined": len(declined), "reminded": 0 if declined else len(reminded)},
            employee_id=pair[0],
            account_ids=(pair[1],),
            explanations=dict.fromkeys(("asked", "joke", "small-money", "waiver"), "ruled_out"),
        )
    ]


def _talk(*turns: tuple[str, str], consent: str = "true") -> dict[str, list[dict[str, object]]]:
    """Return one talk, its messages a minute apart, beside the harmless talks of six salespeople."""
    rows: list[dict[str, object]] = [
        {
            "message_id": f"N{number}",
            "employee_id": f"E{number % 6}",
            "account_id": f"B{number}",
            "sent_at": f"2025-03-{1 + number % 28:02d} 09:00:00",
            "sender": "employee",
            "kind": "text",
            "text": "您好，报价单已发您邮箱，请查收",
            "consent": "true",
        }
        for number in range(60)
    ]
    rows += [
        {
            "message_id": f"M{place}",
            "employee_id": "E0",
            "account_id": "A0",
            "sent_at": f"2025-04-01 10:{place:02d}:00",
            "sender": sender,
            "kind": "text",
            "text": text,
            "consent": consent,
        }
        for place, (sender, text) in enumerate(turns)
    ]
    return {"messages": rows}


DETECTOR = Detector(
    code="private-payment-talk",
    version=1,
    design="C2",
    family="communication",
    strength="W4",
    title=Text(en="Private payment proposed", zh="提议私下付款或绕开公司"),
    question=Text(
        en="Does a salesperson propose to a customer to pay a person, or to buy outside the company?",
        zh="销售员是否向客户提议付款给个人，或绕开公司购买？",
    ),
    sentence=Text(
        en="In archived talk with the customer[ the salesperson proposes a payment to a person or a purchase outside the company, "
        "messages: {proposals:count}][; of these or next to them, naming a private payee: {payees:count}][ the salesperson declines "
        "what the customer proposes, times: {declined:count}][ the salesperson points to the company's account or rules, messages: "
        "{reminded:count}].",
        zh="在已同意存档的会话中，[销售员提议付款给个人或绕开公司购买，消息 {proposals:count} 条][，其中或前后写明私人收款方 {payees:count} "
        "条][销售员拒绝了客户的此类提议 {declined:count} 次][销售员提醒付公司账户或遵守规定，消息 {reminded:count} 条]。",
    ),
    next_step=Text(
        en="Open the messages in the archive's own viewer and read what stands around them; ask finance whom the customer paid.",
        zh="在存档系统中打开这些消息并阅读上下文，再向财务核实客户付款给了谁。",
    ),
    method=Text(
        en="A classifier of short texts (hashed character n-grams and cues, calibrated) reads archived messages with consent. "
        "Weight log10(0.2 / u), u being the share of other salespeople's talks with such a proposal, 200 talks without added; at "
        "most 1.8 where a card (Luhn's check) or wallet is named that no colleague and no customer wrote, else 0.6. What many "
        "salespeople write word for word is left out. A customer's proposal declined weighs -0.4, a reminder of the rules -0.2.",
        zh="短文本分类器（字符 n 元组哈希与线索词，经校准）只读取同意存档的消息。权重为 log10(0.2/u)，u 为其他销售员会话中出现此类提议的比例"
        "（另加 200 个无此内容的会话）；写明卡号（Luhn 校验）或个人钱包且同事和客户均未写过的，最多 1.8，否则最多 0.6。许多销售员逐字相同的话不计。"
        "拒绝客户提议计 -0.4，提醒遵守规定计 -0.2。",
    ),
    reads={"messages": ("text", "consent", "account_id")},
    uses={"orders": ("account_id", "amount")},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("asked", Text(en="the customer asked for it first", zh="客户先提出"), 0.3),
        Innocent("joke", Text(en="a joke, and called one", zh="玩笑话，且当场说明"), 0.9),
        Innocent("small-money", Text(en="a refund, a shared meal or a collection", zh="退款、聚餐分摊或凑份子"), 0.9),
        Innocent("waiver", Text(en="an allowed way of payment", zh="获准的付款方式"), 1.8),
    ),
    wakes_on=("messages",),
    examples=(
        Example(
            name="the salesperson names his own card",
            fires=True,
            as_of="2025-06-30",
            records=_talk(
                ("customer", "尾款怎么付"),
                ("employee", "不走公司账，你直接打我个人卡上，便宜5个点，卡号6217001234567890122"),
            ),
        ),
        Example(
            name="the customer asks, the salesperson declines: it speaks for the salesperson",
            fires=True,
            as_of="2025-06-30",
            records=_talk(
                ("customer", "不要票，货款我打你私人账户行吗，便宜点"),
                ("employee", "抱歉，货款只能打公司对公账户，公司规定不允许个人收款"),
            ),
        ),
        Example(
            name="a refund to the customer's own card",
            fires=False,
            as_of="2025-06-30",
            records=_talk(
                ("employee", "请发一下您的银行卡号，财务给您退款"),
                ("customer", "我的卡号6217001234567890122，退款打这个"),
            ),
        ),
        Example(
            name="the same words without consent are not read",
            fires=False,
            as_of="2025-06-30",
            records=_talk(
                ("customer", "尾款怎么付"),
                ("employee", "不走公司账，你直接打我个人卡上，便宜5个点，卡号6217001234567890122"),
                consent="false",
            ),
        ),
    ),
)
