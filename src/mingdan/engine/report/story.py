"""One alert as people read it: a story in three lines and everything it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.findings import FIRST_KEY_FAMILIES, Family, Text
from mingdan.engine.report.amounts import Band, amount, band, short_amount
from mingdan.engine.report.drawings import (
    Chart,
    Drawing,
    Relations,
    draw_chart,
    draw_relations,
    draw_timeline,
)
from mingdan.engine.report.figures.timeline import Mark
from mingdan.engine.report.people import People
from mingdan.engine.report.words import FAMILIES, STATUSES, table_title, weight_word
from mingdan.engine.result import Alert, Matter, Reason, ScanResult

Detectors = Mapping[str, Detector[Any]]

MOST_EVIDENCE = 200
LEAST_SHOWN = 0.05
"""A family below this weight would read +0.0: it says nothing, so it is no chip and no line of the story."""


@dataclass(frozen=True)
class Key:
    """One family's weight in an alert; `first` says that it can be the first of the two keys."""

    name: Text
    weight: float
    first: bool


@dataclass(frozen=True)
class ReasonStory:
    number: int
    said: Text
    title: Text
    method: Text | None
    family: Text
    weight: float
    word: Text
    day: str
    evidence: tuple[tuple[Text, Text], ...]
    left_out: int


@dataclass(frozen=True)
class ExplanationGroup:
    """The innocent explanations of one status, each with the numbers of the reasons that it would explain."""

    status: str
    said: Text
    texts: tuple[tuple[Text, str], ...]


@dataclass(frozen=True)
class AlertStory:
    rank: int
    alert_id: str
    person: Text
    number: Text
    customers: tuple[Text, ...]
    firms: tuple[Text, ...]
    amount: str | None
    short: Text
    margin: str | None
    band: Band
    weight: float
    keys: tuple[Key, ...]
    first_day: str
    last_day: str
    seen: tuple[Text, ...]
    next_step: Text
    reasons: tuple[ReasonStory, ...]
    explanations: tuple[ExplanationGroup, ...]
    timeline: Drawing
    charts: tuple[Chart, ...]
    relations: Relations | None


def family_of(reason: Reason, detectors: Detectors) -> Family:
    """Return the family of a reason; a detector that is no longer registered counts as process."""
    detector = detectors.get(reason.finding.detector)
    return detector.family if detector else "process"


def keys_of(matter: Matter, detectors: Detectors) -> tuple[Key, ...]:
    """Return what each family weighs in a matter, the heaviest first."""
    sums: dict[Family, float] = {}
    for reason in matter.reasons:
        family = family_of(reason, detectors)
        sums[family] = sums.get(family, 0.0) + reason.weight
    told = {family: weight for family, weight in sums.items() if abs(weight) >= LEAST_SHOWN}
    ordered = sorted(told.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Key(FAMILIES[family], weight, family in FIRST_KEY_FAMILIES) for family, weight in ordered)


def tell(alert: Alert, result: ScanResult, people: People, detectors: Detectors) -> AlertStory:
    """Return the story of an alert."""
    matter = alert.matter
    reasons = tuple(_reason(number, one, people, detectors) for number, one in enumerate(matter.reasons, start=1))
    return AlertStory(
        rank=alert.rank,
        alert_id=alert.alert_id,
        person=people.label(matter.employee_id),
        number=people.number(matter.employee_id or ""),
        customers=tuple(people.customer(one) for one in matter.account_ids),
        firms=tuple(people.firm(one) for one in people.outside_firms(matter)),
        amount=amount(matter.amount_at_risk, result.currency) if matter.amount_at_risk else None,
        short=short_amount(matter.amount_at_risk, result.currency),
        margin=None if matter.margin_at_risk is None else amount(matter.margin_at_risk, result.currency),
        band=band(matter.probability),
        weight=matter.weight_of_evidence,
        keys=keys_of(matter, detectors),
        first_day=matter.first_signal_at.date().isoformat(),
        last_day=matter.last_signal_at.date().isoformat(),
        seen=_seen(matter, reasons, detectors),
        next_step=alert.next_step,
        reasons=reasons,
        explanations=_explanations(alert),
        timeline=_timeline(alert, result, detectors),
        charts=_charts(alert, result),
        relations=draw_relations(matter, people, f"alert-{alert.rank}-relations"),
    )


def _seen(matter: Matter, reasons: tuple[ReasonStory, ...], detectors: Detectors) -> tuple[Text, ...]:
    """Return the heaviest reason of each of the two heaviest families: the two keys, in words."""
    first_of: dict[Family, Text] = {}
    for reason, told in zip(matter.reasons, reasons, strict=True):
        if reason.weight >= LEAST_SHOWN:
            first_of.setdefault(family_of(reason, detectors), told.said)
    return tuple(first_of.values())[:2]


def _reason(number: int, reason: Reason, people: People, detectors: Detectors) -> ReasonStory:
    detector = detectors.get(reason.finding.detector)
    rows = reason.finding.evidence
    code = reason.finding.detector
    return ReasonStory(
        number=number,
        said=people.told(reason, detectors),
        title=detector.title if detector else Text(code, code),
        method=detector.method if detector else None,
        family=FAMILIES[family_of(reason, detectors)],
        weight=reason.weight,
        word=weight_word(reason.weight),
        day=reason.finding.at.date().isoformat(),
        evidence=tuple((table_title(row.table), people.row(row)) for row in rows[:MOST_EVIDENCE]),
        left_out=max(0, len(rows) - MOST_EVIDENCE),
    )


def _explanations(alert: Alert) -> tuple[ExplanationGroup, ...]:
    numbers: dict[str, list[int]] = {}
    for number, reason in enumerate(alert.matter.reasons, start=1):
        numbers.setdefault(reason.finding.detector, []).append(number)
    groups = []
    for status, said in STATUSES.items():
        texts = tuple(
            (
                one.text,
                ", ".join(map(str, sorted(number for code in one.detectors for number in numbers.get(code, ())))),
            )
            for one in alert.innocent_explanations
            if one.status == status
        )
        if texts:
            groups.append(ExplanationGroup(status, said, texts))
    return tuple(groups)


def _timeline(alert: Alert, result: ScanResult, detectors: Detectors) -> Drawing:
    marks = [
        Mark(number, reason.finding.at.date(), family_of(reason, detectors), reason.weight)
        for number, reason in enumerate(alert.matter.reasons, start=1)
    ]
    figures = [reason.finding.figure for reason in alert.matter.reasons if reason.finding.figure]
    return draw_timeline(marks, figures, result.as_of, f"alert-{alert.rank}-timeline")


def _charts(alert: Alert, result: ScanResult) -> tuple[Chart, ...]:
    figures = [
        (number, reason.finding.figure)
        for number, reason in enumerate(alert.matter.reasons, start=1)
        if reason.finding.figure and reason.finding.figure.points
    ]
    return tuple(
        draw_chart(number, figure, result.currency, f"alert-{alert.rank}-chart-{number}", alone=len(figures) == 1)
        for number, figure in figures
    )
