"""Whether one share is larger than another, or chance could well have made it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

LEVEL = 0.05
FEWEST = 100  # tries of each that say something


@dataclass(frozen=True, slots=True)
class Verdict:
    """The place of the best, how likely chance alone would set it so far above the second
    (None: too little to say), and whether that is unlikely enough for so many rivals.
    """

    best: int
    p_value: float | None
    significant: bool


def compare(shares: Sequence[tuple[int, int]]) -> Verdict | None:
    """Of (hits, tries) each; None unless two or more were tried.

    The best against the runner-up by the two-proportion z-test; the level is divided by the
    number of rivals (Bonferroni), since the best of many looks good by chance alone.
    """
    tried = [(place, hits, tries) for place, (hits, tries) in enumerate(shares) if tries]
    if len(tried) < 2:
        return None
    tried.sort(key=lambda one: (-one[1] / one[2], one[0]))
    best, second = tried[0], tried[1]
    if min(tries for _, _, tries in tried) < FEWEST:
        return Verdict(best[0], None, False)
    p_value = _p_value(best[1:], second[1:])
    return Verdict(best[0], round(p_value, 4), p_value < LEVEL / (len(tried) - 1))


def _p_value(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Two-sided: how likely shares of one and the same chance differ by as much."""
    (hits, tries), (hits2, tries2) = one, other
    pooled = (hits + hits2) / (tries + tries2)
    error = sqrt(pooled * (1 - pooled) * (1 / tries + 1 / tries2))
    if error == 0:
        return 1.0
    return erfc(abs(hits / tries - hits2 / tries2) / error / sqrt(2))
