"""Texts with placeholders: `Hello {{contact.name|there}}, that is {{price|number:2}}.`

A placeholder is a dotted path, then parts behind `|`: the name of a filter, with arguments behind
a colon, or else the text to put where there is nothing so far. What a placeholder brings in is
never read as a template itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from botpe_app.core.conditions import Env
from botpe_app.core.conditions.values import as_text
from botpe_app.core.filters import FILTERS

LONGEST = 10_000  # characters that a text may have when it is rendered
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+)*")
_PART = re.compile(r"""\|((?:[^|"']|"[^"]*"|'[^']*'|["'])*)""")
_ARGUMENT = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,]*)(,|$)""")

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter and its arguments; `default` stands for the text to put in for nothing."""

    name: str
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A path of names and what is done with the value there."""

    path: tuple[str, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut into what stands as it is and placeholders."""

    parts: tuple[str | Placeholder, ...]
    broken: tuple[str, ...]  # what looks like a placeholder and is none


def has_placeholder(text: str) -> bool:
    """Whether anything in the text may be filled in."""
    return "{{" in text


def literal(text: str) -> str:
    """The text without its placeholders."""
    return _PLACEHOLDER.sub("", text) if "{{" in text else text


@lru_cache(maxsize=8192)
def parse(text: str) -> Template:
    """The text cut up. What is no placeholder stays as text and is told in `broken`."""
    parts: list[str | Placeholder] = []
    broken: list[str] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        placeholder = _placeholder(found[1])
        if placeholder is None:
            broken.append(found[0])
            continue
        parts += [text[end : found.start()], placeholder]
        end = found.end()
    rest = text[end:]
    unclosed = _PLACEHOLDER.sub("", rest).partition("{{")
    if unclosed[1]:
        broken.append("{{" + unclosed[2][:20])
    return Template(tuple(part for part in (*parts, rest) if part != ""), tuple(broken))


def _placeholder(inner: str) -> Placeholder | None:
    path = _PATH.match(inner.strip())
    if path is None:
        return None
    rest = inner.strip()[path.end() :].strip()
    parts = _PART.findall(rest)
    if "".join("|" + part for part in parts) != rest:
        return None
    return Placeholder(tuple(path[0].split(".")), tuple(_filter(part.strip()) for part in parts))


def _filter(part: str) -> Filter:
    name, colon, written = part.partition(":")
    if name.strip() in FILTERS:
        return Filter(name.strip(), _arguments(written) if colon else ())
    return Filter("default", (_unquoted(part),))


def _arguments(written: str) -> tuple[str, ...]:
    found: list[str] = []
    for argument in _ARGUMENT.finditer(written):
        found.append(_unquoted(argument[1].strip()))
        if argument[2] == "":
            break
    return tuple(found)


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def names(text: str) -> list[str]:
    """The first name of each placeholder's path, in order: what must be known to render it."""
    return [part.path[0] for part in parse(text).parts if isinstance(part, Placeholder)]


def render(text: str, values: Values, env: Env) -> str:
    """The text with its placeholders filled in, cut at LONGEST characters. Never raises."""
    if "{{" not in text:
        return text
    parts = parse(text).parts
    return "".join(
        part if isinstance(part, str) else as_text(_value(part, values, env)) for part in parts
    )[:LONGEST]


def evaluate(text: str, values: Values, env: Env) -> object:
    """The value of the one placeholder that the text is, of its own type; else as rendered."""
    parts = parse(text).parts if "{{" in text else ()
    if len(parts) == 1 and isinstance(parts[0], Placeholder):
        return _value(parts[0], values, env)
    return render(text, values, env)


def fill(content: object, values: Values, env: Env) -> object:
    """A JSON value with every text in it evaluated; keys stay as they are."""
    if isinstance(content, str):
        return evaluate(content, values, env)
    if isinstance(content, dict):
        held = cast("dict[str, object]", content)
        return {key: fill(value, values, env) for key, value in held.items()}
    if isinstance(content, list):
        return [fill(value, values, env) for value in cast("list[object]", content)]
    return content


def lookup(values: object, path: Sequence[str]) -> object:
    """The value at a path of names and places in lists (`-1`: the last), None if there is none."""
    found = values
    for name in path:
        if isinstance(found, Mapping):
            found = cast("Values", found).get(name)
        elif isinstance(found, list):
            found = _item(cast("list[object]", found), name)
        else:
            return None
    return found


def _item(found: list[object], name: str) -> object:
    if not name.removeprefix("-").isdecimal() or len(name) > 6:
        return None
    place = int(name)
    return found[place] if -len(found) <= place < len(found) else None


def _value(placeholder: Placeholder, values: Values, env: Env) -> object:
    found = lookup(values, placeholder.path)
    for each in placeholder.filters:
        found = FILTERS[each.name](found, each.args, env)
    return found
