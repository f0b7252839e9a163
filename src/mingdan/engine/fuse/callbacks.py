"""Whom to ask: a sample of customers drawn with known probability, so that what they say measures the company."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mingdan.engine.findings import Text
from mingdan.engine.result import Callback, Matter

AT_RANDOM = 0.2
"""Share of the call-backs spread evenly over all customers: it finds what no detector looks for."""

_BY_RISK = Text(en="the evidence so far is not enough to say more", zh="现有证据不足以下结论，请客户说明")
_AT_RANDOM = Text(en="drawn at random", zh="随机抽取")


def draw_callbacks(
    accounts: Sequence[str],
    matters: Sequence[Matter],
    *,
    size: int,
    seed: str,
    steered: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Callback, ...]:
    """Draw about `size` customers from the frame `accounts`, riskier ones more probably.

    Systematic sampling with unequal probabilities (Madow 1949) over an order that a hash of `seed` decides, so that
    nobody can steer it; each customer's inclusion probability is a fifth even and four fifths by the summed probability
    of its matters, and never above 1. `steered` raises the risk of a salesperson's customers by ten to this power: what
    modifiers saw, which names nobody.
    """
    risk, about = _risk_of(matters, steered)
    ordered = sorted(set(accounts), key=lambda account: hashlib.sha256(f"{seed}:{account}".encode()).digest())
    chances = inclusion_probabilities({account: risk.get(account, 0.0) for account in ordered}, size)
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) / 2**64
    drawn = []
    passed = 0.0
    for account in ordered:
        passed, before = passed + chances[account], passed
        if int(passed - start + 1) > int(before - start + 1):
            matter = about.get(account)
            reason = _BY_RISK if matter else _AT_RANDOM
            drawn.append(Callback(account, reason, float(f"{chances[account]:.6g}"), matter))
    return tuple(sorted(drawn, key=lambda one: (-one.inclusion_probability, one.account_id)))


def inclusion_probabilities(risk: Mapping[str, float], size: int) -> dict[str, float]:
    """Return each customer's chance to be drawn; they sum to `size`, or are all 1 where the frame is smaller."""
    if size >= len(risk):
        return dict.fromkeys(risk, 1.0)
    total = sum(risk.values())
    even = AT_RANDOM if total else 1.0
    wanted = {one: even / len(risk) + ((1 - even) * at / total if total else 0.0) for one, at in risk.items()}
    certain: set[str] = set()
    while True:
        rest = sum(share for one, share in wanted.items() if one not in certain)
        scale = (size - len(certain)) / rest
        over = {one for one, share in wanted.items() if one not in certain and share * scale >= 1}
        if not over:
            return {one: 1.0 if one in certain else share * scale for one, share in wanted.items()}
        certain |= over


def _risk_of(matters: Sequence[Matter], steered: Mapping[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    risk: dict[str, float] = {}
    about: dict[str, str] = {}
    for matter in matters:
        for account in matter.account_ids:
            raised = matter.probability * 10 ** steered.get(matter.employee_id or "", 0.0)
            risk[account] = risk.get(account, 0.0) + raised
            about.setdefault(account, matter.matter_id)
    return risk, about
