"""The content of each kind of incoming message, reduced to the fields we promise.

Field names stay Graph's, so the API shows what its documentation describes; everything is
checked on the way, and what cannot be read is kept whole beside the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from botpe_app.core.digests import sha256_hex
from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.loose import Json, some

_ENVELOPE = frozenset(
    (
        "from",
        "from_user_id",
        "from_parent_user_id",
        "id",
        "timestamp",
        "type",
        "context",
        "group_id",
    )
)


class Broken(Exception):
    """A part that must be there is missing or of the wrong type."""


def read_content(kind: str, message: Json) -> Json:
    """Our content for a message of this kind; {"unsupported": …, "raw": …} where it is not ours."""
    reader = _READERS.get(kind)
    if reader is None:
        return _unsupported(message, _why(kind, message))
    try:
        return reader(message.get(kind))
    except Broken as broken:
        return _unsupported(message, _said(message) or f"{kind}: {broken}")


def _unsupported(message: Json, reason: str) -> Json:
    raw = {name: value for name, value in message.items() if name not in _ENVELOPE}
    return {"unsupported": reason, "raw": raw}


def _why(kind: str, message: Json) -> str:
    what = loose.text(loose.mapping(message, "unsupported"), "type")
    return _said(message) or f"unknown kind of message: {what or kind}"


def _said(message: Json) -> str:
    """WhatsApp's own reason, if it gave one."""
    for error in loose.mappings(message, "errors"):
        details = loose.text(loose.mapping(error, "error_data"), "details")
        return details or loose.text(error, "title") or loose.text(error, "message")
    return ""


def _need(item: object, name: str) -> str:
    value = loose.text(item, name)
    if not value:
        raise Broken(f"{name} is missing")
    return value


def _text(item: object) -> Json:
    return {"body": _need(item, "body")}


def _media(item: object) -> Json:
    return {
        "id": _need(item, "id"),
        **some(
            mime_type=loose.text(item, "mime_type"),
            sha256=sha256_hex(loose.text(item, "sha256")),
            caption=loose.text(item, "caption"),
            filename=loose.text(item, "filename"),
        ),
        **({"voice": True} if loose.flag(item, "voice") else {}),
        **({"animated": True} if loose.flag(item, "animated") else {}),
    }


def _location(item: object) -> Json:
    latitude, longitude = loose.number(item, "latitude"), loose.number(item, "longitude")
    if latitude is None or not -90 <= latitude <= 90:
        raise Broken("latitude is missing or beyond 90")
    if longitude is None or not -180 <= longitude <= 180:
        raise Broken("longitude is missing or beyond 180")
    return {
        "latitude": latitude,
        "longitude": longitude,
        **some(
            name=loose.text(item, "name"),
            address=loose.text(item, "address"),
            url=loose.text(item, "url"),
        ),
    }


def _contacts(item: object) -> Json:
    people = [person for person in loose.mappings({"contacts": item}, "contacts") if person]
    if not people:
        raise Broken("nobody in it")
    return {"contacts": people}


def _reaction(item: object) -> Json:
    return {"message_id": _need(item, "message_id"), "emoji": loose.text(item, "emoji")}


def _interactive(item: object) -> Json:
    kind = _need(item, "type")
    reader = _REPLIES.get(kind)
    if reader is None:
        raise Broken(f"unknown kind {kind}")
    return {"type": kind, kind: reader(loose.mapping(item, kind))}


def _choice(reply: Json) -> Json:
    return {
        "id": _need(reply, "id"),
        "title": loose.text(reply, "title"),
        **some(description=loose.text(reply, "description")),
    }


def _form(reply: Json) -> Json:
    """A flow's or address form's answers, as the object `response`; {} where they are no JSON."""
    written = loose.text(reply, "response_json")
    return {
        **some(name=loose.text(reply, "name"), body=loose.text(reply, "body")),
        "response_json": written,
        "response": _json_object(written),
    }


def _json_object(written: str) -> Json:
    try:
        value = storable.loads(written.encode("utf-8", "replace"))
    except ValueError:
        return {}
    return cast("Json", value) if isinstance(value, dict) else {}


def _permission(reply: Json) -> Json:
    return {
        "response": _need(reply, "response"),
        "is_permanent": loose.flag(reply, "is_permanent"),
        **some(
            expiration_timestamp=loose.whole(reply, "expiration_timestamp"),
            response_source=loose.text(reply, "response_source"),
        ),
    }


def _button(item: object) -> Json:
    return {
        "text": loose.text(item, "text") or _need(item, "payload"),
        "payload": loose.text(item, "payload"),
    }


def _order(item: object) -> Json:
    return {
        "catalog_id": _need(item, "catalog_id"),
        "product_items": loose.mappings(item, "product_items"),
        **some(text=loose.text(item, "text")),
    }


def _system(item: object) -> Json:
    return {
        "type": _need(item, "type"),
        **some(
            body=loose.text(item, "body"),
            wa_id=loose.text(item, "wa_id"),
            user_id=loose.text(item, "user_id"),
            parent_user_id=loose.text(item, "parent_user_id"),
        ),
    }


def _edit(item: object) -> Json:
    message = loose.mapping(item, "message")
    kind = _need(message, "type")
    if kind == "edit":
        raise Broken("an edit of an edit")
    return {
        "original_message_id": _need(item, "original_message_id"),
        "type": kind,
        "content": read_content(kind, message),
    }


def _revoke(item: object) -> Json:
    return {"original_message_id": _need(item, "original_message_id")}


def _nothing(_: object) -> Json:
    return {}


_READERS: dict[str, Callable[[Any], Json]] = {
    "text": _text,
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), _media),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    "request_welcome": _nothing,
}

_REPLIES: dict[str, Callable[[Json], Json]] = {
    "button_reply": _choice,
    "list_reply": _choice,
    "nfm_reply": _form,
    "call_permission_reply": _permission,
}
