"""What the customers called back answered, as the report shows it."""

from dataclasses import dataclass

from mingdan.engine.findings import Text
from mingdan.engine.report.people import People
from mingdan.engine.result import CallbackEstimate, DiversionRate, Estimated

_NO_ANSWERS = Text("nobody answered", "无人答复")


@dataclass(frozen=True)
class ShownShare:
    """A share and its interval, as people write them."""

    rate: str
    range: str


@dataclass(frozen=True)
class ShownRate:
    """One row; a team's name is its id, None for the company. Shares are None where they are withheld."""

    name: Text | None
    asked: str
    reached: str
    answered: str
    elsewhere: ShownShare | None
    through: ShownShare | None
    withheld: Text


@dataclass(frozen=True)
class ShownEstimate:
    """The whole section."""

    since: str
    until: str
    customers: str
    company: ShownRate
    teams: tuple[ShownRate, ...]
    caveat: Text


def shown_estimate(estimate: CallbackEstimate | None, people: People) -> ShownEstimate | None:
    """Return the estimate for the page; None where there is none."""
    if estimate is None:
        return None
    return ShownEstimate(
        since=estimate.since.isoformat(),
        until=estimate.until.isoformat(),
        customers=f"{estimate.customers:,}",
        company=_row(estimate.company, people),
        teams=tuple(_row(team, people) for team in estimate.teams),
        caveat=estimate.caveat,
    )


def _row(rate: DiversionRate, people: People) -> ShownRate:
    return ShownRate(
        name=people.masked(rate.team_id) if rate.team_id else None,
        asked=f"{rate.asked:,}",
        reached=f"{rate.reached:,}",
        answered=f"{rate.answered:,}",
        elsewhere=_share(rate.elsewhere),
        through=_share(rate.through),
        withheld=rate.withheld or _NO_ANSWERS,
    )


def _share(share: Estimated | None) -> ShownShare | None:
    if share is None:
        return None
    return ShownShare(_percent(share.rate) + " %", f"{_percent(share.low)}–{_percent(share.high)} %")


def _percent(value: float) -> str:
    """Write a share in percent: whole from 10 % on, else one decimal."""
    return f"{100 * value:.0f}" if value >= 0.0995 else f"{100 * value:.1f}"
