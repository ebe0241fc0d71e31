"""What stands in a template's places: from each contact, or the same for all. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from botpe_app.core.filters import FILTERS
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_places import PlaceItem
from botpe_app.ui import words

TEXT = "text"
_SIMPLE = re.compile(
    r"\{\{\s*contact\.([a-z0-9_.]+)\s*(?:\|(?:default:\"([^\"]*)\"|([^{}|]*)))?\}\}"
)
_OURS = {"name": "Name", "phone": "Phone number", "email": "E-mail", "language": "Language"}
_PARTS = {"header": "Header", "body": "Text", "buttons": "Button"}
_SAME = {
    "link": "address of the file",
    "latitude": "latitude",
    "longitude": "longitude",
    "name": "name of the place",
    "address": "address of the place",
    "product_retailer_id": "product",
    "catalog_id": "catalogue",
    "expires_at": "ends",
}
_EXAMPLES = {"link": "https://shop.example.com/sale.jpg", "latitude": "52.52", "longitude": "13.40"}


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
    kind: str = "text"  # same or moment for what is the same for all
    example: str = ""


def sources(fields: Sequence[CustomFieldItem]) -> list[Source]:
    """Where a place's text may come from."""
    custom = [Source(f"custom_fields.{each.name}", each.label) for each in fields]
    ours = [Source(key, label) for key, label in _OURS.items()]
    return [*ours, *custom, Source(TEXT, "The same words for all")]


def places(
    found: Sequence[PlaceItem],
    variables: Mapping[str, Mapping[str, str]],
    known: Sequence[Source],
    zone: ZoneInfo,
) -> list[Place]:
    """The template's places with what fills them now."""
    keys = {source.key for source in known}
    return [
        _same(each, variables.get(each.part, {}), zone)
        if each.same
        else _place(each, variables.get(each.part, {}).get(each.name, ""), keys)
        for each in found
    ]


def _same(item: PlaceItem, given: Mapping[str, str], zone: ZoneInfo) -> Place:
    """What all get: a file stays the id it was given as, a moment is shown by the local clock."""
    name = item.name
    as_id = name.removesuffix("link") + "id"
    if name.endswith("link") and as_id in given and name not in given:
        name = as_id
    value, last = given.get(name, ""), item.name.rpartition(".")[2]
    kind = "moment" if last == "expires_at" else "same"
    if kind == "moment" and value:
        value = words.typed(datetime.fromisoformat(value), zone)
    key = f"{item.part}.{name}"
    return Place(key, _label(item), "", TEXT, value, kind, _EXAMPLES.get(last, ""))


def _place(item: PlaceItem, value: str, known: set[str]) -> Place:
    said = _SIMPLE.fullmatch(value)
    source, fallback = (
        (said[1], said[2] or said[3] or "") if said and said[1] in known else (TEXT, value)
    )
    if not value and item.name in ("name", "1") and item.part == "body":
        source = "name"
    sample = "https://shop.example.com/tents" if item.counted else item.sample
    return Place(f"{item.part}.{item.name}", _label(item), sample, source, fallback)


def _label(item: PlaceItem) -> str:
    if item.part == "cards":
        number, part, name = item.name.split(".", 2)
        inner = _label(replace(item, part=part, name=name))
        return f"Card {int(number) + 1}: {inner[0].lower()}{inner[1:]}"
    if item.part == "offer":
        return "The offer ends"
    if item.counted:
        return f"Button {int(item.name) + 1} leads to"
    if item.same:
        return f"Header: {_SAME[item.name]}"
    name = f"{int(item.name) + 1}" if item.part == "buttons" else f"{{{{{item.name}}}}}"
    return f"{_PARTS[item.part]} {name}"


def kept(place: Place, zone: ZoneInfo) -> str:
    """What a campaign keeps for a place as it is filled; "" for nothing."""
    said = place.fallback.strip()
    if place.kind == "text" or not said:
        return value_of(place.source, place.fallback)
    if place.kind != "moment":
        return said
    moment = words.moment_of(said, zone)
    return moment.isoformat() if moment else ""


def value_of(source: str, fallback: str) -> str:
    """What a campaign keeps for a place whose text comes from there."""
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
