"""What has to be filled in a template before it is sent to many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.models import Template
from botpe_app.services import campaign_links
from botpe_app.services.access import Actor, get
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates.filling import fixed, places
from botpe_app.whatsapp.templates.variables import samples_of


@dataclass(frozen=True, slots=True)
class PlaceItem:
    """A place of a template that a campaign fills: its part, name there and sample.

    `same`: all get the same there. `counted`: a whole address, whose clicks are counted.
    """

    part: str  # header, body, buttons, cards, offer
    name: str
    sample: str
    same: bool = False
    counted: bool = False


def places_of(session: Session, actor: Actor, template_id: UUID | str) -> list[PlaceItem]:
    """What a campaign with this template has to fill. Raises NotFound."""
    actor.require(Permission.READ)
    return places_in(get(session, actor, Template, template_id).components)


def places_in(components: list[dict[str, Any]]) -> list[PlaceItem]:
    """Every place of these components: first those that differ from customer to customer."""
    same = [PlaceItem(*place, "", same=True) for place in fixed(components)]
    counted = set(campaign_links.counted(components))
    return [
        PlaceItem(*place, "", counted=True)
        if place in counted
        else PlaceItem(*place, sample(components, place))
        for place in places(components)
    ] + same


def sample(components: list[dict[str, Any]], place: tuple[str, str]) -> str:
    """What stands in a place for Meta's review; "" where nothing does."""
    part, name = place
    if part == "cards":
        number, of, within = name.split(".", 2)
        return sample(_card(components, int(number)), (of, within))
    for component in components:
        if loose.text(component, "type").lower() != part:
            continue
        if part != "buttons":
            return samples_of(component, part).get(name, "")
        button = loose.mappings(component, "buttons")[int(name)]
        example = next((each for each in loose.listing(button, "example")), "")
        # Only the end of an address differs.
        return str(example).removeprefix(loose.text(button, "url").partition("{{")[0])
    return ""


def _card(components: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    cards = [card for component in components for card in loose.mappings(component, "cards")]
    return loose.mappings(cards[number], "components")
