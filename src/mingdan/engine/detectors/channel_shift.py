"""C1: a salesperson draws a customer from the company's channel to a private one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.channel_drop import REMAINS, Drop, drop_after, talk_steps
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.innocent_causes import handed_over, holidays_fill
from mingdan.engine.methods.peer_shares import share_of_others
from mingdan.engine.methods.talk_archive import Pair, Said, acts_said, threads
from mingdan.engine.methods.talk_judgement import was_asked
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Parameters:
    """`words` caps the weight of words alone; `expected` is how often a side deal's talk is in the archive.

    `prior` is how many talks without such words are added to the others'. A drop counts from `largest_p` on.
    """

    words: float = 0.2
    expected: float = 0.2
    prior: int = 200
    largest_p: float = 0.1


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding by salesperson and customer to whom the salesperson proposed a private channel."""
    acts = tables.once(acts_said)
    proposed = {pair: [one for one in said if one.by_employee and one.act == "shift"] for pair, said in acts.items()}
    proposed = {pair: said for pair, said in proposed.items() if said}
    if not proposed:
        return []
    shares = share_of_others(tables.once(threads), proposed, prior=parameters.prior)
    steps = tables.once(talk_steps)
    moved = handed_over(tables, {account: said[0].at for (_, account), said in proposed.items()}, after_days=90)
    risk = yearly_turnover(tables, {account for _, account in proposed})
    found = []
    for pair, said in proposed.items():
        words = min(parameters.words, math.log10(parameters.expected / shares[pair[0]]))
        drop = drop_after(steps, pair, said[0].at, tables.as_of, proposed)
        fell = drop if drop and drop.after <= REMAINS * drop.expected and drop.p <= parameters.largest_p else None
        weight = words + (weight_from_p(fell.p) if fell else 0.0)
        if words > 0:
            explanations = _explanations(tables, pair, said, acts[pair], fell, pair[1] in moved)
            found.append(_finding(pair, weight, said, fell, explanations, risk.get(pair[1], Decimal(0))))
    return found


def _explanations(
    tables: Tables, pair: Pair, said: Sequence[Said], acts: Sequence[Said], fell: Drop | None, moved: bool
) -> dict[str, Status]:
    asked = all(was_asked(acts, one) for one in said)
    explanations: dict[str, Status] = {"asked": "supported" if asked else "ruled_out"}
    if not fell:
        return {**explanations, "holiday": "ruled_out", "leave": "ruled_out", "hand-over": "ruled_out"}
    start, end = said[0].at, min(tables.as_of, said[0].at + timedelta(days=100))
    return {
        **explanations,
        "holiday": holidays_fill(tables.context, start, end, Scope(account_id=pair[1], employee_id=pair[0])),
        "leave": tables.context.on_leave(pair[0], start, end),
        "hand-over": "supported" if moved else "ruled_out",
    }


def _finding(
    pair: Pair,
    weight: float,
    said: Sequence[Said],
    fell: Drop | None,
    explanations: dict[str, Status],
    at_risk: Decimal,
) -> Finding:
    return Finding(
        subject_kind="account",
        subject_id=pair[1],
        at=said[-1].at,
        weight=weight,
        evidence=tuple(Evidence("messages", one.message_id) for one in said),
        facts={
            "proposals": len(said),
            "day": said[0].at,
            "before": fell.before if fell else 0,
            "after": fell.after if fell else 0,
            "expected": fell.expected if fell else 0.0,
        },
        employee_id=pair[0],
        account_ids=(pair[1],),
        amount_at_risk=at_risk,
        explanations=explanations,
    )


