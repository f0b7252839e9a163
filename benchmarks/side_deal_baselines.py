"""The baselines B0 to B4 of SideDealBench: one score for each salesperson of a company, and whom each would name.

B0 draws by lot. B1 does what sales-chat tools do: any of a list of words in the archived talk, a card, a red packet or a deleted
contact counts one. B2 finds outliers in mechanical features of each salesperson (isolation forest and ECOD). B3 adds up
fixed points by strength for each detector that spoke, as rule engines do. B4 is supervised boosting on the same features
and on what each detector says, trained on the truth of the other companies of the scenario: an upper bound that nobody has.
"""

import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from mingdan.engine.detector import STRENGTH_CAPS
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.findings import Finding
from mingdan.engine.simulate.leaks import measure

Floats = NDArray[np.float64]

WORDS = (
    "私下转账", "私下", "加我个人微信", "加我微信", "返现", "私单", "飞单", "跳过审批", "个人账户", "私人账户", "个人卡",
    "不走公司", "回扣", "好处费", "red packet", "private account", "my own account", "off the books", "kickback",
)  # fmt: skip
"""Substring lists of the kind that such tools ship (detection.md §1)."""

PEERS = ("scikit-learn==1.8.0", "pyod==3.6.7")
PEER_SCRIPT = """
import sys, warnings
warnings.simplefilter("ignore")
import numpy as np
from sklearn.ensemble import IsolationForest, HistGradientBoostingClassifier
from pyod.models.ecod import ECOD
task = np.load(sys.argv[1])
X, S, y, world = task["mechanical"], task["spoken"], task["guilty"], task["world"]
B = np.hstack([X, S])
answers = {"iforest": np.zeros(len(y)), "ecod": np.zeros(len(y)), "boosting": np.zeros(len(y))}
for one in np.unique(world):
    mine = world == one
    answers["iforest"][mine] = -IsolationForest(random_state=0).fit(X[mine]).score_samples(X[mine])
    answers["ecod"][mine] = ECOD().fit(X[mine]).decision_scores_
folds = np.unique(world)
for part in range(min(5, len(folds))):
    out = np.isin(world, folds[part::5])
    if y[~out].sum() and out.any():
        model = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=1.0, random_state=0)
        answers["boosting"][out] = model.fit(B[~out], y[~out]).predict_proba(B[out])[:, 1]
np.savez(sys.argv[2], **answers)
"""


def words_and_acts(trail: Path, people: Sequence[str]) -> list[float]:
    """Return B1's hits for each salesperson."""
    hits = dict.fromkeys(people, 0.0)
    listed = " OR ".join(f"lower(text) LIKE '%{word}%'" for word in WORDS)
    sql = duckdb.connect()
    queries = {
        "messages": f"SELECT employee_id, count(*) FROM t WHERE kind IN ('card', 'red_packet') OR {listed} GROUP BY 1",
        "channel_events": "SELECT employee_id, count(*) FROM t WHERE kind = 'contact_deleted' GROUP BY 1",
    }
    for table, query in queries.items():
        path = trail / f"{table}.parquet"
        if not path.exists():
            continue
        columns = {row[0] for row in sql.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
        if table == "messages" and "text" not in columns:
            query = "SELECT employee_id, count(*) FROM t WHERE kind IN ('card', 'red_packet') GROUP BY 1"
        for employee, count in sql.execute(f"WITH t AS (FROM '{path}') {query}").fetchall():
            if employee in hits:
                hits[employee] += count
    return [hits[one] for one in people]


def points(findings: Sequence[Finding], people: Sequence[str]) -> list[float]:
    """Return B3's sum of fixed points for each salesperson: the strength of each detector that spoke."""
    strength = {detector.code: STRENGTH_CAPS[detector.strength] for detector in DETECTORS}
    spoke = {(one.employee_id, one.detector) for one in findings if one.weight > 0}
    return [sum(strength[code] for person, code in spoke if person == one) for one in people]


def spoken(findings: Sequence[Finding], people: Sequence[str]) -> list[list[float]]:
    """Return for each salesperson the heaviest weight of each detector: features for B4."""
    heaviest: dict[tuple[str, str], float] = {}
    for one in findings:
        if one.employee_id:
            key = (one.employee_id, one.detector)
            heaviest[key] = max(heaviest.get(key, 0.0), one.weight)
    return [[heaviest.get((person, detector.code), 0.0) for detector in DETECTORS] for person in people]


def mechanical(trail: Path) -> tuple[list[str], Floats]:
    """Return the names and values of features made without thinking, a row for each salesperson of the truth by id."""
    world = measure(trail)
    return list(world.names), np.asarray(world.features, dtype=np.float64)


def peers(worlds: Sequence[dict[str, Any]], matrices: Sequence[tuple[Sequence[str], Floats]]) -> dict[str, Floats]:
    """Run isolation forest, ECOD and boosting in an environment of their own over all companies of a scenario."""
    shared = sorted(set.intersection(*(set(names) for names, _ in matrices)))
    blocks = []
    for names, values in matrices:
        places = [list(names).index(name) for name in shared]
        blocks.append(_ranked(values[:, places]))
    task = {
        "mechanical": np.vstack(blocks),
        "spoken": np.vstack([np.array(world["spoken"]) for world in worlds]),
        "guilty": np.concatenate([np.array(world["guilty"], dtype=float) for world in worlds]),
        "world": np.concatenate([np.full(len(world["guilty"]), place) for place, world in enumerate(worlds)]),
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "venv", with_pip=True)
        python = str(home / "venv/bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        np.savez(home / "task.npz", **task)  # type: ignore[arg-type]
        script = [python, "-c", PEER_SCRIPT, str(home / "task.npz"), str(home / "answers.npz")]
        subprocess.run(script, check=True)
        return dict(np.load(home / "answers.npz"))


def _ranked(values: Floats) -> Floats:
    """Return ranks within the company (0 to 1), the middle where there is no value: companies differ in scale."""
    ranks = np.full(values.shape, 0.5)
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        if known.sum() > 1:
            order = np.argsort(np.argsort(values[known, column], kind="stable"), kind="stable")
            ranks[known, column] = order / (known.sum() - 1)
    return ranks
