"""A customer's message as typed values (Cloud API docs, "Webhooks, messages")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from botpe_app.core import phone
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.errors import GraphError, read_error
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.payloads.contents import read_content
from botpe_app.whatsapp.preview import preview


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. Any identity may be "", since a username may hide the phone number.

    `wa_id` is WhatsApp's own spelling of the number; `phone` is `+` and its digits, however
    few (`+5678`), "" where it is no digits.
    """

    wa_id: str
    phone: str
    bsuid: str
    parent_bsuid: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the message answers or where it came from."""

    wamid: str  # of the message it answers, "" where it answers none
    forwarded: bool
    frequently_forwarded: bool
    product: Json  # catalog_id and product_retailer_id it asks about, else {}


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a customer.

    `content` is the object the API shows, in Graph's field names (payloads/contents.py);
    where it could not be read it is {"unsupported": reason, "raw": what was sent}.
    `text` is its one-line preview, which is also what search looks through.
    `timestamp` is None where WhatsApp gave none.
    """

    wamid: str
    type: str
    sender: Sender
    timestamp: datetime | None
    content: Json
    text: str
    context: Context | None
    referral: Json
    group_id: str
    errors: tuple[GraphError, ...]

    @property
    def understood(self) -> bool:
        """Whether the content is of a kind we know and whole."""
        return "unsupported" not in self.content


def parse_message(payload: object) -> Incoming:
    """The message in the payload of an Update of kind message. Never raises."""
    message = loose.mapping(payload, "message")
    kind = loose.text(message, "type") or "unknown"
    content = read_content(kind, message)
    return Incoming(
        wamid=loose.text(message, "id"),
        type=kind,
        sender=_sender(message, loose.mapping(payload, "contact")),
        timestamp=loose.time(message, "timestamp"),
        content=content,
        text=preview(kind, content),
        context=_context(loose.mapping(message, "context")),
        referral=loose.mapping(message, "referral"),
        group_id=loose.text(message, "group_id"),
        errors=tuple(read_error(error) for error in loose.mappings(message, "errors")),
    )


def _sender(message: Json, contact: Json) -> Sender:
    profile = loose.mapping(contact, "profile")
    wa_id = loose.text(message, "from") or loose.text(contact, "wa_id")
    bsuid = loose.text(message, "from_user_id") or loose.text(contact, "user_id")
    if phone.is_bsuid(wa_id):
        wa_id, bsuid = "", bsuid or wa_id
    return Sender(
        wa_id=wa_id,
        phone=phone.shown(wa_id),
        bsuid=bsuid,
        parent_bsuid=loose.text(message, "from_parent_user_id")
        or loose.text(contact, "parent_user_id"),
        username=loose.text(profile, "username"),
        name=loose.text(profile, "name"),
    )


def _context(context: Json) -> Context | None:
    if not context:
        return None
    return Context(
        wamid=loose.text(context, "id"),
        forwarded=loose.flag(context, "forwarded"),
        frequently_forwarded=loose.flag(context, "frequently_forwarded"),
        product=loose.mapping(context, "referred_product"),
    )
