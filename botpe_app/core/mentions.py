"""Whom a note names with @."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AT = re.compile(r"(?<![\w@])@(?=\w)")


def named_in(text: str, people: Mapping[str, str]) -> list[str]:
    """The ids of the people (id to name) whom the text names: `@Ana`, or `@Ana Ruiz`.

    A first name that two of them have names neither; then the whole name is needed.
    """
    said = text.casefold()
    found: list[str] = []
    for place in _AT.finditer(said):
        found += _called(said[place.end() :], people)
    return list(dict.fromkeys(found))


def _called(rest: str, people: Mapping[str, str]) -> list[str]:
    whole = [who for who, name in people.items() if _begins(rest, name.casefold())]
    if whole:
        longest = max(len(people[who]) for who in whole)
        return [who for who in whole if len(people[who]) == longest]
    first = [who for who, name in people.items() if _begins(rest, _first(name.casefold()))]
    return first if len(first) == 1 else []


def _first(name: str) -> str:
    return (name.split() or [""])[0]


def _begins(rest: str, name: str) -> bool:
    after = rest[len(name) : len(name) + 1]
    return bool(name) and rest.startswith(name) and not (after.isalnum() or after == "_")
