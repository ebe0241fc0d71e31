"""An organization's own kinds of things, found in a text by name, synonym or with a slip in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botpe_app.core.entities import LONGEST, Entity

_WORD = re.compile(r"\w+", re.UNICODE)
_MOST_WORDS = 5  # of a name


@dataclass(frozen=True, slots=True)
class Term:
    """A way of writing a value of an entity."""

    entity: str
    value: str
    written: str


def terms(definitions: Iterable[Mapping[str, Any]]) -> list[Term]:
    """Of entities such as {"name": "size", "values": [{"value": "large", "synonyms": ["big"]}]}."""
    return [
        Term(one["name"], each["value"], written)
        for one in definitions
        for each in one["values"]
        for written in (each["value"], *each.get("synonyms", ()))
    ]


def find(text: str, known: Iterable[Term]) -> list[Entity]:
    """What the text names of these, in its order; the longest name wins where two overlap.

    Case and accents do not count. A name of four letters may have one slip, of eight two: a letter
    too many, too few, another, or two that changed places; its first letter is right.
    """
    by_start: dict[tuple[int, str], list[tuple[str, Term]]] = {}
    for term in known:
        plain = _plain(term.written)
        if plain:
            key = (plain.count(" ") + 1, plain[0])
            by_start.setdefault(key, []).append((plain, term))
    words = list(_WORD.finditer(text[:LONGEST]))
    found = sorted(_matches(text, words, by_start), key=lambda one: (one[0], -len(one[1].value)))
    taken: list[Entity] = []
    for _, entity in found:
        if all(entity.end <= other.start or entity.start >= other.end for other in taken):
            taken.append(entity)
    return sorted(taken, key=lambda entity: entity.start)


def _matches(
    text: str,
    words: list[re.Match[str]],
    by_start: Mapping[tuple[int, str], list[tuple[str, Term]]],
) -> Iterator[tuple[tuple[int, int], Entity]]:
    """(how good: fewest words missing, then fewest slips; what it is)."""
    for at, first in enumerate(words):
        for count in range(1, min(_MOST_WORDS, len(words) - at) + 1):
            said = " ".join(_plain(word[0]) for word in words[at : at + count])
            end = words[at + count - 1].end()
            for plain, term in by_start.get((count, said[:1]), ()):
                slips = _slips(said, plain)
                if slips is not None:
                    entity = Entity(term.entity, term.value, first.start(), end)
                    yield (-count, slips), entity


def _slips(said: str, meant: str) -> int | None:
    """How many slips make one of the other, None for too many."""
    if said == meant:
        return 0
    allowed = 2 if len(meant) >= 8 else 1 if len(meant) >= 4 else 0
    if not allowed or abs(len(said) - len(meant)) > allowed or said.isdigit():
        return None
    distance = _distance(said, meant)
    return distance if distance <= allowed else None


def _distance(one: str, other: str) -> int:
    """Edits between two short texts, two neighbours that changed places being one."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(kept))
