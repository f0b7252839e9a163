"""Train the classifier of talk on the templates of side_deal_dialogues/ and write its weights into the package.

Penalised multinomial logistic regression by L-BFGS. The temperature of the probabilities and the figures it prints come
from five folds of templates: no sentence is judged by a model that saw its template. `--check` only prints.
"""

import random
import sys

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar
from side_deal_phrases import Template, sentences, templates

from mingdan.engine.methods.talk_model import (
    ACTS,
    BUCKETS,
    WEIGHTS,
    Features,
    Weights,
    features,
    probabilities,
    scores,
)

SEED = 20250401
EACH = 24
FOLDS = 5
PENALTY_GRAMS, PENALTY_CUES = 2.0, 6.0
NONE_WEIGHT = 3.0
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def corpus(chosen: list[Template]) -> tuple[list[str], NDArray[np.bool_], Ints, Ints]:
    """Return sentences, whether the employee sent them, their acts and their templates; harmless ones also in pairs."""
    dice = random.Random(SEED)  # noqa: S311
    rows = [(text, one) for one in chosen for text in sentences(one, EACH, dice)]
    harmless = [(text, one) for text, one in rows if one.act == "none"]
    for text, one in dice.sample(rows, len(rows) // 3):
        other = dice.choice(harmless)[0]
        rows.append((f"{other},{text}" if dice.random() < 0.5 else f"{text} {other}", one))
    acts = np.array([ACTS.index(one.act) for _, one in rows], dtype=np.int64)
    sent = np.array([one.sender == "E" for _, one in rows])
    return [text for text, _ in rows], sent, acts, np.array([one.place for _, one in rows], dtype=np.int64)


def matrix(seen: Features) -> sparse.csr_matrix:
    """Return n-grams (scaled by the length of the text) and cues side by side."""
    scale = 1 / np.sqrt(seen.length)
    grams = sparse.csr_matrix((scale[seen.text], (seen.text, seen.bucket)), shape=(len(seen.length), BUCKETS))
    return sparse.csr_matrix(sparse.hstack([grams, sparse.csr_matrix(seen.cues)]))


def fit(x: sparse.csr_matrix, acts: Ints) -> Weights:
    """Return the weights that minimise the penalised loss; harmless sentences count more, as they do in life."""
    width = x.shape[1]
    wanted = np.eye(len(ACTS))[acts]
    importance = np.where(acts == 0, NONE_WEIGHT, 1.0)[:, None]
    penalty = np.concatenate([np.full(BUCKETS, PENALTY_GRAMS), np.full(width - BUCKETS, PENALTY_CUES)])[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, intercept = flat[: -len(ACTS)].reshape(width, -1), flat[-len(ACTS) :]
        shares = probabilities(x @ weights + intercept)
        wrong = importance * (shares - wanted)
        lost = -(importance * wanted * np.log(np.maximum(shares, 1e-12))).sum() + 0.5 * (penalty * weights**2).sum()
        return float(lost), np.concatenate([(x.T @ wrong + penalty * weights).ravel(), wrong.sum(axis=0)])

    start = np.zeros(width * len(ACTS) + len(ACTS))
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    weights = flat[: -len(ACTS)].reshape(width, -1)
    return Weights(weights[:BUCKETS], weights[BUCKETS:], flat[-len(ACTS) :])


def out_of_fold(x: sparse.csr_matrix, seen: Features, acts: Ints, place: Ints) -> Floats:
    """Return the logits of each sentence by the model that did not see its template."""
    fold = np.random.default_rng(SEED).permutation(int(place.max()) + 1)[place] % FOLDS
    logits = np.zeros((len(acts), len(ACTS)))
    for one in range(FOLDS):
        logits[fold == one] = scores(seen, fit(x[fold != one], acts[fold != one]))[fold == one]
    return logits


def temperature(logits: Floats, acts: Ints) -> float:
    """Return the divisor of logits that makes their probabilities true (Guo et al. 2017)."""

    def loss(log_t: float) -> float:
        shares = probabilities(logits / np.exp(log_t))
        return float(-np.log(np.maximum(shares[np.arange(len(acts)), acts], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))


def report(logits: Floats, acts: Ints) -> None:
    """Print precision and recall of each act where it is most likely and has half the probability."""
    shares = probabilities(logits)
    said = np.where(shares.max(axis=1) >= 0.5, shares.argmax(axis=1), 0)
    for act, name in enumerate(ACTS):
        hit = int(((said == act) & (acts == act)).sum())
        print(
            f"  {name:8} precision {hit / max(1, int((said == act).sum())):.3f}  recall {hit / max(1, int((acts == act).sum())):.3f}"
        )


def in_bytes(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return weights as multiples of a step by column."""
    steps = np.abs(weights).max(axis=0) / 127
    return np.rint(weights / steps).astype(np.int8), steps


def main() -> int:
    """Train, print the figures of the folds, and write the weights."""
    texts, sent, acts, place = corpus(templates())
    seen = features(texts, sent)
    x = matrix(seen)
    logits = out_of_fold(x, seen, acts, place)
    divisor = temperature(logits, acts)
    print(
        f"{len(set(texts))} distinct sentences of {place.max() + 1} templates, temperature {divisor:.2f}; by folds of templates:"
    )
    report(logits / divisor, acts)
    if "--check" in sys.argv:
        return 0
    fitted = fit(x, acts)
    grams, gram_steps = in_bytes(fitted.grams / divisor)
    cues, cue_steps = in_bytes(fitted.cues / divisor)
    np.savez_compressed(
        WEIGHTS,
        grams=grams,
        gram_steps=gram_steps,
        cues=cues,
        cue_steps=cue_steps,
        intercept=fitted.intercept / divisor,
    )
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
