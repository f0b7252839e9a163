"""The published table of SideDealBench: figures of every scenario with intervals, beside the baselines."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from side_deal_baselines import peers
from side_deal_worlds import CACHE

from mingdan.engine.evaluate.statistics import (
    calibration,
    calibration_error,
    censored_median,
    expected_average_precision,
    rate_upper,
    share_interval,
)
from mingdan.engine.fuse import Policy

Floats = NDArray[np.float64]
Records = Sequence[dict[str, Any]]
DRAWS = 2000


def table_of(records: dict[str, list[dict[str, Any]]], *, every: str, in_time: int) -> str:
    """Return the whole table as Markdown."""
    parts = [f"Looked at every {every}; in time is within {in_time} days.\n"]
    for scenario, found in records.items():
        parts.append(f"### {scenario}: {len(found)} companies\n")
        parts.append(_rows([*_figures(found), *_fairness(found)]))
        parts.append(
            "\n| who ranks and names | average precision over salespeople | precision | innocents named per 100 rep-years |\n| --- | --- | --- | --- |"
        )
        parts += [
            f"| {name} | {ap} | {precision} | {innocents} |" for name, ap, precision, innocents in _baselines(found)
        ]
        parts.append("")
        parts.append(_by_scheme(found))
        parts.append(_by_twin(found))
        parts.append(_reliability(found))
    return "\n".join(parts) + "\n"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(["| figure | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def _figures(found: Records) -> list[tuple[str, str]]:
    alerts = [one for record in found for one in record["alerts"]]
    events, years = _innocents(found, "named")
    guilty = sum(sum(record["guilty"]) for record in found)
    recalls = [sum(sum(record[name]) for record in found) for name in ("found", "found_lowered")]
    matters = [pair for record in found for pair in record["matters"]]
    error = calibration_error(calibration([p for p, _ in matters], [t for _, t in matters]))
    seen, waiting = ([day for record in found for day in record["days"][at].values()] for at in (0, 1))
    middle = censored_median([*seen, *waiting], [True] * len(seen) + [False] * len(waiting))
    return [
        ("precision among named alerts", _share(sum(alerts), len(alerts))),
        (
            "innocent people named per 100 rep-years",
            f"{100 * events / years:.2f} (upper 95 % bound {rate_upper(events, years / 100):.2f})",
        ),
        ("recall of the guilty among the named", _share(recalls[0], guilty)),
        ("recall of the guilty within the budget at .3", _share(recalls[1], guilty)),
        ("margin recall in time, named", _bootstrapped(found, lambda some: _margin(some, 1))),
        ("margin recall in time, at .3", _bootstrapped(found, lambda some: _margin(some, 2))),
        (
            "median days to the alert, at .3, the unraised as waiting",
            "not reached" if middle is None else f"{middle:.0f}",
        ),
        ("median days to the alert of those raised", f"{np.median(seen):.0f} of {len(seen)}" if seen else "none"),
        ("calibration error over all matters", f"{error:.3f} of {len(matters)}" if error is not None else "no matter"),
    ]


def _share(hits: int, n: int) -> str:
    if not n:
        return "none"
    low, high = share_interval(hits, n)
    return f"{hits / n:.2f} ({low:.2f} to {high:.2f}, {hits} of {n})"


def _innocents(found: Records, flag: str) -> tuple[int, float]:
    rows = [
        (named, years)
        for record in found
        for named, years, is_guilty, twin in zip(
            record[flag], record["years"], record["guilty"], record["twin"], strict=True
        )
        if not is_guilty and twin is not None
    ]
    return sum(named for named, _ in rows), sum(years for _, years in rows)


def _margin(found: Records, at: int) -> float | None:
    rows = [row for record in found for row in record["margins"].values()]
    whole = sum(row[0] for row in rows)
    return sum(row[at] for row in rows) / whole if whole else None


def _bootstrapped(found: Records, figure: Callable[[Records], float | None]) -> str:
    """Return a figure with the 95 % interval of the bootstrap over companies."""
    value = figure(found)
    if value is None:
        return "none"
    dice = np.random.default_rng(1)
    drawn = [figure([found[at] for at in dice.integers(0, len(found), len(found))]) for _ in range(DRAWS)]
    low, high = np.percentile([one for one in drawn if one is not None], [2.5, 97.5])
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _fairness(found: Records) -> list[tuple[str, str]]:
    """Return how much more often innocents of one group are raised than others, by the years they have been there."""
    groups: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for record in found:
        for is_guilty, years, score in zip(record["guilty"], record["years"], record["ours"], strict=True):
            if not is_guilty:
                group = groups["under two years" if years < 2 else "longer"]
                group[0] += score >= 0.3
                group[1] += 1
    shares = {name: (hits + 0.5) / (n + 1) for name, (hits, n) in groups.items() if n}
    if len(shares) < 2:
        return []
    ratio = shares["under two years"] / shares["longer"]
    told = ", ".join(f"{name} {hits} of {n}" for name, (hits, n) in sorted(groups.items()))
    return [("innocents scored .3 and more, ratio of short to long tenure", f"{ratio:.2f} ({told})")]


def _baselines(found: Records) -> list[tuple[str, str, str, str]]:
    features = [np.load(CACHE / f"features-{one['scenario']}-{one['seed']}.npz") for one in found]
    others = peers(found, [(one["names"].tolist(), one["values"]) for one in features])
    sizes = np.cumsum([len(record["guilty"]) for record in found])[:-1]
    scores: dict[str, list[Floats]] = {
        "B0 by lot": [np.zeros(len(record["guilty"])) for record in found],
        "B1 words and acts": [np.array(record["words"], dtype=float) for record in found],
        "B2 isolation forest": np.split(others["iforest"], sizes),
        "B2 ECOD": np.split(others["ecod"], sizes),
        "B3 fixed points": [np.array(record["points"]) for record in found],
        "B4 boosting with oracle labels": np.split(others["boosting"], sizes),
        "Mingdan": [np.array(record["ours"]) for record in found],
    }
    return [(name, *_ranked(found, ours, name)) for name, ours in scores.items()]


def _ranked(found: Records, scores: Sequence[Floats], name: str) -> tuple[str, str, str]:
    def precision_of_ranks(at: Sequence[int]) -> float | None:
        values = [expected_average_precision(list(scores[one]), found[one]["guilty"]) for one in at]
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    value = precision_of_ranks(range(len(found)))
    dice = np.random.default_rng(1)
    drawn = [precision_of_ranks(dice.integers(0, len(found), len(found)).tolist()) for _ in range(400)]
    known = [one for one in drawn if one is not None]
    low, high = np.percentile(known, [2.5, 97.5]) if known else (0.0, 0.0)
    ranked = "none guilty" if value is None else f"{value:.2f} ({low:.2f} to {high:.2f})"
    if name == "Mingdan":
        alerts = [one for record in found for one in record["alerts"]]
        events, years = _innocents(found, "named")
        return ranked, _share(sum(alerts), len(alerts)), f"{100 * events / years:.2f}"
    hits = named = 0
    innocents = exposure = 0.0
    for record, score in zip(found, scores, strict=True):
        chosen = _chosen(score, name)
        guilty = np.array(record["guilty"])
        hits, named = hits + int(guilty[chosen].sum()), named + len(chosen)
        innocents += float((~guilty[chosen]).sum())
        exposure += float(np.array(record["years"])[~guilty].sum())
    return ranked, _share(hits, named), f"{100 * innocents / exposure:.2f}"


def _chosen(score: Floats, name: str) -> NDArray[np.int64]:
    """Return whom a baseline names: whoever has any hit (B1), else as many of the highest as our budget allows."""
    if name.startswith("B1"):
        return np.flatnonzero(score > 0)
    order = np.random.default_rng(7).permutation(len(score))
    return order[np.argsort(-score[order], kind="stable")][: Policy.for_company(len(score)).budget]


def _by_scheme(found: Records) -> str:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for record in found:
        for scheme, row in record["margins"].items():
            sums[scheme] = [a + b for a, b in zip(sums[scheme], row, strict=True)]
    rows = [
        f"| {name} | {row[1] / row[0]:.2f} | {row[2] / row[0]:.2f} |" for name, row in sorted(sums.items()) if row[0]
    ]
    return "\n".join(["\n| scheme | margin recall in time, named | at .3 |", "| --- | --- | --- |", *rows]) + "\n"


def _by_twin(found: Records) -> str:
    named: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for record in found:
        for flag, years, guilty, twin in zip(
            record["named"], record["years"], record["guilty"], record["twin"], strict=True
        ):
            if not guilty and twin is not None:
                named[twin or "no twin"][0] += flag
                named[twin or "no twin"][1] += years
    rows = [
        f"| {twin} | {100 * events / years:.2f} | {rate_upper(int(events), years / 100):.1f} |"
        for twin, (events, years) in sorted(named.items())
        if years
    ]
    head = ["| innocent twin | named per 100 rep-years | upper bound |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _reliability(found: Records) -> str:
    matters = [pair for record in found for pair in record["matters"]]
    rows = calibration([p for p, _ in matters], [t for _, t in matters])
    listed = [f"| {said:.2f} | {true:.2f} | {n} |" for n, said, true in rows]
    return "\n".join(["| probability said | came true | matters |", "| --- | --- | --- |", *listed]) + "\n"
