"""How well and how fast the local classifier tells intents, on a file of texts it has not seen."""

from __future__ import annotations

import csv
import statistics
import time
from pathlib import Path
from typing import Any

from botpe_app.bench.ingest import percentile
from botpe_app.core.intents import OUT_OF_SCOPE, Classifier, learn
from botpe_app.errors import Invalid


def run(train: Path, test: Path) -> dict[str, Any]:
    """Accuracy on texts in scope (one that was rejected counts as wrong), the share of those out
    of scope that were rejected (None where there are none), and times.

    Raises Invalid naming the option for a file that cannot be used.
    """
    examples, questions = _read(train, "train"), _read(test, "test")
    began = time.perf_counter()
    classifier = learn(examples)
    train_s = time.perf_counter() - began
    guesses = [_timed(classifier, text) for text, _ in questions]
    pairs = [
        (guess, best, label)
        for (guess, best, _), (_, label) in zip(guesses, questions, strict=True)
    ]
    within = [(guess, best, label) for guess, best, label in pairs if label != OUT_OF_SCOPE]
    outside = [guess == OUT_OF_SCOPE for guess, _, label in pairs if label == OUT_OF_SCOPE]
    times = sorted(1000 * seconds for *_, seconds in guesses)
    return {
        "accuracy": _share([guess == label for guess, _, label in within]),
        "accuracy_without_rejection": _share([best == label for _, best, label in within]),
        "oos_recall": _share(outside),
        "p50_ms": round(percentile(times, 50), 3),
        "p95_ms": round(percentile(times, 95), 3),
        "train_s": round(train_s, 2),
        "phrases": len(examples),
        "intents": len({label for _, label in examples} - {OUT_OF_SCOPE}),
    }


def _timed(classifier: Classifier, text: str) -> tuple[str, str, float]:
    """What it answers, what it would have answered if it had to, and in how many seconds."""
    began = time.perf_counter()
    guess = classifier.guess(text)
    seconds = time.perf_counter() - began
    best = next(name for name, _ in guess.ranked if name != OUT_OF_SCOPE)
    return guess.intent, best, seconds


def _share(told: list[bool]) -> float | None:
    return round(statistics.mean(told), 4) if told else None


def _read(path: Path, option: str) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"text", "intent"} <= set(reader.fieldnames or ()):
                raise Invalid(f"{path} must have the columns text,intent.", field=option)
            rows = [((row["text"] or "").strip(), (row["intent"] or "").strip()) for row in reader]
    except (OSError, UnicodeError, csv.Error) as error:
        raise Invalid(f"{path} cannot be read: {error}.", field=option) from None
    rows = [row for row in rows if all(row)]
    if not rows:
        raise Invalid(f"{path} has no row with a text and an intent.", field=option)
    return rows
