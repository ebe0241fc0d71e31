"""Learning intents from phrases, and guessing which one a text means, or that it is none.

A guess comes with a confidence that means what it says: of the guesses that are 80 % sure about
80 % are right. It is learnt from phrases that were held back, among them those of whole intents,
which stand for what nobody has foreseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from botpe_app.core.intents import features, linear
from botpe_app.core.intents.features import Floats, Ids, Sparse, Vocabulary
from botpe_app.errors import Invalid

OUT_OF_SCOPE = "oos"
_EPOCHS = 3
_LEAST_STEPS = 60  # of descent, however few the phrases
_HELD_BACK = 0.1
_ENOUGH_HELD_BACK = 60  # texts, without which the usual confidence is taken
_LOST = 0.02  # share of right guesses that may be rejected so that strange texts are too
_SEED = 7


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest intent, or `OUT_OF_SCOPE` with no better one; how sure; and the runners-up."""

    intent: str
    confidence: float
    ranked: tuple[tuple[str, float], ...]  # likeliest first, whatever was rejected


@dataclass(frozen=True, slots=True)
class _Surety:
    """How sure to be from what a guess looks like; `least` is where rejecting begins."""

    slope: Floats
    offset: float
    least: float

    def of(self, signs: Floats) -> Floats:
        return (1 / (1 + np.exp(-(signs @ self.slope + self.offset)))).astype(np.float32)


# For phrases too few to learn it from: sure where the text resembles an intent's phrases.
_USUAL = _Surety(np.array([0.5, 5.0], np.float32), -1.6, 0.5)


@dataclass(frozen=True, slots=True)
class Classifier:
    """What was learnt from phrases."""

    intents: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    centres: Floats
    surety: _Surety

    def guess(self, text: str, most: int = 3) -> Guess:
        """What the text means, with `most` candidates."""
        row = self.vocabulary.read(text)
        likely, signs = _look(self.weights, self.centres, row)
        order: list[int] = np.argsort(-likely, kind="stable")[:most].tolist()
        ranked = tuple((self.intents[n], round(float(likely[n]), 4)) for n in order)
        best = ranked[0][0]
        sure = float(self.surety.of(signs)) if len(row.ids) else 0.0
        if best == OUT_OF_SCOPE or sure < self.surety.least:
            return Guess(OUT_OF_SCOPE, round(1 - sure, 4), ranked)
        return Guess(best, round(sure, 4), ranked)


def learn(examples: Sequence[tuple[str, str]]) -> Classifier:
    """A classifier of (text, intent) pairs; the intent `oos` is what belongs to none.

    The same examples give the same classifier. Raises Invalid without a phrase of an intent.
    """
    kept = [(text, intent) for text, intent in examples if text.strip() and intent]
    names = sorted({intent for _, intent in kept})
    if not set(names) - {OUT_OF_SCOPE}:
        raise Invalid("There is no phrase of an intent to learn from.", field="phrases")
    known = features.vocabulary([text for text, _ in kept])
    rows = [known.read(text) for text, _ in kept]
    places = {name: n for n, name in enumerate(names)}
    labels = np.array([places[intent] for _, intent in kept], np.int64)
    surety = _surety(rows, labels, len(known.ids), places.get(OUT_OF_SCOPE, -1), len(names))
    weights, centres = _learn(rows, labels, len(known.ids), len(names))
    return Classifier(tuple(names), known, weights, centres, surety)


def _learn(rows: Sequence[Sparse], labels: Ids, size: int, classes: int) -> tuple[Floats, Floats]:
    epochs = max(_EPOCHS, -(-_LEAST_STEPS // linear.steps(len(rows))))
    weights = linear.fit(rows, labels, size, classes, epochs)
    return weights, linear.centres(rows, labels, size, classes)


def _look(weights: Floats, centres: Floats, row: Sparse) -> tuple[Floats, Floats]:
    """How likely each intent is, and the signs of how far to believe the likeliest.

    Signs: by how much it leads the next, and how like its phrases the text is.
    """
    likely = linear.softmax(linear.scores(weights, row))
    best = int(likely.argmax())
    alike = float(linear.scores(centres[:, best : best + 1], row)[0])
    second = float(np.partition(likely, -2)[-2]) if len(likely) > 1 else 0.0
    lead = np.log((likely[best] + 1e-6) / (second + 1e-6)) if len(likely) > 1 else 0.0
    return likely, np.array([min(float(lead), 6.0), alike], np.float32)


def _surety(rows: Sequence[Sparse], labels: Ids, size: int, oos: int, classes: int) -> _Surety:
    """Learnt from texts that a second classifier has not seen, `_USUAL` if they are too few."""
    chance = np.random.default_rng(_SEED)
    foreign = chance.permutation(classes)[: classes // 10]
    back = np.isin(labels, foreign) | (chance.random(len(labels)) < _HELD_BACK)
    known = labels[~back]
    if back.sum() < _ENOUGH_HELD_BACK or not (known != oos).any():
        return _USUAL
    seen = [row for row, held in zip(rows, back, strict=True) if not held]
    weights, centres = _learn(seen, known, size, classes)
    held = [row for row, one in zip(rows, back, strict=True) if one]
    looks = [_look(weights, centres, row) for row in held]
    guessed = np.array([likely.argmax() for likely, _ in looks])
    right = (guessed == labels[back]) & (guessed != oos)
    signs = np.stack([sign for _, sign in looks])
    if right.all() or not right.any():
        return _USUAL
    return _fitted(signs, right)


def _fitted(signs: Floats, right: NDArray[np.bool_]) -> _Surety:
    """Logistic regression of being right on the signs, by Newton's steps."""
    inputs = np.column_stack([signs, np.ones(len(signs))]).astype(np.float64)
    answer = np.zeros(inputs.shape[1])
    for _ in range(20):
        sure = 1 / (1 + np.exp(-np.clip(inputs @ answer, -30, 30)))
        curve = (inputs * (sure * (1 - sure))[:, None]).T @ inputs + np.eye(len(answer)) * 1e-2
        answer += np.linalg.solve(curve, inputs.T @ (right - sure) - 1e-2 * answer)
    sure = 1 / (1 + np.exp(-(inputs @ answer)))
    least = min(0.5, float(np.quantile(sure[right], _LOST)))
    return _Surety(answer[:-1].astype(np.float32), float(answer[-1]), least)
