"""JSONPath (RFC 9535) without filter expressions: `$.items[0]['price']`, `$.items[*].id`, `$..id`.

Names, places (`[-1]` is the last), slices (`[1:3]`), wildcards and `..` for any depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import cast

MOST_FOUND = 1000
_DEEPEST = 100
_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
        \.?(?P<name>[^\W\d][\w-]*)
      | \.?(?P<star>\*|\[\s*\*\s*\])
      | \[\s*(?P<quoted>'[^']*'|"[^"]*")\s*\]
      | \[\s*(?P<place>-?[0-9]{1,9})\s*\]
      | \[\s*(?P<start>-?[0-9]{1,9})?\s*:\s*(?P<stop>-?[0-9]{1,9})?\s*\]
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step down; `deep`: from every value below as well."""

    deep: bool
    pick: str | int | slice | None  # None picks everything


@lru_cache(maxsize=1024)
def parse_path(path: str) -> tuple[Step, ...]:
    """The steps of a path. Raises ValueError, saying where it stops making sense."""
    written = path.strip()
    if not written.startswith("$"):
        raise ValueError("it must begin with $")
    steps: list[Step] = []
    at = 1
    while at < len(written):
        found = _STEP.match(written, at)
        if found is None or (not found["deep"] and written[at] not in ".["):
            raise ValueError(f"{written[at : at + 20]!r} is no step")
        steps.append(Step(found["deep"] is not None, _pick(found)))
        at = found.end()
    return tuple(steps)


def _pick(found: re.Match[str]) -> str | int | slice | None:
    if found["name"] is not None:
        return found["name"]
    if found["quoted"] is not None:
        return found["quoted"][1:-1]
    if found["place"] is not None:
        return int(found["place"])
    if found["star"] is not None:
        return None
    ends = (found["start"], found["stop"])
    return slice(*(int(end) if end is not None else None for end in ends))


def find(path: str, document: object) -> list[object]:
    """All values at a path in the document's order, at most MOST_FOUND. Raises ValueError."""
    found: Iterator[object] = iter([document])
    for step in parse_path(path):
        found = _taken(found, step)
    return list(islice(found, MOST_FOUND))


def value_at(path: str, document: object) -> object:
    """The value at a path, None if there is none; a list where the path can pick several."""
    found = find(path, document)
    if all(not step.deep and isinstance(step.pick, str | int) for step in parse_path(path)):
        return found[0] if found else None
    return found


def _taken(found: Iterator[object], step: Step) -> Iterator[object]:
    for value in found:
        for holder in _all_below(value, 0) if step.deep else (value,):
            yield from _picked(holder, step.pick)


def _all_below(value: object, depth: int) -> Iterator[object]:
    yield value
    if depth < _DEEPEST:
        for inner in _picked(value, None):
            yield from _all_below(inner, depth + 1)


def _picked(holder: object, pick: str | int | slice | None) -> Iterator[object]:
    if isinstance(holder, dict):
        named = cast("dict[str, object]", holder)
        if pick is None:
            yield from named.values()
        elif isinstance(pick, str) and pick in named:
            yield named[pick]
    elif isinstance(holder, list) and not isinstance(pick, str):
        listed = cast("list[object]", holder)
        yield from _places(listed, slice(None) if pick is None else pick)


def _places(listed: list[object], pick: int | slice) -> list[object]:
    if isinstance(pick, slice):
        return listed[pick]
    return [listed[pick]] if -len(listed) <= pick < len(listed) else []