def _talks(words: str, customer_first: str = "好的", consent: str = "true") -> dict[str, list[dict[str, object]]]:
    """Return twenty-three talks of eight salespeople, a message a fortnight; the first falls silent after `words` in April."""
    rows: list[dict[str, object]] = []
    for talk in range(23):
        for place in range(10):
            day = datetime(2025, 1, 2, 9) + timedelta(days=14 * place)  # noqa: DTZ001
            if talk == 0 and day > datetime(2025, 4, 2):  # noqa: DTZ001
                break
            rows.append(_message(f"M{talk}-{place}", f"E{talk % 8}", f"A{talk}", day, place % 2 == 0, "好的，收到"))
            rows[-1]["consent"] = consent
    for place, (by_employee, text) in enumerate([(False, customer_first), (True, words)]):
        day = datetime(2025, 4, 2, 12, place)  # noqa: DTZ001
        rows.append(_message(f"S{place}", "E0", "A0", day, by_employee, text))
        rows[-1]["consent"] = consent
    return {"messages": rows}


def _message(name: str, employee: str, account: str, at: datetime, by_employee: bool, text: str) -> dict[str, object]:
    return {
        "message_id": name,
        "employee_id": employee,
        "account_id": account,
        "sent_at": at.isoformat(sep=" "),
        "sender": "employee" if by_employee else "customer",
        "kind": "text",
        "text": text,
    }


DETECTOR = Detector(
    code="channel-shift",
    version=1,
    design="C1",
    family="communication",
    strength="W3",
    title=Text(en="Drawn to a private channel", zh="引流到私人渠道"),
    question=Text(
        en="Does a salesperson ask a customer to leave the company's channel for a private one, and does the talk then stop?",
        zh="销售员是否请客户离开公司渠道改用私人渠道，此后公司渠道的往来是否骤减？",
    ),
    sentence=Text(
        en="In archived talk the salesperson proposes a private channel, messages: {proposals:count}, first on {day:day}[; after "
        "{before:count} messages in the time before, the company's channel carries {after:count} in the same time where like talks let "
        "expect {expected:times}].",
        zh="在已同意存档的会话中，销售员提议改用私人渠道，消息 {proposals:count} 条，首次为 {day:day}[；此前有 {before:count} "
        "条消息，此后同样时长仅 {after:count} 条，按同类会话应有 {expected:times} 条]。",
    ),
    next_step=Text(
        en="Read the messages in the archive's own viewer, and let somebody else ask the customer who serves it now.",
        zh="在存档系统中阅读这些消息，并由其他人员询问客户目前由谁服务。",
    ),
    method=Text(
        en="A classifier of short texts reads archived messages with consent; who proposes is the sender. Words alone: log10(0.2 / "
        "u), u being the share of other salespeople's talks with such words, at most 0.2. If at most a fifth of the expected "
        "messages follow in up to 90 days, the weight of the rank among like talks (Sellke's bound) is added; at most 1.0.",
        zh="短文本分类器只读取同意存档的消息；谁提议由发送方判断。仅有话语时为 log10(0.2/u)，u 为其他销售员会话中出现此类话语的比例，最多 "
        "0.2。若此后最多 90 天内的消息不到预期的五分之一，再加上在同类会话中名次的权重（Sellke 界），最多 1.0。",
    ),
    reads={"messages": ("text", "consent", "account_id")},
    uses={"owner_changes": ("account_id",), "leaves": ("employee_id",), "orders": ("account_id", "amount")},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("asked", Text(en="the customer asked for it first", zh="客户先提出"), 0.6),
        Innocent("holiday", Text(en="holidays", zh="节假日"), 0.6),
        Innocent("leave", Text(en="the salesperson's leave", zh="销售员休假"), 0.8),
        Innocent("hand-over", Text(en="the customer was handed over", zh="客户已移交他人"), 0.8),
    ),
    wakes_on=("messages",),
    examples=(
        Example(
            name="the salesperson proposes a private account, and the company's channel falls silent",
            fires=True,
            as_of="2025-08-30",
            records=_talks("加我私人微信聊吧，这个号公司能看到"),
        ),
        Example(
            name="the same silence after harmless words",
            fires=False,
            as_of="2025-08-30",
            records=_talks("好的，报价已发您邮箱"),
        ),
        Example(
            name="the same words without consent are not read",
            fires=False,
            as_of="2025-08-30",
            records=_talks("加我私人微信聊吧，这个号公司能看到", consent="false"),
        ),
    ),
)
