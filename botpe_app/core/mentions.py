"""Whom a note names with @."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_AT = re.compile(r"(?<![\w@])@(?=\w)")


def named_in(text: str, people: Mapping[str, str]) -> list[str]:
    """The ids of the people (id to name) whom the text names: `@Ana`, or `@Ana Ruiz`.

    A first name that two of them have names neither; then the whole name is needed.
    """
    return list(dict.fromkeys(who for who, _ in _named(text.casefold(), people)))


def spelled_in(text: str, people: Mapping[str, str]) -> list[str]:
    """Each of these names as it stands in the text, with its @."""
    said = text.casefold()
    if len(said) != len(text):
        return []  # letters that fold into several: the places are not the same
    return list(dict.fromkeys(text[begin:end] for _, (begin, end) in _named(said, people)))


def _named(said: str, people: Mapping[str, str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Who is named, and from where to where."""
    for place in _AT.finditer(said):
        who, length = _called(said[place.end() :], people)
        yield from ((one, (place.start(), place.end() + length)) for one in who)


def _called(rest: str, people: Mapping[str, str]) -> tuple[list[str], int]:
    """Whom the text begins with, and how many characters name them."""
    whole = [who for who, name in people.items() if _begins(rest, name.casefold())]
    if whole:
        longest = max(len(people[who].casefold()) for who in whole)
        return [who for who in whole if len(people[who].casefold()) == longest], longest
    first = [who for who, name in people.items() if _begins(rest, _first(name.casefold()))]
    return (first, len(_first(people[first[0]].casefold()))) if len(first) == 1 else ([], 0)


def _first(name: str) -> str:
    return (name.split() or [""])[0]


def _begins(rest: str, name: str) -> bool:
    after = rest[len(name) : len(name) + 1]
    return bool(name) and rest.startswith(name) and not (after.isalnum() or after == "_")
