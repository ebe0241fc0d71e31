"""Outgoing messages: check what somebody wants to send, and write it as Graph JSON.

Cloud API docs, "Messages": one POST to /{phone-number-id}/messages, whatever the type.
"""

from __future__ import annotations

from collections.abc import Callable

from botpe_app.core import phone
from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.carried import Carried, carried, our_files, with_graph_ids
from botpe_app.whatsapp.messages.checks import Missing
from botpe_app.whatsapp.messages.interactive import check_interactive
from botpe_app.whatsapp.messages.simple import (
    LOCATION,
    MEDIA,
    REACTION,
    TEXT,
    check_contacts,
    is_media,
)
from botpe_app.whatsapp.messages.template import check_template
from botpe_app.whatsapp.messages.uploads import FILES, best_kind, check_file
from botpe_app.whatsapp.preview import preview

LONGEST_CALLBACK_DATA = 512  # characters

_CHECKS: dict[str, Callable[[object, str], Json]] = {
    "text": TEXT,
    **MEDIA,
    "location": LOCATION,
    "contacts": check_contacts,
    "reaction": REACTION,
    "interactive": check_interactive,
    "template": check_template,
}
TYPES = tuple(_CHECKS)


def validate(message_type: str, content: object) -> Json:
    """The content as we keep it: checked against every limit of its type.

    `content` is what stands under the type's name in a request: an object, for contacts a
    list (kept as {"contacts": list}). Raises Invalid, its `field` like
    `interactive.action.buttons[0].reply.title`, Missing where something is absent.
    """
    check = _CHECKS.get(message_type)
    if check is None:
        raise Invalid(f"A message's type is one of {', '.join(TYPES)}.", field="type")
    return check(content, message_type)


def build(
    message_type: str,
    content: Json,
    *,
    to: str,
    context_wamid: str | None = None,
    callback_data: str = "",
) -> Json:
    """The Graph JSON that sends validated content to a phone number (or a BSUID).

    `context_wamid` is the message it answers; `callback_data` comes back with every status.
    """
    body: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    body["recipient" if phone.is_bsuid(to) else "to"] = to
    body["type"] = message_type
    body[message_type] = content["contacts"] if message_type == "contacts" else content
    if context_wamid and message_type != "reaction":
        body["context"] = {"message_id": context_wamid}
    if callback_data:
        body["biz_opaque_callback_data"] = callback_data[:LONGEST_CALLBACK_DATA]
    return body


def build_read(wamid: str, *, typing: bool = False) -> Json:
    """The Graph JSON that marks a customer's message read, and may show us typing (25 s)."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    return {**body, "typing_indicator": {"type": "text"}} if typing else body


__all__ = [
    "FILES",
    "TYPES",
    "Carried",
    "Missing",
    "best_kind",
    "build",
    "build_read",
    "carried",
    "check_file",
    "is_media",
    "our_files",
    "preview",
    "validate",
    "with_graph_ids",
]
