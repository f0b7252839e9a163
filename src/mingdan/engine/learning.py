"""Learn from a company's own closed cases and call-backs how much each detector's word is worth there."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from mingdan.engine.evaluate.reading import UnreadableResultError, read_scan
from mingdan.engine.fuse import Fusion

Floats = NDArray[np.float64]

SUBSTANTIATED, UNFOUNDED, UNDETERMINED = "substantiated", "unfounded", "undetermined"
INTERCEPT_SPREAD, FACTOR_SPREAD = 1.0, 0.35
"""Prior spreads: of the log odds of all matters together, and of each detector's factor around 1. Few cases move little."""

HIGHEST = 2.0
"""No factor is learnt above this many times the one that stood."""


class UnreadableOutcomesError(UnreadableResultError):
    """The file of outcomes cannot be used; the message is one sentence that says where and what to write."""


@dataclass(frozen=True)
class Outcome:
    """How one case ended: it names a matter, or a customer who was called back; `is_true` if there was a side deal."""

    matter_id: str | None
    account_id: str | None
    is_true: bool


@dataclass(frozen=True)
class Learnt:
    """What the outcomes moved: the new figures, how many matters were decided, and the mean log loss before and after."""

    fusion: Fusion
    decided: int
    true: int
    loss_before: float
    loss_after: float


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """Read a CSV with `matter_id` or `account_id`, and `outcome`: substantiated, unfounded or undetermined (left out)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableOutcomesError(f"{path} cannot be read as CSV.") from error
    found = []
    for line, row in enumerate(rows, start=2):
        outcome = (row.get("outcome") or "").strip().lower()
        matter, account = ((row.get(name) or "").strip() or None for name in ("matter_id", "account_id"))
        if outcome not in (SUBSTANTIATED, UNFOUNDED, UNDETERMINED):
            raise UnreadableOutcomesError(
                f"Line {line} of {path}: outcome must be {SUBSTANTIATED}, {UNFOUNDED} or {UNDETERMINED}, not {outcome!r}."
            )
        if matter is None and account is None:
            raise UnreadableOutcomesError(f"Line {line} of {path} names neither a matter_id nor an account_id.")
        if outcome != UNDETERMINED:
            found.append(Outcome(matter, account, outcome == SUBSTANTIATED))
    return tuple(found)


def learn_from(results: Sequence[Path], outcomes: Sequence[Outcome], fusion: Fusion) -> Learnt:
    """Return the figures that make the decided matters of these scans come true most nearly, held near those that stood.

    Log odds of a matter = those it was given + a + sum over detectors of (f - 1) times the weight the detector had there,
    with a normal around 0 and every factor f normal around 1: the most probable a and f (MAP). Which matters were looked
    into may depend on what was said of them; how they ended, given that, is what is learnt from.
    """
    said, weights, true, codes = _decided(results, outcomes, fusion)
    if not len(said):
        raise UnreadableOutcomesError("None of the outcomes names a matter or a customer that stands in these scans.")
    before = np.log(said / (1 - said))

    def loss(theta: Floats) -> tuple[float, Floats]:
        odds = before + theta[0] + weights @ theta[1:]
        off = 1 / (1 + np.exp(-odds)) - true
        held = np.concatenate([[theta[0] / INTERCEPT_SPREAD**2], theta[1:] / FACTOR_SPREAD**2])
        value = _log_loss(odds, true) + 0.5 * float(held @ theta)
        return value, np.concatenate([[off.sum()], weights.T @ off]) + held

    bounds = [(None, None)] + [(-1.0, HIGHEST - 1)] * len(codes)
    theta: Floats = minimize(loss, np.zeros(1 + len(codes)), jac=True, bounds=bounds, method="L-BFGS-B").x
    factors = {code: fusion.scale(code) * (1 + float(moved)) for code, moved in zip(codes, theta[1:], strict=True)}
    scales = {**fusion.scales, **{code: round(factor, 4) for code, factor in factors.items()}}
    after = before + theta[0] + weights @ theta[1:]
    return Learnt(
        replace(fusion, intercept=round(fusion.intercept + float(theta[0]), 4), scales=scales),
        decided=len(true),
        true=int(true.sum()),
        loss_before=_log_loss(before, true) / len(true),
        loss_after=_log_loss(after, true) / len(true),
    )


def _log_loss(odds: Floats, true: Floats) -> float:
    return float(np.sum(np.logaddexp(0, odds) - true * odds))


def _decided(
    results: Sequence[Path], outcomes: Sequence[Outcome], fusion: Fusion
) -> tuple[Floats, Floats, Floats, tuple[str, ...]]:
    """Return of each decided matter the probability it was given, what each detector said there, and how it ended.

    A matter that stands in several scans counts as in the last of them; a matter's own outcome goes before its customer's.
    """
    by_matter = {one.matter_id: one.is_true for one in outcomes if one.matter_id}
    by_account = {one.account_id: one.is_true for one in outcomes if one.account_id}
    latest: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], bool]] = {}
    for scan in sorted((read_scan(path) for path in results), key=lambda one: str(one["scan"]["as_of"])):
        findings = {one["finding_id"]: one for one in scan["findings"]}
        for matter in scan["matters"]:
            told = [by_account[account] for account in matter["account_ids"] if account in by_account]
            ended = by_matter.get(matter["matter_id"], any(told) if told else None)
            if ended is not None:
                latest[matter["matter_id"]] = matter, findings, ended
    codes = tuple(
        sorted(
            {findings[name]["detector"] for matter, findings, _ in latest.values() for name in matter["finding_ids"]}
        )
    )
    weights = np.zeros((len(latest), len(codes)))
    for place, (matter, cited, _) in enumerate(latest.values()):
        for name in matter["finding_ids"]:
            column = codes.index(cited[name]["detector"])
            worth = max(0.0, fusion.worth(codes[column], cited[name]["weight"])) * math.log(10)
            weights[place, column] = max(weights[place, column], fusion.slope * worth)
    said = np.array([min(max(matter["probability"], 1e-6), 1 - 1e-6) for matter, _, _ in latest.values()])
    return said, weights, np.array([float(ended) for _, _, ended in latest.values()]), codes


def parameter_file(learnt: Learnt) -> str:
    """Return a parameter file (TOML) with what was learnt."""
    figures = json.dumps(learnt.fusion.intercept)
    scales = "\n".join(f"{code} = {factor}" for code, factor in sorted(learnt.fusion.scales.items()))
    return (
        f"# Written by `mingdan learn` from {learnt.decided} decided matters, {learnt.true} of them substantiated.\n\n"
        f"[fusion]\nintercept = {figures}\n\n[scales]\n{scales}\n"
    )
