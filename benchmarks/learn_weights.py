"""Learn how much each detector's weights are worth, on invented companies that are never reported: writes learnt.toml.

Each matter of each company is one case. Its log odds are modelled as a sum over detectors of a factor times the weight
that the detector keeps in the matter, plus a factor for what the person's other matters say (logistic regression with
non-negative factors). Factors are held near a common one by a penalty, so that a detector that spoke seldom keeps about
the common factor; the loss on companies left out is printed for several penalties. Then the probabilities that the fusion gives with
these factors are compared with the truth, and a slope and an intercept on the log odds are fitted to it.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from side_deal_worlds import Scanned, scanned, tuning_worlds, worlds_in

from mingdan.engine.detectors import DETECTORS
from mingdan.engine.evaluate.reading import Diversion, Judge
from mingdan.engine.evaluate.statistics import calibration, calibration_error, expected_average_precision
from mingdan.engine.fuse import Fusion, matters_of
from mingdan.engine.fuse.common_signs import lowered
from mingdan.engine.fuse.grouping import groups_of
from mingdan.engine.fuse.matters import counted_of
from mingdan.engine.fuse.weighing import spill_over, weigh
from mingdan.engine.result import Matter

COMPANIES = 36
LOOKS_BACK = (0,)
PENALTY = 3.0
"""The held-out loss hardly differs from 1 to 30, so the least that still steadies detectors that seldom speak."""

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
FOLDS = 6
MOST = 1.5
"""A learnt factor above this is not believed: the strength of a detector is a judgement that stands."""
OUT = Path(__file__).parents[1] / "src/mingdan/engine/fuse/learnt.toml"

Floats = NDArray[np.float64]
CODES = tuple(detector.code for detector in DETECTORS if not detector.modifier)
FAMILY_OF = {detector.code: detector.family for detector in DETECTORS}


@dataclass(frozen=True)
class Cases:
    """Matters as rows: the weight each detector keeps, what other matters say, whether it is true, and its company."""

    weights: Floats
    elsewhere: Floats
    is_true: Floats
    company: NDArray[np.int64]


def truth_of(one: Scanned) -> Judge:
    """Return what judges the matters of a scan by the diversions up to its moment."""
    told = [
        Diversion(row["scheme"], row["employee_id"], row["account_id"], row["opportunity_id"], row["company_id"],
                  row["diverted_at"], 0.0)
        for row in one.truth["diversions"]
    ]  # fmt: skip
    return Judge(tuple(each for each in told if str(each.day)[:10] <= f"{one.moment:%Y-%m-%d}"))


def judged(matter: Matter, judge: Judge) -> bool:
    """Return whether a matter points to a diversion."""
    names = ("employee_id", "account_ids", "opportunity_ids", "company_ids")
    return judge({name: getattr(matter, name) for name in names}).is_true


def cases_of(scans: Sequence[Scanned], fusion: Fusion) -> Cases:
    """Return every matter of every scan as one case."""
    rows, elsewhere, truth, company = [], [], [], []
    by_code = {detector.code: detector for detector in DETECTORS}
    for one in scans:
        judge = truth_of(one)
        counted = counted_of(one.findings, by_code, one.moment, fusion)
        by_person: dict[str, list[tuple[object, ...]]] = {}
        for group in groups_of(lowered(counted, one.salespeople, fusion)):
            if group[0].employee_id:
                by_person.setdefault(group[0].employee_id, []).append(group)
        for person, groups in by_person.items():
            weighed = [weigh(group, FAMILY_OF, fusion) for group in groups]  # type: ignore[arg-type]
            for each, other in zip(weighed, spill_over(weighed, fusion), strict=True):
                row = np.zeros(len(CODES))
                for finding, weight in each.findings:
                    row[CODES.index(finding.detector)] += weight
                found = [finding for finding, _ in each.findings]
                said = {
                    "employee_id": person,
                    "account_ids": [name for finding in found for name in finding.account_ids],
                    "opportunity_ids": [name for finding in found for name in finding.opportunity_ids],
                    "company_ids": [name for finding in found for name in finding.company_ids],
                }
                rows.append(row)
                elsewhere.append(other)
                truth.append(judge(said).is_true)
                company.append(one.world.seed)
    return Cases(np.array(rows), np.array(elsewhere), np.array(truth, dtype=float), np.array(company))


def fitted(cases: Cases, penalty: float) -> Floats:
    """Return the intercept, the factor of what is said elsewhere, the common factor, and each detector's own factor."""
    features = math.log(10) * np.column_stack([cases.elsewhere, cases.weights])
    features[:, 1:] = np.maximum(features[:, 1:], -2 * math.log(10))

    def loss(theta: Floats) -> tuple[float, Floats]:
        factors = np.concatenate([[theta[1]], theta[3:]])
        odds = theta[0] + features @ factors
        chance = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
        apart = theta[3:] - theta[2]
        value = float(np.sum(np.logaddexp(0, odds) - cases.is_true * odds) + penalty * np.sum(apart**2))
        slope = features.T @ (chance - cases.is_true)
        gradient = np.concatenate(
            [
                [np.sum(chance - cases.is_true)],
                [slope[0]],
                [-2 * penalty * np.sum(apart)],
                slope[1:] + 2 * penalty * apart,
            ]
        )
        return value, gradient

    start = np.concatenate([[-4.0, 0.3, 0.6], np.full(len(CODES), 0.6)])
    bounds = [(None, 0.0), (0.0, 2.0), (0.0, 2.0)] + [(0.0, MOST)] * len(CODES)
    answer: Floats = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return answer


