"""A linear model over sparse texts: one weight for each feature and class, learnt by descent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from botpe_app.core.intents.features import Floats, Ids, Sparse

_BATCH = 64
_RATE = 0.3
_START = 1e-6  # small: the first step already goes far, which saves rounds
_SEED = 20


def softmax(scores: Floats) -> Floats:
    """Scores, a row for each text, as probabilities."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def steps(rows: int) -> int:
    """How many steps of descent one round over so many rows takes."""
    return -(-rows // _BATCH)


def fit(rows: Sequence[Sparse], labels: Ids, features: int, classes: int, epochs: int) -> Floats:
    """Weights (features, classes) under which softmax tells the labels apart.

    The same rows always give the same weights.
    """
    weights = np.zeros((features, classes), np.float32)
    squares = np.full((features, classes), _START, np.float32)
    chance = np.random.default_rng(_SEED)
    for epoch in range(epochs):
        rate = _RATE * (1 - epoch / epochs) + 0.02
        for chosen in _batches(len(rows), chance):
            places: list[int] = chosen.tolist()
            ids, dense = _dense([rows[n] for n in places])
            if not len(ids):
                continue
            errors = softmax(dense @ weights[ids])
            errors[np.arange(len(chosen)), labels[chosen]] -= 1
            slope = dense.T @ errors / len(chosen)
            squares[ids] += slope * slope
            weights[ids] -= rate * slope / np.sqrt(squares[ids])
    return weights


def scores(weights: Floats, row: Sparse) -> Floats:
    """What each class scores for a text."""
    return row.weights @ weights[row.ids]


def centres(rows: Sequence[Sparse], labels: Ids, features: int, classes: int) -> Floats:
    """The mean direction (features, classes) of each class's texts."""
    sums = np.zeros((features, classes), np.float32)
    for row, label in zip(rows, labels, strict=True):
        sums[row.ids, label] += row.weights
    lengths = np.sqrt((sums * sums).sum(axis=0))
    return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _batches(count: int, chance: np.random.Generator) -> list[Ids]:
    order: Ids = chance.permutation(count)
    return [order[start : start + _BATCH] for start in range(0, count, _BATCH)]


def _dense(rows: Sequence[Sparse]) -> tuple[Ids, Floats]:
    """The features that occur in some rows, and the rows over just those."""
    ids, places = np.unique(np.concatenate([row.ids for row in rows]), return_inverse=True)
    dense = np.zeros((len(rows), len(ids)), np.float32)
    which = np.repeat(np.arange(len(rows)), [len(row.ids) for row in rows])
    dense[which, places] = np.concatenate([row.weights for row in rows])
    return ids, dense
