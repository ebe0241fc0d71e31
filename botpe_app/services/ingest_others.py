"""Webhook news that is neither a message nor a status."""

from __future__ import annotations

import logging

from botpe_app.services.ingest_accounts import keep_current
from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_people import Person, find_or_make, names
from botpe_app.services.ingest_preferences import prefer
from botpe_app.services.ingest_templates import ABOUT_TEMPLATES, tell
from botpe_app.whatsapp import loose, standing
from botpe_app.whatsapp.errors import policy_of, read_error

log = logging.getLogger(__name__)

# Fields of the Cloud API's webhooks that are kept for what will use them.
KNOWN_FIELDS = frozenset(
    (
        "account_settings_update",
        "automatic_events",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "partner_solutions",
        "payment_configuration_update",
        "smb_app_state_sync",
        "smb_message_echoes",
    )
)


def take_note(batch: Batch, event: Event, number: Number | None) -> None:
    """Says in `batch` what became of an event of kind other, error or malformed."""
    if event.kind == "malformed":
        batch.ignored(event, f"It cannot be read: {loose.text(event.payload, 'reason')}")
    elif event.kind == "error":
        error = read_error(loose.mapping(event.payload, "error"))
        log.warning("whatsapp_reported", extra={"code": error.code, "event_id": event.id})
        batch.handled(event, f"{policy_of(error).title} ({error.code}): {error.details}")
    elif event.field in _ABOUT_PEOPLE:
        if number is None:
            batch.ignored(event, "It does not say which number of ours it is about.")
        else:
            _ABOUT_PEOPLE[event.field](batch, event, number)
    elif event.field in ABOUT_TEMPLATES:
        tell(batch, event)
    elif event.field in standing.FIELDS:
        keep_current(batch, event, number)
    elif event.field in KNOWN_FIELDS:
        batch.handled(event, "Kept; nothing acts on it yet.")
    else:
        batch.ignored(event, f"Unknown kind of news: {event.field or 'unnamed'}")


def _rename(batch: Batch, event: Event, number: Number) -> None:
    """Customers whose ids changed keep their contact under the new ones too."""
    value = loose.mapping(event.payload, "value")
    for item in loose.mappings(value, "user_id_update"):
        wa_id = loose.text(item, "wa_id")
        ids = loose.mapping(item, "user_id"), loose.mapping(item, "parent_user_id")
        found = [
            name
            for when in ("previous", "current")
            for name in names(wa_id, *(loose.text(each, when) for each in ids))
        ]
        if found:
            person = Person(number.organization_id, tuple(dict.fromkeys(found)), make=False)
            find_or_make(batch, [person])
    batch.handled(event)


_ABOUT_PEOPLE = {"user_id_update": _rename, "user_preferences": prefer}
