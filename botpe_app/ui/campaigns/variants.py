"""The texts of a draft, one or up to five that are tried against each other. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from botpe_app.services.template_items import TemplateItem
from botpe_app.services.template_places import PlaceItem
from botpe_app.ui.campaigns import places
from botpe_app.ui.campaigns.places import Place, Source

NAMES = "ABCDE"


@dataclass(frozen=True)
class Variant:
    """A template with what fills it."""

    name: str = NAMES[0]
    template: str = ""
    components: str = "[]"  # of the template, for the phone
    places: list[Place] = field(default_factory=list[Place])


def of_template(
    name: str,
    item: TemplateItem,
    found: Sequence[PlaceItem],
    variables: Mapping[str, Any],
    *,
    known: Sequence[Source],
    zone: ZoneInfo,
) -> Variant:
    """A variant of this template, its places filled as `variables` say."""
    return Variant(
        name,
        item.id,
        json.dumps(item.components),
        places.places(found, variables, known, zone),
    )


def variables_of(variant: Variant, zone: ZoneInfo) -> dict[str, dict[str, str]]:
    """What a campaign keeps of it, by part."""
    kept: dict[str, dict[str, str]] = {}
    for place in variant.places:
        part, _, name = place.key.partition(".")
        value = places.kept(place, zone)
        if value or place.kind == "text":
            kept.setdefault(part, {})[name] = value
    return kept


def fields_of(variants: Sequence[Variant], zone: ZoneInfo) -> dict[str, Any]:
    """The campaign's template, variables and variants."""
    first = variants[0]
    several = [
        {
            "name": each.name.strip() or NAMES[place],
            "template_id": each.template,
            "variables": variables_of(each, zone),
        }
        for place, each in enumerate(variants)
        if len(variants) > 1
    ]
    return {
        "template_id": first.template,
        "variables": variables_of(first, zone),
        "variants": several,
    }


def one_more(variants: Sequence[Variant], like: Variant) -> list[Variant]:
    """With another one that begins like this one; at most five."""
    taken = {each.name for each in variants}
    name = next((name for name in NAMES if name not in taken), "")
    if not name or len(variants) == len(NAMES):
        return list(variants)
    return [*variants, replace(like, name=name)]
