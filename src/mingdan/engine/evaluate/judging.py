"""Judge a scan or a replay by the truth: the figures of detection.md §8.3."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from mingdan.engine.evaluate.figures import Bin, Evaluation, Measure
from mingdan.engine.evaluate.reading import Judged, Material, read
from mingdan.engine.evaluate.replayed import (
    Run,
    days_to_raise,
    is_replay,
    margin_in_time,
    named_in,
    raised_in,
    read_run,
)
from mingdan.engine.evaluate.statistics import (
    calibration,
    calibration_error,
    censored_median,
    expected_average_precision,
    rate_upper,
    share_interval,
)
from mingdan.engine.findings import FIRST_KEY_FAMILIES
from mingdan.engine.fuse import Policy

LOWERED = 0.3
"""The probability at which matters count as raised within the budget, beside the alerts that name somebody."""


def evaluate(result: Path, truth: Path) -> Evaluation:
    """Compare a scan's folder with the truth; raise UnreadableResultError if either cannot be read.

    A matter or alert is true if its salesperson diverted and it names a customer, deal or firm of a diversion by then.
    """
    if is_replay(result):
        run = read_run(result, truth)
        return _evaluation(_material(run), tuple(one.judged for one in raised_in(run, LOWERED)), _of_time(run))
    material = read(result, truth)
    return _evaluation(material, _raised(material), (_UNTIMED,))


def _evaluation(material: Material, raised: tuple[Judged, ...], timed: tuple[Measure, ...]) -> Evaluation:
    reliability = calibration([one.probability for one in material.matters], [one.is_true for one in material.matters])
    return Evaluation(
        as_of=material.as_of.isoformat(),
        guilty=len(material.guilty),
        innocent=len(material.innocent),
        alerts=len(material.named),
        matters=len(material.matters),
        diversions=len(material.diversions),
        measures=(
            *_of_alerts(material),
            *_of_recall(material, raised),
            _days(FIRST_SIGNAL, material, raised),
            *timed,
            *_of_matters(material, reliability),
        ),
        by_twin=_by_twin(material),
        by_scheme=_margin_by(material, raised, sorted({one.scheme for one in material.diversions})),
        by_family=_margin_by_family(material, raised),
        days_by_family=_days_by_family(material, raised),
        reliability=tuple(Bin(n, said, true, *share_interval(round(true * n), n)) for n, said, true in reliability),
    )


FIRST_SIGNAL = "median days from first diversion to first signal"
_UNTIMED = Measure(
    "margin recall within 90 days", None, 0, note="needs a replay: one scan does not know when it was raised"
)


def _material(run: Run) -> Material:
    """Return a whole replay as if it were one scan: everything it named, and each matter as it was last scored."""
    last: dict[str, Judged] = {}
    for look in run.looks:
        last.update((one.matter["matter_id"], one) for one in look.matters)
    named = tuple(one for look in run.looks for one in look.named)
    return Material(run.end, run.people, run.diversions, tuple(last.values()), named, ())


def _of_time(run: Run) -> tuple[Measure, ...]:
    """Return how much was raised in time and how long it took: as named, and within the budget at the lower probability."""
    rows = []
    for label, raised in (("named", named_in(run)), (f"at {LOWERED}", raised_in(run, LOWERED))):
        rows.append(Measure(f"margin recall within 90 days, {label}", margin_in_time(run, raised), len(run.ripe)))
        seen, waiting = days_to_raise(run, raised)
        days = [*seen.values(), *waiting.values()]
        value = censored_median(days, [True] * len(seen) + [False] * len(waiting)) if seen else None
        note = f"{len(seen)} raised" + (f" (median {median(seen.values()):.0f})" if seen else "")
        rows.append(
            Measure(
                f"median days from first diversion to the alert, {label}",
                value,
                len(days),
                note=f"{note}, {len(waiting)} not",
            )
        )
    return tuple(rows)


def _raised(material: Material) -> tuple[Judged, ...]:
    """Return the matters that the same budget would name if the probability asked for were lowered: one for a person."""
    allowed = [one for one in material.matters if one.employee and one.probability >= LOWERED and _two_keys(one)]
    allowed.sort(key=lambda one: (-one.probability * float(one.matter["amount_at_risk"]), one.matter["matter_id"]))
    of_each: dict[str | None, Judged] = {}
    for one in allowed:
        of_each.setdefault(one.employee, one)
    budget = max(Policy.for_company(len(material.people)).budget, len(material.named))
    named = {one.employee: one for one in material.named}
    rest = [one for person, one in of_each.items() if person not in named]
    return (*named.values(), *rest[: budget - len(named)])


def _two_keys(one: Judged) -> bool:
    return len(one.families) >= 2 and bool(one.families & FIRST_KEY_FAMILIES)


def _share(name: str, hits: int, n: int, note: str = "") -> Measure:
    if not n:
        return Measure(name, None, 0, note=note or "nothing to count")
    return Measure(name, hits / n, n, *share_interval(hits, n), note=note)


def _rate(name: str, events: int, years: Sequence[float | None]) -> Measure:
    """Return events per 100 rep-years with the one-sided upper bound; per 100 people where the years are unknown."""
    known = [one for one in years if one is not None]
    exposure = (sum(known) if len(known) == len(years) else len(years)) / 100
    note = "" if len(known) == len(years) else "per 100 people: the truth does not say how long they were there"
    if exposure <= 0:
        return Measure(name, None, 0, note="nobody of this kind")
    return Measure(name, events / exposure, events, 0.0, rate_upper(events, exposure), note)


def _of_alerts(material: Material) -> tuple[Measure, ...]:
    named = {one.employee for one in material.named}
    right = sum(one.is_true for one in material.named)
    none = "nobody was named" if not material.named else ""
    innocents = [person for person in material.innocent if person.employee in named]
    return (
        _share("precision among named alerts", right, len(material.named), none),
        _share("precision among named people", len(named & material.guilty), len(named), none),
        _rate("innocents named per 100 rep-years", len(innocents), [person.years for person in material.innocent]),
    )


def _of_recall(material: Material, raised: tuple[Judged, ...]) -> tuple[Measure, ...]:
    nobody = "nobody is guilty" if not material.guilty else ""
    found = [len({one.employee for one in group if one.is_true}) for group in (material.named, raised)]
    margins = [_margin_recall(material, group) for group in (material.named, raised)]
    return (
        _average_precision(material),
        _share("recall of guilty among named", found[0], len(material.guilty), nobody),
        _share(f"recall of guilty within the budget at {LOWERED}", found[1], len(material.guilty), nobody),
        Measure("margin recall among named", margins[0], len(material.diversions), note=nobody),
        Measure(f"margin recall within the budget at {LOWERED}", margins[1], len(material.diversions), note=nobody),
    )


def _average_precision(material: Material) -> Measure:
    name = "average precision over salespeople"
    best: dict[str, float] = defaultdict(float)
    for one in material.matters:
        if one.employee:
            best[one.employee] = max(best[one.employee], one.probability)
    everybody = sorted({person.employee for person in material.people} | best.keys())
    value = expected_average_precision(
        [best.get(one, 0.0) for one in everybody], [one in material.guilty for one in everybody]
    )
    if value is None:
        return Measure(name, None, len(everybody), note="nobody is guilty")
    return Measure(name, value, len(everybody), note=f"at random {len(material.guilty) / len(everybody):.3f}")


def _margin_recall(material: Material, matters: Iterable[Judged], scheme: str | None = None) -> float | None:
    wanted = [one for one in material.diversions if scheme in (None, one.scheme)]
    whole = math.fsum(one.margin for one in wanted)
    reached = {id(one) for matter in matters for one in matter.diversions}
    return math.fsum(one.margin for one in wanted if id(one) in reached) / whole if whole > 0 else None


def _margin_by(material: Material, raised: tuple[Judged, ...], schemes: Sequence[str]) -> tuple[Measure, ...]:
    rows = []
    for scheme in schemes:
        n = sum(one.scheme == scheme for one in material.diversions)
        for label, group in (("named", material.named), (f"at {LOWERED}", raised)):
            rows.append(Measure(f"{scheme}, {label}", _margin_recall(material, group, scheme), n))
    return tuple(rows)


def _margin_by_family(material: Material, raised: tuple[Judged, ...]) -> tuple[Measure, ...]:
    """Return the share of all diverted margin that lies in raised matters to which a family speaks."""
    families = sorted({family for one in material.matters for family in one.families})
    rows = []
    for family in families:
        speaks = [one for one in raised if family in one.families]
        rows.append(Measure(family, _margin_recall(material, speaks), len(speaks)))
    return tuple(rows)


def _of_matters(material: Material, rows: Sequence[tuple[int, float, float]]) -> tuple[Measure, ...]:
    error = calibration_error(rows)
    note = "" if rows else "no matter was scored"
    return (
        Measure("calibration error over all matters", error, len(material.matters), note=note),
        _callbacks("call-back hit rate", material, lambda row: row.get("matter_id") is not None),
        _callbacks("call-back hit rate, drawn at random", material, lambda row: row.get("matter_id") is None),
    )


def _days(name: str, material: Material, raised: Iterable[Judged], among: frozenset[str] | None = None) -> Measure:
    """Return the median over guilty people with the undetected as still waiting; n counts the detected ones."""
    first = {
        person: min(one.day for one in material.diversions if one.employee == person) for person in material.guilty
    }
    seen: dict[str, float] = {}
    for one in raised:
        if one.is_true and one.employee in first:
            begun = min(diversion.day for diversion in one.diversions)
            seen[one.employee] = float((one.first_signal - begun).days)
    if not seen:
        return Measure(name, None, 0, note="none was detected")
    waiting = [person for person in sorted(first) if person not in seen and (among is None or person in among)]
    days = [*seen.values(), *(float((material.as_of - first[person]).days) for person in waiting)]
    value = censored_median(days, [True] * len(seen) + [False] * len(waiting))
    note = f"{len(seen)} detected (median {median(seen.values()):.0f}), {len(waiting)} not"
    return Measure(name, value, len(seen), note=note)


def _days_by_family(material: Material, raised: tuple[Judged, ...]) -> tuple[Measure, ...]:
    families = sorted({family for one in raised if one.is_true for family in one.families})
    return tuple(
        _days(family, material, [one for one in raised if family in one.families], frozenset()) for family in families
    )


def _callbacks(name: str, material: Material, counts: Callable[[dict[str, object]], bool]) -> Measure:
    diverted = {one.account for one in material.diversions}
    drawn = [row for row in material.callbacks if counts(row)]
    return _share(name, sum(row["account_id"] in diverted for row in drawn), len(drawn), "" if drawn else "none drawn")


def _by_twin(material: Material) -> tuple[Measure, ...]:
    named = {one.employee for one in material.named}
    groups = defaultdict(list)
    for person in material.innocent:
        groups[person.twin or "no twin"].append(person)
    return tuple(
        _rate(twin, sum(person.employee in named for person in groups[twin]), [person.years for person in groups[twin]])
        for twin in sorted(groups)
    )
