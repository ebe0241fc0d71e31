"""Webhook news that is neither a message nor a status."""

from __future__ import annotations

import logging
from typing import LiteralString

from botpe_app.models.base import new_id
from botpe_app.services.ingest_accounts import keep_current, numbers_of
from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_people import Person, find_or_make, names
from botpe_app.services.ingest_preferences import prefer
from botpe_app.services.ingest_templates import ABOUT_TEMPLATES, tell
from botpe_app.whatsapp import loose, standing
from botpe_app.whatsapp.errors import policy_of, read_error
from botpe_app.whatsapp.payloads import news

log = logging.getLogger(__name__)

# Kept, and told in the customers' threads where they say whose they are (payloads.lines).
_OF_THREADS = frozenset(("calls", "history", "smb_message_echoes"))
_TELL: LiteralString = """
insert into account_news (organization_id, id, account_id, field, text, at)
select * from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::timestamptz[])
"""


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
    elif event.field in standing.FIELDS | news.FIELDS:
        _of_numbers(batch, event, number)
    elif event.field in _OF_THREADS:
        batch.handled(event, "Kept: it names nobody in whose thread it could stand.")
    else:
        batch.ignored(event, f"Unknown kind of news: {event.field or 'unnamed'}")


def _of_numbers(batch: Batch, event: Event, number: Number | None) -> None:
    if event.field in standing.FIELDS:
        keep_current(batch, event, number)
    if event.field in news.FIELDS:
        _report(batch, event, number)


def _report(batch: Batch, event: Event, number: Number | None) -> None:
    """Lines for the page of the number, or of each number of the business account."""
    value = loose.mapping(event.payload, "value")
    ours = [number] if number else numbers_of(batch, event, value)
    if not ours:
        batch.ignored(event, "No WhatsApp number of this business account is connected here.")
        return
    told = news.news(event.field, value)
    batch.change(
        _TELL,
        [
            (one.organization_id, new_id(), one.account_id, event.field, line.words, at)
            for line in told
            for at in [event.when(line.at)]
            for one in ours
        ],
    )
    if event.field == "smb_app_state_sync":
        _take_in(batch, ours, value)
    for one in ours:
        batch.tell(one.organization_id, "accounts")
    batch.handled(event)


def _take_in(batch: Batch, ours: list[Number], value: loose.Json) -> None:
    """The contacts of the WhatsApp Business app are contacts here too."""
    people = [
        Person(one.organization_id, found, loose.text(contact, "full_name")[:200])
        for item in loose.mappings(value, "state_sync")
        if loose.text(item, "action") != "remove"
        for contact in [loose.mapping(item, "contact")]
        if (found := names(loose.text(contact, "phone_number").removeprefix("+"), ""))
        for one in ours
    ]
    if people:
        find_or_make(batch, people)


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
