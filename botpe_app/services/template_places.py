"""What has to be filled in a template before it is sent to many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.models import Template
from botpe_app.services.access import Actor, get
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates.filling import places
from botpe_app.whatsapp.templates.variables import samples_of


@dataclass(frozen=True, slots=True)
class PlaceItem:
    """A place of a template that a campaign fills: its part, name there and sample."""

    part: str  # header, body, buttons
    name: str
    sample: str


def places_of(session: Session, actor: Actor, template_id: UUID | str) -> list[PlaceItem]:
    """What a campaign with this template has to fill. Raises NotFound."""
    actor.require(Permission.READ)
    components = get(session, actor, Template, template_id).components
    return [PlaceItem(*place, _sample(components, place)) for place in places(components)]


def _sample(components: list[dict[str, Any]], place: tuple[str, str]) -> str:
    part, name = place
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
