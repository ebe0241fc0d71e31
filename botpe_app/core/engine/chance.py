"""Chance that can be repeated: numbers that follow from a seed alone (SplitMix64)."""

from __future__ import annotations

_MASK = 2**64 - 1


def fraction(seed: int, draw: int) -> float:
    """The `draw`-th number of a seed, evenly spread over 0 ≤ number < 1."""
    state = (seed + (draw + 1) * 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ state >> 27) * 0x94D049BB133111EB) & _MASK
    return ((state ^ state >> 31) >> 11) / 2**53
