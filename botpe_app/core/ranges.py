"""The part of a file that somebody asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


class Unsatisfiable(Exception):
    """The part begins behind the end of the file."""


def part(asked: str, size: int) -> tuple[int, int] | None:
    """The bytes from … to before … that a Range header asks for; None: all of them.

    What cannot be understood, and several parts at once, count as all. Raises Unsatisfiable.
    """
    found = _ONE.fullmatch(asked.strip())
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(int(found[2] or size) + 1, size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size:
        raise Unsatisfiable
    return start, stop
