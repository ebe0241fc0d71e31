"""What stands in a template's places: from each contact, or the same for all. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from botpe_app.core.filters import FILTERS
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_places import PlaceItem

TEXT = "text"
_SIMPLE = re.compile(
    r"\{\{\s*contact\.([a-z0-9_.]+)\s*(?:\|(?:default:\"([^\"]*)\"|([^{}|]*)))?\}\}"
)
_OURS = {"name": "Name", "phone": "Phone number", "email": "E-mail", "language": "Language"}
_PARTS = {"header": "Header", "body": "Text", "buttons": "Button"}


@dataclass(frozen=True)
class Source:
    """Where the text of a place may come from."""

    key: str
    label: str


@dataclass(frozen=True)
class Place:
    """A place of the template, and what fills it."""

    key: str  # part.name
    label: str
    sample: str
    source: str  # a Source's key
    fallback: str  # for a field; the words themselves for `text`


def sources(fields: Sequence[CustomFieldItem]) -> list[Source]:
    """Where a place's text may come from."""
    custom = [Source(f"custom_fields.{each.name}", each.label) for each in fields]
    ours = [Source(key, label) for key, label in _OURS.items()]
    return [*ours, *custom, Source(TEXT, "The same words for all")]


def places(
    found: Sequence[PlaceItem], variables: Mapping[str, Mapping[str, str]], known: Sequence[Source]
) -> list[Place]:
    """The template's places with what fills them now."""
    keys = {source.key for source in known}
    return [_place(each, variables.get(each.part, {}).get(each.name, ""), keys) for each in found]


def _place(item: PlaceItem, value: str, known: set[str]) -> Place:
    name = f"{{{{{item.name}}}}}" if item.part != "buttons" else f"{int(item.name) + 1}"
    said = _SIMPLE.fullmatch(value)
    source, fallback = (
        (said[1], said[2] or said[3] or "") if said and said[1] in known else (TEXT, value)
    )
    if not value and item.name in ("name", "1") and item.part == "body":
        source = "name"
    label = f"{_PARTS[item.part]} {name}"
    return Place(f"{item.part}.{item.name}", label, item.sample, source, fallback)


def value_of(source: str, fallback: str) -> str:
    """What a campaign keeps for a place."""
    if source == TEXT:
        return fallback
    safe = re.sub(r"[{}|\"]", "", fallback)
    if not safe:
        return f"{{{{contact.{source}}}}}"
    plain = safe.strip() not in FILTERS and ":" not in safe
    return f"{{{{contact.{source}|{safe}}}}}" if plain else _defaulted(source, safe)


def _defaulted(source: str, words: str) -> str:
    """For words that would be read as the name of a filter."""
    return f'{{{{contact.{source}|default:"{words}"}}}}'
