"""A message's status as typed values (Cloud API docs, "Webhooks, message statuses")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from botpe_app.core import phone
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.errors import GraphError, read_error
from botpe_app.whatsapp.loose import Json

KNOWN = frozenset(("sent", "delivered", "read", "played", "failed", "deleted", "warning"))


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of one message for one recipient.

    `status` is one of KNOWN, or "other" for a word we do not know, which is then in `word`.
    Recipient ids are "" where WhatsApp named none; `participant` is set in groups only.
    `callback_data` is what we sent along, "" if nothing. `errors` explains a failure.
    """

    wamid: str
    status: str
    word: str
    timestamp: datetime | None
    wa_id: str
    bsuid: str
    participant: str
    callback_data: str
    pricing: Json
    conversation: Json
    errors: tuple[GraphError, ...]


def parse_status(payload: object) -> StatusUpdate:
    """The status in the payload of an Update of kind status. Never raises."""
    status = loose.mapping(payload, "status")
    word = loose.text(status, "status")
    wa_id, bsuid = loose.text(status, "recipient_id"), loose.text(status, "recipient_user_id")
    if phone.is_bsuid(wa_id):
        wa_id, bsuid = "", bsuid or wa_id
    return StatusUpdate(
        wamid=loose.text(status, "id"),
        status=word if word in KNOWN else "other",
        word=word,
        timestamp=loose.time(status, "timestamp"),
        wa_id=wa_id,
        bsuid=bsuid,
        participant=loose.text(status, "recipient_participant_id")
        or loose.text(status, "recipient_participant_user_id"),
        callback_data=loose.text(status, "biz_opaque_callback_data"),
        pricing=loose.mapping(status, "pricing"),
        conversation=loose.mapping(status, "conversation"),
        errors=tuple(read_error(error) for error in loose.mappings(status, "errors")),
    )
