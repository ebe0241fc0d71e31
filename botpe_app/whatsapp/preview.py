"""A message in one line, for lists, notifications and search."""

from __future__ import annotations

from collections.abc import Callable

from botpe_app.whatsapp.loose import Json, flag, listing, mapping, text


def preview(message_type: str, content: Json) -> str:
    """One line that says what the message is, such as `📷 Photo · at the beach`.

    Takes our own content of either direction; what nobody could read is named as such.
    """
    if "unsupported" in content:
        return f"Message that cannot be shown here ({message_type})"
    line = _LINES.get(message_type)
    said = line(content) if line else f"Message of an unknown kind ({message_type})"
    return " ".join(said.split())


def _labelled(label: str, *said: str) -> str:
    return " · ".join([label, *filter(None, said)])


def _audio(content: Json) -> str:
    return "🎤 Voice message" if flag(content, "voice") else "🎵 Audio"


def _location(content: Json) -> str:
    return _labelled("📍 Location", text(content, "name"), text(content, "address"))


def _contacts(content: Json) -> str:
    people = listing(content, "contacts")
    names = [text(mapping(person, "name"), "formatted_name") for person in people]
    return _labelled("👤 Contact", ", ".join(filter(None, names)))


def _reaction(content: Json) -> str:
    emoji = text(content, "emoji")
    return f"Reacted with {emoji}" if emoji else "Took a reaction back"


def _interactive(content: Json) -> str:
    kind = text(content, "type")
    reply = mapping(content, kind)
    if kind == "nfm_reply":
        return _labelled("📝 Form answered", text(reply, "name"))
    if kind == "call_permission_reply":
        return _labelled("📞 Asked for a call", text(reply, "response"))
    if reply:
        return text(reply, "title")
    said = text(mapping(content, "body"), "text") or text(mapping(content, "header"), "text")
    return said or f"🔘 {kind.replace('_', ' ').capitalize()}"


def _order(content: Json) -> str:
    items = len(listing(content, "product_items"))
    return _labelled("🛒 Order", f"{items} item{'' if items == 1 else 's'}", text(content, "text"))


def _edit(content: Json) -> str:
    return f"Edited: {preview(text(content, 'type'), mapping(content, 'content'))}"


_LINES: dict[str, Callable[[Json], str]] = {
    "text": lambda content: text(content, "body"),
    "image": lambda content: _labelled("📷 Photo", text(content, "caption")),
    "video": lambda content: _labelled("🎥 Video", text(content, "caption")),
    "audio": _audio,
    "document": lambda content: _labelled(
        f"📄 {text(content, 'filename') or 'Document'}", text(content, "caption")
    ),
    "sticker": lambda _: "💟 Sticker",
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "button": lambda content: text(content, "text"),
    "order": _order,
    "system": lambda content: text(content, "body") or "The customer's account has changed",
    "edit": _edit,
    "revoke": lambda _: "🚫 Deleted a message",
    "request_welcome": lambda _: "Opened the chat",
    "template": lambda content: _labelled("📋 Template", text(content, "name")),
}
