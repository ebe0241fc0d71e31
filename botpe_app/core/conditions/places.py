"""Tests for names of states, districts and wards, where the environment knows any."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from botpe_app.core.conditions.env import Env, Place
from botpe_app.core.conditions.operators import NO, Result, operator
from botpe_app.core.conditions.patterns import Ours
from botpe_app.core.conditions.values import SPACE, as_text
from botpe_app.core.conditions.words import alike
from botpe_app.errors import Invalid

STATE, DISTRICT, WARD = 1, 2, 3
_WORD = Ours(r"[\pL0-9]+(?:-[\pL0-9]+)*")
_BETWEEN = re.compile(r"\s*>\s*")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place and the names above it, the country first."""

    place: Place
    path: tuple[str, ...]


def _spots(env: Env) -> list[_Spot]:
    if env.country_places is None:
        raise Invalid("env.locations is missing: there are no places to find.", field="env")
    return list(_below(env.country_places, ()))


def _below(place: Place, above: tuple[str, ...]) -> Iterator[_Spot]:
    path = (*above, place.name)
    yield _Spot(place, path)
    for child in place.children:
        yield from _below(child, path)


def _named(name: str, level: int, inside: _Spot | None, env: Env) -> list[_Spot]:
    """The places of a level with that name, alias or path (`Rwanda > Kigali`)."""
    wanted = alike(_BETWEEN.sub(" > ", name), env)
    return [
        spot
        for spot in _spots(env)
        if len(spot.path) == level + 1
        and (inside is None or spot.path[:-1] == inside.path)
        and wanted in _spellings(spot, env)
    ]


def _spellings(spot: _Spot, env: Env) -> list[str]:
    names = (spot.place.name, *spot.place.aliases, " > ".join(spot.path))
    return [alike(name, env) for name in names]


def _find(text: str, level: int, inside: _Spot | None, env: Env) -> list[_Spot]:
    """The places named by the whole text, else without punctuation, by a word, by two."""
    words = [found.group() for found in _WORD.finditer(text)]
    pairs = [" ".join(pair) for pair in itertools.pairwise(words)]
    for name in (text.strip(SPACE), "".join(words), *words, *pairs):
        found = _named(name, level, inside, env)
        if found:
            return found
    return []


def _matched(spots: list[_Spot]) -> Result:
    return Result(True, " > ".join(spots[0].path)) if spots else NO


def _only(spots: list[_Spot]) -> Result:
    """A match if there is just one: without what it lies in, a name may mean several."""
    return _matched(spots) if len(spots) == 1 else NO


@operator("has_state")
def has_state(subject: object, args: Sequence[object], env: Env) -> Result:
    """A state; extracts its path, like all tests of places."""
    return _matched(_find(as_text(subject), STATE, None, env))


@operator("has_district", 0, 1)
def has_district(subject: object, args: Sequence[object], env: Env) -> Result:
    """A district, of the state in args[0] if it is given."""
    if not args or not as_text(args[0]):
        return _only(_find(as_text(subject), DISTRICT, None, env))
    states = _find(as_text(args[0]), STATE, None, env)
    return _matched(_find(as_text(subject), DISTRICT, states[0], env)) if states else NO


@operator("has_ward", 0, 2)
def has_ward(subject: object, args: Sequence[object], env: Env) -> Result:
    """A ward, of the state and district in args if they are given (both or neither)."""
    if len(args) == 1:
        raise Invalid("has_ward takes no arguments or a state and a district.", field="args")
    if not args or not as_text(args[1]):
        return _only(_find(as_text(subject), WARD, None, env))
    states = _find(as_text(args[0]), STATE, None, env)
    districts = _find(as_text(args[1]), DISTRICT, states[0], env) if states else []
    return _matched(_find(as_text(subject), WARD, districts[0], env)) if districts else NO
