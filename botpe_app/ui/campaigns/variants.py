"""The texts of a draft, one or up to five that are tried against each other. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from botpe_app.services.template_items import TemplateItem
from botpe_app.services.template_places import PlaceItem
from botpe_app.ui.campaigns import places
from botpe_app.ui.campaigns.places import Place, Source

NAMES = "ABCDE"
_FILES = {"IMAGE", "VIDEO", "DOCUMENT", "GIF"}


@dataclass(frozen=True)
class Variant:
    """A template with what fills it."""

    name: str = NAMES[0]
    template: str = ""
    components: str = "[]"  # of the template, for the phone
    needs_file: bool = False
    file: str = ""  # the header's link
    places: list[Place] = field(default_factory=list[Place])


def of_template(
    name: str,
    item: TemplateItem,
    found: Sequence[PlaceItem],
    variables: Mapping[str, Any],
    known: Sequence[Source],
) -> Variant:
    """A variant of this template, its places filled as `variables` say."""
    formats = {
        str(component.get("format", "")).upper()
        for component in item.components
        if str(component.get("type", "")).upper() == "HEADER"
    }
    return Variant(
        name,
        item.id,
        json.dumps(item.components),
        bool(formats & _FILES),
        str(variables.get("header", {}).get("link", "")),
        places.places(found, variables, known),
    )


def variables_of(variant: Variant) -> dict[str, dict[str, str]]:
    """What a campaign keeps of it, by part."""
    kept: dict[str, dict[str, str]] = {}
    for place in variant.places:
        part, _, name = place.key.partition(".")
        kept.setdefault(part, {})[name] = places.value_of(place.source, place.fallback)
    if variant.needs_file and variant.file.strip():
        kept.setdefault("header", {})["link"] = variant.file.strip()
    return kept


def fields_of(variants: Sequence[Variant]) -> dict[str, Any]:
    """The campaign's template, variables and variants."""
    first = variants[0]
    several = [
        {
            "name": each.name.strip() or NAMES[place],
            "template_id": each.template,
            "variables": variables_of(each),
        }
        for place, each in enumerate(variants)
        if len(variants) > 1
    ]
    return {
        "template_id": first.template,
        "variables": variables_of(first),
        "variants": several,
    }


def one_more(variants: Sequence[Variant], like: Variant) -> list[Variant]:
    """With another one that begins like this one; at most five."""
    taken = {each.name for each in variants}
    name = next((name for name in NAMES if name not in taken), "")
    if not name or len(variants) == len(NAMES):
        return list(variants)
    return [*variants, replace(like, name=name)]
