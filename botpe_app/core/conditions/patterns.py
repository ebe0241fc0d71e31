"""Regular expressions that cannot hang: RE2, whose time grows with the text and nothing else.

Python's own `re` is many times quicker to call, so it serves our own patterns on ASCII text,
where both find the same; what a user wrote always goes to RE2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import re2 as _untyped  # pyright: ignore[reportMissingTypeStubs]

LONGEST_PATTERN = 1000  # characters
re2: Any = _untyped  # it comes without types
_QUIET = re2.Options()
_QUIET.log_errors = False
_ASCII = {r"\pL": "A-Za-z", r"\pN": "0-9", r"\pM": "", r"\pS": "[$+<=>^`|~]"}


class Match(Protocol):
    """What was found."""

    def group(self, group: int = 0, /) -> str | Any: ...
    def groups(self, default: str = "") -> Sequence[str]: ...
    def end(self, group: int = 0, /) -> int: ...


class Regex(Protocol):
    """A compiled expression, of `re` or of RE2."""

    def search(self, text: str, /) -> Match | None: ...
    def finditer(self, text: str, /) -> Iterator[Match]: ...


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Regex:
    """The expression in RE2. Raises ValueError with RE2's reason if it is none."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the pattern is longer than {LONGEST_PATTERN:,} characters")
    try:
        return cast("Regex", re2.compile(pattern, _QUIET))
    except re2.error as error:
        raise ValueError(_reason(error)) from None


def _reason(error: Exception) -> str:
    told = error.args[0] if error.args else b""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)


class Ours:
    r"""One of our own patterns, in RE2's words (`\pL`, `\pN` …)."""

    def __init__(self, pattern: str) -> None:
        self._any = compiled(pattern)
        for written, ascii_only in _ASCII.items():
            pattern = pattern.replace(written, ascii_only)
        self._ascii = cast("Regex", re.compile(pattern, re.ASCII))

    def finditer(self, text: str) -> Iterator[Match]:
        """The matches from left to right."""
        return (self._ascii if text.isascii() else self._any).finditer(text)
