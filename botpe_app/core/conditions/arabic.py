"""Persian, Pashto and Arabic spellings of one letter, for those who mix keyboards."""

from __future__ import annotations

import unicodedata

from botpe_app.core.conditions.values import lower

# Each line: the letters that count as the last one.
_LINES = ("آا", "ىيېۍئی", "كګک", "ټت", "ډد", "ړر", "ڼن", "ښش")
_LETTERS = {line[place]: line[-1] for line in _LINES for place in range(len(line) - 1)}
_DIGITS = {chr(0x660 + digit): chr(0x6F0 + digit) for digit in range(10)}
_SAME = str.maketrans({**_LETTERS, **_DIGITS})


def folded(text: str) -> str:
    """The text with one letter for all variants, in lower case."""
    return lower(unicodedata.normalize("NFKC", text).translate(_SAME))
