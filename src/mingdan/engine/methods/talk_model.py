"""What a chat message does: propose a private channel, a private payment, a deal outside the company, or decline such a thing.

Multinomial logistic regression over character n-grams hashed into buckets (Weinberger et al. 2009, ICML) and cues, with
pairs of cues. Trained by benchmarks/train_side_deal_text.py on dialogues written for it; weights are one byte each.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.talk_cues import NAMES, cue_matrix
from mingdan.engine.methods.talk_text import plain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ACTS = ("none", "shift", "pay", "divert", "decline")
NONE, SHIFT, PAY, DIVERT, DECLINE = range(5)
BUCKETS = 1 << 15
LONGEST = 4
WEIGHTS = Path(__file__).with_name("talk_weights.npz")
_AT_ONCE = 20_000
_ODD = np.uint64(0x9E3779B97F4A7C15)
_ODD_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_PAIRS = np.triu_indices(len(NAMES), 1)


@dataclass(frozen=True)
class Features:
    """`cues` by text; the n-grams as flat `text` and `bucket`, and how many each text has (`length`)."""

    cues: Floats
    text: Ints
    bucket: Ints
    length: Floats


@dataclass(frozen=True)
class Weights:
    """Weights by bucket and by cue (rows) and act (columns), and the intercepts."""

    grams: Floats
    cues: Floats
    intercept: Floats


def features(texts: Sequence[str], by_employee: NDArray[np.bool_]) -> Features:
    """Return the features of messages; `by_employee` says who sent each."""
    joined = plain(texts)
    signs = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    breaks = np.flatnonzero(signs == ord("\n"))
    starts = breaks[:-1]
    of_text = np.repeat(np.arange(len(starts)), np.diff(breaks))
    parts = [_grams(signs, n) for n in range(1, LONGEST + 1)]
    parts += [_words(joined, signs, n) for n in (1, 2)]
    place = np.concatenate([place for place, _ in parts])
    mixed = np.concatenate([mixed for _, mixed in parts])
    inside = place < len(of_text)  # the last line feed starts no text
    text = of_text[place[inside]]
    bucket = (mixed[inside] >> np.uint64(49)).astype(np.int64)
    length = np.maximum(np.bincount(text, minlength=len(starts)).astype(np.float64), 1.0)
    return Features(_with_pairs(cue_matrix(joined, starts), by_employee), text, bucket, length)


def _with_pairs(cues: Floats, by_employee: NDArray[np.bool_]) -> Floats:
    sent = by_employee.astype(np.float64)[:, None]
    pairs = cues[:, _PAIRS[0]] * cues[:, _PAIRS[1]]
    return np.hstack([cues, pairs, cues * sent, sent])


def _grams(signs: NDArray[np.uint64], n: int) -> tuple[Ints, NDArray[np.uint64]]:
    """Return start and hash of each run of n signs that lies within one text, its line feeds included at the ends."""
    if len(signs) < n:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    mixed = np.full(len(signs) - n + 1, n, dtype=np.uint64)
    for offset in range(n):
        mixed = (mixed ^ signs[offset : offset + len(mixed)]) * _ODD
        mixed ^= mixed >> np.uint64(29)
    is_break = signs == ord("\n")
    lines = np.cumsum(is_break)
    crosses = lines[n - 1 :] - is_break[n - 1 :] > lines[: len(mixed)]
    kept = np.flatnonzero(~crosses & (signs[: len(mixed)] != ord(" ")))
    return kept, mixed[kept] * _ODD


def _words(joined: str, signs: NDArray[np.uint64], n: int) -> tuple[Ints, NDArray[np.uint64]]:
    """Return start and hash of each run of n Latin words within one text."""
    letter = ((signs >= ord("a")) & (signs <= ord("z"))) | (signs == ord("'"))
    edges = np.diff(np.concatenate([[False], letter, [False]]).astype(np.int8))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if len(first) < n:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    powers = np.cumprod(np.full(len(signs), _ODD, dtype=np.uint64))
    prefix = np.concatenate(
        [np.zeros(1, dtype=np.uint64), np.cumsum(np.where(letter, signs, 0).astype(np.uint64) * powers)]
    )
    inverse = np.cumprod(np.full(len(signs), _ODD_INVERSE, dtype=np.uint64))
    word = (prefix[last] - prefix[first]) * inverse[first]
    lines = np.cumsum(signs == ord("\n"))
    if n == 1:
        return first, (word ^ (word >> np.uint64(31))) * _ODD
    near = np.flatnonzero((lines[first[1:]] == lines[first[:-1]]) & (first[1:] - last[:-1] <= 2))
    mixed = (word[near] ^ (word[near] >> np.uint64(31))) * _ODD + word[near + 1]
    return first[near], (mixed ^ (mixed >> np.uint64(31))) * _ODD


def scores(seen: Features, weights: Weights) -> Floats:
    """Return the logit of each act (columns) for each text."""
    columns = [
        np.bincount(seen.text, weights=weights.grams[seen.bucket, act], minlength=len(seen.length))
        for act in range(len(ACTS))
    ]
    logits: Floats = np.column_stack(columns) / np.sqrt(seen.length)[:, None]
    return logits + seen.cues @ weights.cues + weights.intercept


def probabilities(logits: Floats) -> Floats:
    """Return the softmax by row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


@functools.cache
def shipped_weights() -> Weights:
    """Return the weights that lie beside this file; bytes are multiples of each act's step."""
    with np.load(WEIGHTS) as kept:
        grams = kept["grams"].astype(np.float64) * kept["gram_steps"]
        cues = kept["cues"].astype(np.float64) * kept["cue_steps"]
        return Weights(grams, cues, kept["intercept"].astype(np.float64))


def act_probabilities(texts: Sequence[str], by_employee: NDArray[np.bool_]) -> Floats:
    """Return for each message (rows) the probability of each of ACTS (columns)."""
    parts = [
        probabilities(scores(features(texts[at : at + _AT_ONCE], by_employee[at : at + _AT_ONCE]), shipped_weights()))
        for at in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, len(ACTS)))
