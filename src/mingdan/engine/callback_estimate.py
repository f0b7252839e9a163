"""How many customers say that they bought elsewhere: estimated from call-backs drawn by chance, for firm and teams."""

from dataclasses import replace
from datetime import date, timedelta

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.findings import Text
from mingdan.engine.methods.callback_answers import asked_by_chance
from mingdan.engine.methods.horvitz_thompson import after_non_response, share
from mingdan.engine.result import CallbackEstimate, DiversionRate, Estimated
from mingdan.engine.trail import Columns, Tables

DAYS = 365
LEAST_PEOPLE, LEAST_ANSWERS = 5, 20
"""A team with fewer of either is not told: its figure would be about persons, or about nothing."""

Flags = NDArray[np.bool_]

_CAVEAT = Text(
    en="Customers buy from several firms. The first figure counts those who say that they bought our kind of goods "
    "elsewhere, which is normal business and no measure of side deals. The second counts those who also named one of our "
    "salespeople, or a supplier tied to one; such an answer is hearsay until there is a document. {response} of those "
    "asked in the year answered; the others are taken to answer as customers of the same region, still buying or not, did.",
    zh="客户往往同时向多家企业采购。第一个数字统计表示已从别处购买同类产品的客户，这属于正常经营，不能据此衡量私单。第二个数字只统计同时提到本公司销售员、或供货方与本公司销售员有关联的客户；在有书面凭证之前，这类答复只是口头说法。一年内受访客户中有 {response} 作了答复；其余客户按同一区域、同样仍在（或已停止）采购的客户的答复推算。",
)
_FEW = Text(
    en=" There are fewer than 20 answers: read the intervals, not the figures.",
    zh="答复不足 20 份：请看区间，不要看单个数字。",
)
_FEW_PEOPLE = Text(en="fewer than 5 people", zh="不足 5 人")
_FEW_ANSWERS = Text(en="fewer than 20 answers", zh="答复不足 20 份")
_DEDUCIBLE = Text(en="withheld so that a smaller team cannot be worked out", zh="为避免推算出较小团队的情况，不予公布")


def estimate_from_callbacks(tables: Tables) -> CallbackEstimate | None:
    """Return the estimates from the year up to the as-of date; None where nobody was drawn by chance.

    An answer counts by the inverse of the chance with which its customer was drawn and answered. A team's answers are
    those of the customers that its people own at the time of the call.
    """
    if not tables.has("callbacks", "bought_elsewhere"):
        return None
    since = tables.as_of - timedelta(days=DAYS)
    asked, customers = asked_by_chance(tables, since)
    if not len(asked["callback_id"]):
        return None
    everybody = np.ones(len(asked["callback_id"]), dtype=bool)
    company = _rate(None, asked, everybody)
    people = _people_by_team(tables)
    teams = [_rate(team, asked, asked["team_id"] == team) for team in sorted(people)]
    response = f"{company.answered / company.asked:.0%}".replace("%", " %")
    caveat = Text(_CAVEAT.en.format(response=response), _CAVEAT.zh.format(response=response))
    if company.answered < LEAST_ANSWERS:
        caveat = Text(caveat.en + _FEW.en, caveat.zh + _FEW.zh)
    return CallbackEstimate(
        since=_day(since),
        until=_day(tables.as_of),
        customers=customers,
        company=company,
        teams=_protected(teams, people),
        caveat=caveat,
    )


def _rate(team: str | None, asked: Columns, inside: Flags) -> DiversionRate:
    """Return the estimates over the calls inside; None where nobody answered."""
    answered = asked["answered"][inside] == 1
    rate = DiversionRate(team, int(inside.sum()), int((asked["reached"][inside] == 1).sum()), int(answered.sum()))
    if not rate.answered:
        return rate
    classes = [
        f"{still}|{region}" for still, region in zip(asked["still"][inside], asked["region"][inside], strict=True)
    ]
    chances = after_non_response(asked["chance"][inside], answered, classes)
    told = [share(asked[name][inside][answered].astype(np.float64), chances) for name in ("elsewhere", "through")]
    elsewhere, through = (Estimated(_digits(one.rate), _digits(one.low), _digits(one.high)) for one in told)
    return replace(rate, elsewhere=elsewhere, through=through)


def _protected(teams: list[DiversionRate], people: dict[str, int]) -> tuple[DiversionRate, ...]:
    """Withhold teams of few people or answers, and while these together are few, the next smallest team as well.

    Otherwise the company's figure less the other teams' would tell what was withheld.
    """
    hidden: dict[str, Text] = {}
    for one in teams:
        if people[one.team_id or ""] < LEAST_PEOPLE:
            hidden[one.team_id or ""] = _FEW_PEOPLE
        elif one.answered < LEAST_ANSWERS:
            hidden[one.team_id or ""] = _FEW_ANSWERS
    smallest_first = sorted(teams, key=lambda one: (one.answered, one.team_id or ""))
    for one in smallest_first:
        kept_back = [other for other in teams if other.team_id in hidden]
        together = sum(other.answered for other in kept_back), sum(people[other.team_id or ""] for other in kept_back)
        if not kept_back or (together[0] >= LEAST_ANSWERS and together[1] >= LEAST_PEOPLE):
            break
        hidden.setdefault(one.team_id or "", _DEDUCIBLE)
    return tuple(
        replace(one, elsewhere=None, through=None, withheld=hidden[one.team_id or ""]) if one.team_id in hidden else one
        for one in teams
    )


def _people_by_team(tables: Tables) -> dict[str, int]:
    """Return how many people each team that has salespeople has today."""
    today = _day(tables.as_of)
    staff: Expression = tables.employees.filter(
        ibis._.team_id.notnull() & (ibis._.left_date.isnull() | (ibis._.left_date > today))
    )
    counted = staff.group_by("team_id").agg(n=ibis._.count(), reps=(ibis._.role == "rep").ifelse(1, 0).sum())
    rows = tables.records(counted, order_by=["team_id"])
    return {row["team_id"]: row["n"] for row in rows if row["reps"] or not tables.has("employees", "role")}


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _day(at: date) -> date:
    return date(at.year, at.month, at.day)
