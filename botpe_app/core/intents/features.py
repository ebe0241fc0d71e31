"""What a text is made of, as numbers: its words, pairs of words and pieces of words.

Pieces of words make a misspelt or inflected word resemble the one that was learnt, and serve
languages that write without spaces.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 1000  # characters of a text that are looked at
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 5
_MANY = 500  # texts from which on a piece that occurs in one only teaches nothing
# Not \w+: that would cut Indic words at their vowel signs.
_WORD = re.compile(r"[^\s!-&(-/:-@\[-`{-~¡-¿‐-‗“-⁞、-〿！-／：-＠]+")

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sparse:
    """One text: the numbers of its known features and what each weighs."""

    ids: Ids
    weights: Floats


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that the learnt texts have, and how telling each is."""

    ids: dict[str, int]
    idf: Floats

    def read(self, text: str) -> Sparse:
        """The text's known features; words and pieces weigh as much as each other.

        What is unknown takes its share of the weight, so that a strange text weighs little.
        """
        ids: list[int] = []
        weights: list[float] = []
        for counts in _counts(text):
            length, own = 0.0, len(weights)
            for feature, count in counts.items():
                known = self.ids.get(feature)
                idf = self.idf[-1] if known is None else self.idf[known]
                weight = (1 + math.log(count)) * float(idf)
                length += weight * weight
                if known is not None:
                    ids.append(known)
                    weights.append(weight)
            norm = math.sqrt(length) or 1.0
            weights[own:] = [weight / norm for weight in weights[own:]]
        return Sparse(np.array(ids, np.int64), np.array(weights, np.float32))


def vocabulary(texts: Sequence[str]) -> Vocabulary:
    """The vocabulary of some texts."""
    seen: Counter[str] = Counter()
    for text in texts:
        for counts in _counts(text):
            seen.update(counts.keys())
    least = 2 if len(texts) >= _MANY else 1
    kept = sorted(f for f, n in seen.items() if n >= least or f[0] == "w")
    idf = [1 + math.log((1 + len(texts)) / (1 + seen[feature])) for feature in kept]
    # The last one is that of a feature nobody has seen.
    unseen = 1 + math.log(1 + len(texts))
    return Vocabulary({f: n for n, f in enumerate(kept)}, np.array([*idf, unseen], np.float32))


def _counts(text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each word or pair of words occurs, and each piece."""
    found: list[str] = _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]).casefold())
    pairs = (f"w{a} {b}" for a, b in zip(["", *found], [*found, ""], strict=True))
    return Counter([f"w{word}" for word in found] + list(pairs)), Counter(_pieces(found))


def _pieces(found: Iterable[str]) -> Iterable[str]:
    for word in found:
        padded = f" {word} "
        for size in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
            for start in range(len(padded) - size + 1):
                yield f"c{padded[start : start + size]}"
