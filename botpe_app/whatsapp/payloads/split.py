"""A webhook POST into its single updates, each standing on its own.

Cloud API docs, "Webhooks": one POST carries up to 1,000 updates in entry[].changes[], a
`messages` change holding messages, statuses and errors side by side, and it may come again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from botpe_app.core import phone
from botpe_app.whatsapp import storable
from botpe_app.whatsapp.loose import Json, get, listing, mapping, mappings, text

_LONGEST_KEY = 400  # bytes an index entry can hold with room to spare; real keys stay under 200


class Update(NamedTuple):
    """One piece of news, ready to be stored and handled without its siblings.

    `event_key` is the same whenever WhatsApp delivers the same news again. `kind` is message,
    status, error, other (another webhook field) or malformed. `contact_key` names the customer
    by BSUID, else by phone.key, else it is empty. Ids are "" where the news names none.
    """

    event_key: str
    field: str
    kind: str
    waba_id: str
    phone_number_id: str
    contact_key: str
    payload: Json


def split(body: bytes) -> list[Update]:
    """The updates of a signed POST, in its order; what cannot be read is kept as malformed.

    Never raises. Payloads hold only what jsonb can keep: storable.dumps writes them.
    """
    try:
        document = storable.loads(body)
    except ValueError as error:
        return [_unreadable(body, f"not JSON: {error}")]
    updates = list(_updates(document))
    return updates or [_unreadable(body, "no update in it")]


def _updates(document: Any) -> Iterator[Update]:
    for entry in listing(document, "entry"):
        waba_id = text(entry, "id")
        changes = listing(entry, "changes")
        if not changes:
            yield _malformed("", waba_id, "", "an entry without changes", entry)
        for change in changes:
            yield from _of_change(change, waba_id, get(entry, "time"))


def _of_change(change: Any, waba_id: str, time: Any) -> Iterator[Update]:
    field, value = text(change, "field"), mapping(change, "value")
    if not value:
        yield _malformed(field, waba_id, "", "a change without a value", change)
        return
    shared = _Shared(field, waba_id, value)
    empty = True
    if field == "messages":
        for update in shared.updates():
            empty = False
            yield update
    if empty:
        yield shared.whole(time)


class _Shared:
    """What the updates of one change have in common."""

    __slots__ = (
        "field",
        "lone_contact",
        "metadata",
        "people",
        "phone_number_id",
        "value",
        "waba_id",
    )

    def __init__(self, field: str, waba_id: str, value: Json) -> None:
        self.field = field
        self.waba_id = waba_id
        self.value = value
        self.metadata = value.get("metadata")
        self.phone_number_id = text(self.metadata, "phone_number_id")
        contacts = mappings(value, "contacts")
        self.people = {text(c, name): c for c in contacts for name in ("wa_id", "user_id")}
        # A lone profile belongs to a lone message, whatever its ids say.
        alone = len(contacts) == 1 and len(listing(value, "messages")) == 1
        self.lone_contact = contacts[0] if alone else None

    def updates(self) -> Iterator[Update]:
        for message in listing(self.value, "messages"):
            yield self.message(message)
        for status in listing(self.value, "statuses"):
            yield self.status(status)
        for error in listing(self.value, "errors"):
            yield self.hashed("error", "", {"metadata": self.metadata, "error": error})

    def message(self, message: Any) -> Update:
        wamid = text(message, "id")
        if not wamid:
            return self.malformed("a message without an id", message)
        wa_id, user_id = text(message, "from"), text(message, "from_user_id")
        payload = {
            "metadata": self.metadata,
            "contact": self.contact(wa_id, user_id),
            "message": message,
        }
        key = _key(f"m:{self.phone_number_id}:{wamid}")
        return self.update(key, "message", user_id or phone.key(wa_id), payload)

    def status(self, status: Any) -> Update:
        wamid, word = text(status, "id"), text(status, "status")
        if not wamid or not word:
            return self.malformed("a status without an id or a status", status)
        wa_id, user_id = text(status, "recipient_id"), text(status, "recipient_user_id")
        member = text(status, "recipient_participant_id") or text(
            status, "recipient_participant_user_id"
        )
        payload = {
            "metadata": self.metadata,
            "contact": self.contact(wa_id, user_id),
            "status": status,
        }
        key = _key(f"s:{wamid}:{word}:{member or wa_id or user_id}")
        return self.update(key, "status", user_id or phone.key(wa_id), payload)

    def contact(self, wa_id: str, user_id: str) -> Json | None:
        if wa_id and wa_id in self.people:
            return self.people[wa_id]
        if user_id and user_id in self.people:
            return self.people[user_id]
        return self.lone_contact

    def whole(self, time: Any) -> Update:
        # Such news may repeat word for word later (flagged, unflagged, flagged) or reach two
        # businesses alike, so the time and the business are part of what makes it the same.
        return self.hashed("other", _first_person(self.value), {"time": time, "value": self.value})

    def malformed(self, reason: str, item: Any) -> Update:
        return _malformed(self.field, self.waba_id, self.phone_number_id, reason, item)

    def hashed(self, kind: str, contact_key: str, payload: Json) -> Update:
        key = _hash(storable.canonical([self.waba_id, self.field, payload]))
        return self.update(key, kind, contact_key, payload)

    def update(self, key: str, kind: str, contact_key: str, payload: Json) -> Update:
        return Update(
            key, self.field, kind, self.waba_id, self.phone_number_id, contact_key, payload
        )


def _first_person(value: Json) -> str:
    """Whom news of another field is about, as far as its first item or contact says."""
    for name in ("user_preferences", "user_id_update", "contacts"):
        for item in listing(value, name):
            wa_id = text(item, "wa_id")
            return text(item, "user_id") or (phone.key(wa_id) if wa_id else "")
    return ""


def _unreadable(body: bytes, reason: str) -> Update:
    payload = {"reason": reason, "raw": storable.text_of(body)}
    return Update(_hash(body), "", "malformed", "", "", "", payload)


def _malformed(field: str, waba_id: str, number: str, reason: str, item: Any) -> Update:
    payload = {"reason": reason, "raw": item}
    key = _hash(storable.canonical([waba_id, field, payload]))
    return Update(key, field, "malformed", waba_id, number, "", payload)


def _key(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else _hash(key.encode())


def _hash(content: bytes) -> str:
    return "h:" + hashlib.sha256(content).hexdigest()
