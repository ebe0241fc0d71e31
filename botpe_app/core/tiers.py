"""How many people a number may write to first in a day, in Meta's words for it."""

from __future__ import annotations

import re

UNLIMITED = "TIER_UNLIMITED"
_TIER = re.compile(r"TIER_(\d+)(K?)")


def tier(value: object) -> str:
    """The tier that a word or a number of Meta's means; "" for one that means none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, str):
        word = value.strip().upper()
        if word == UNLIMITED or (_TIER.fullmatch(word) and len(word) < 15):
            return word
        if not re.fullmatch(r"-?\d{1,9}", value.strip()):
            return ""
        value = int(value)
    if value == -1:
        return UNLIMITED
    if value <= 0:
        return ""
    return f"TIER_{value // 1000}K" if value % 1000 == 0 else f"TIER_{value}"


def per_day(word: str | None) -> int | None:
    """The people a day of a tier; None where there is no limit, or none is known."""
    found = _TIER.fullmatch(word or "")
    return int(found[1]) * (1000 if found[2] else 1) if found else None
