"""Which phrases the classifier would take for another intent, had it not learnt them by heart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from botpe_app.core.intents.classifier import OUT_OF_SCOPE, learn

_FOLDS = 5
MOST = 2000  # phrases that are looked at


@dataclass(frozen=True, slots=True)
class Confusion:
    """A phrase and what it was taken for; "" for none of the intents."""

    text: str
    meant: str
    taken_for: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Check:
    """How well an organization's phrases tell its intents apart."""

    phrases: int  # that could be tried
    right: int
    confusions: list[Confusion]  # the surest mistakes first


def check(examples: Sequence[tuple[str, str]]) -> Check:
    """Each phrase, asked of a classifier that has learnt all but a fifth of them."""
    kept = list(examples)[:MOST]
    held: dict[str, list[str]] = defaultdict(list)
    for text, intent in kept:
        held[intent].append(text)
    fold = {
        (text, intent): place % _FOLDS
        for intent, texts in held.items()
        for place, text in enumerate(texts)
    }
    asked = [(text, intent) for text, intent in kept if len(held[intent]) > 1]
    found: list[Confusion] = []
    for turn in range(_FOLDS if asked else 0):
        rest = [one for one in kept if fold[one] != turn or len(held[one[1]]) == 1]
        known = learn(rest) if rest else None
        for text, intent in asked if known else ():
            if fold[text, intent] == turn and known:
                guess = known.guess(text)
                if guess.intent != intent:
                    taken = "" if guess.intent == OUT_OF_SCOPE else guess.intent
                    found.append(Confusion(text, intent, taken, guess.confidence))
    found.sort(key=lambda one: (not one.taken_for, -one.confidence, one.text))
    return Check(len(asked), len(asked) - len(found), found)