def held_out_loss(cases: Cases, penalty: float) -> float:
    """Return the mean log loss on companies that were left out of the fit."""
    seeds = np.unique(cases.company)
    total = 0.0
    for fold in range(FOLDS):
        out = np.isin(cases.company, seeds[fold::FOLDS])
        some = Cases(cases.weights[~out], cases.elsewhere[~out], cases.is_true[~out], cases.company[~out])
        theta = fitted(some, penalty)
        odds = theta[0] + math.log(10) * (theta[1] * cases.elsewhere[out] + cases.weights[out] @ theta[3:])
        total += float(np.sum(np.logaddexp(0, odds) - cases.is_true[out] * odds))
    return total / len(cases.is_true)


def stretched(scans: Sequence[Scanned], fusion: Fusion) -> tuple[float, float]:
    """Return the slope and intercept that make the fusion's probabilities come true most nearly."""
    said, true = probabilities(scans, fusion)
    odds = np.log(said / (1 - said))

    def loss(theta: Floats) -> float:
        moved = theta[1] + theta[0] * odds
        return float(np.sum(np.logaddexp(0, moved) - true * moved))

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.3, 2.0), (-5.0, 5.0)]).x
    return float(slope), float(intercept)


def probabilities(scans: Sequence[Scanned], fusion: Fusion) -> tuple[Floats, Floats]:
    """Return what the fusion says of every matter of a salesperson, and what is true."""
    said, true = [], []
    for one in scans:
        judge = truth_of(one)
        for matter in matters_of(one.findings, DETECTORS, one.salespeople, as_of=one.moment, fusion=fusion):
            if matter.employee_id:
                said.append(min(max(matter.probability, 1e-9), 1 - 1e-9))
                true.append(judged(matter, judge))
    return np.array(said), np.array(true, dtype=float)


def main() -> None:
    """Learn on the tuning companies and write what was learnt."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--companies", type=int, default=COMPANIES)
    parser.add_argument(
        "--also", nargs="*", type=Path, default=(), help="folders of trails with a truth, by other hands"
    )
    chosen = parser.parse_args()
    others = [world for folder in chosen.also for world in worlds_in(folder)]
    companies = chosen.companies + len(others)
    scans = scanned([*tuning_worlds(chosen.companies), *others], LOOKS_BACK)
    plain = Fusion()
    cases = cases_of(scans, plain)
    print(f"{len(cases.is_true)} matters in {companies} companies, {int(cases.is_true.sum())} of them true")
    losses = {penalty: held_out_loss(cases, penalty) for penalty in PENALTIES}
    print("held-out log loss by penalty:", {one: round(loss, 5) for one, loss in losses.items()})
    theta = fitted(cases, PENALTY)
    scales = {code: round(float(factor), 3) for code, factor in zip(CODES, theta[3:], strict=True)}
    fusion = replace(plain, scales=MappingProxyType(scales))
    slope, intercept = stretched(scans, fusion)
    for name, one in (("as designed", plain), ("learnt", replace(fusion, slope=slope, intercept=intercept))):
        said, true = probabilities(scans, one)
        rows = calibration(list(said), list(true > 0))
        ranked = expected_average_precision(list(said), list(true > 0))
        print(f"{name}: calibration error {calibration_error(rows):.4f}, average precision of matters {ranked:.3f}")
        for n, at, share in rows:
            print(f"   said {at:.2f}, true {share:.2f} of {n}")
    write(scales, slope, intercept, chosen.companies, len(others))


def write(scales: dict[str, float], slope: float, intercept: float, companies: int, others: int) -> None:
    """Write learnt.toml."""
    lines = [
        "# Written by benchmarks/learn_weights.py: do not edit; a parameter file changes what a company wants otherwise.",
        f"# Learnt on {companies} invented companies, seeds 1001 to {1000 + companies}, and {others} that another hand invented.",
        "",
        "[fusion]",
        f"slope = {slope:.3f}",
        f"intercept = {intercept:.3f}",
        "",
        "[scales]",
        *(f"{code} = {scale}" for code, scale in sorted(scales.items())),
    ]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
