"""Customers who stop marketing messages in WhatsApp itself, or take them again."""

from __future__ import annotations

from botpe_app.services import contact_effects
from botpe_app.services.contact_effects import OPT_IN, OPT_OUT, Effect
from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_people import Name, Person, find_or_make, names
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json

_KINDS = {"stop": OPT_OUT, "resume": OPT_IN, "signup": OPT_IN}


def prefer(batch: Batch, event: Event, number: Number) -> None:
    """Opts those people out of marketing or in again; strangers become contacts who are out."""
    told = loose.mappings(loose.mapping(event.payload, "value"), "user_preferences")
    wanted = [item for item in told if loose.text(item, "value") in _KINDS and _names(item)]
    if not wanted:
        batch.ignored(event, "It names nobody, or no wish that is known.")
        return
    people = [Person(number.organization_id, _names(item)) for item in wanted]
    found = find_or_make(batch, people)
    effects = [
        Effect(
            number.organization_id,
            contact_id,
            None,
            _KINDS[loose.text(item, "value")],
            event.when(loose.time(item, "timestamp")),
            f"{loose.text(item, 'value')}: {loose.text(item, 'detail')}"[:500],
        )
        for item, contact_id in zip(wanted, found, strict=True)
        if contact_id
    ]
    take_effect(batch, effects)
    batch.handled(event)


def take_effect(batch: Batch, effects: list[Effect]) -> None:
    """Applies what is known of people now, and has their pages look again."""
    for statement, arrays in contact_effects.statements(effects):
        batch.connection.cursor(binary=True).execute(statement, arrays)
    for effect in effects:
        batch.tell(effect.organization_id, "contacts", "inbox")


def _names(item: Json) -> tuple[Name, ...]:
    return names(loose.text(item, "wa_id"), loose.text(item, "user_id"))
