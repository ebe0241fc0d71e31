"""What is in a message, for drawing: every kind the fact sheet knows, and those it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from botpe_app.ui.messages.files import NO_FILE, Attachment, attachment_of

Json = dict[str, Any]
MEDIA = {
    "image": ("Photo", "image"),
    "video": ("Video", "video"),
    "audio": ("Audio", "audio_lines"),
    "voice": ("Voice message", "mic"),
    "document": ("Document", "file_text"),
    "sticker": ("Sticker", "sticker"),
}


@dataclass(frozen=True)
class Line:
    """A line of a card: a product of an order, a person's number, an answer of a form."""

    label: str
    value: str = ""
    href: str = ""


@dataclass(frozen=True)
class Content:
    """The parts a bubble may have; empty ones are not drawn."""

    text: str = ""
    kind: str = ""  # of media: image, video, audio, voice, document, sticker
    label: str = ""  # of media or a card
    detail: str = ""
    file: Attachment = NO_FILE
    href: str = ""  # where a card leads
    lines: list[Line] = field(default_factory=list[Line])
    options: list[str] = field(default_factory=list[str])  # buttons of what we sent
    choice: str = ""  # what the customer tapped
    quiet: str = ""  # said in place of content that is not there


def content_of(kind: str, content: Json) -> Content:
    """The content of a message of this kind as parts; never raises."""
    if "unsupported" in content:
        return Content(quiet=f"Cannot be shown here: {content['unsupported']}")
    read = _READERS.get(kind)
    return read(content) if read else Content(quiet=f"A kind of message not known here ({kind})")


def _text(content: Json) -> Content:
    return Content(text=_str(content, "body"))


def _media(kind: str) -> Callable[[Json], Content]:
    def read(content: Json) -> Content:
        what = "voice" if kind == "audio" and content.get("voice") else kind
        name, file = _str(content, "filename"), attachment_of(kind, content)
        return Content(
            text=_str(content, "caption"),
            kind=what,
            label=name or MEDIA[what][0],
            detail=file.detail or _str(content, "mime_type").split(";")[0],
            file=file,
        )

    return read


def _location(content: Json) -> Content:
    latitude, longitude = content.get("latitude"), content.get("longitude")
    return Content(
        kind="location",
        label=_str(content, "name") or "Location",
        detail=_str(content, "address") or f"{latitude}, {longitude}",
        href=f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}",
    )


def _contacts(content: Json) -> Content:
    people = [person for person in _list(content, "contacts") if isinstance(person, dict)]
    lines = [line for person in people for line in _person(person)]
    return Content(kind="contacts", label=_counted(len(people), "contact card"), lines=lines)


def _person(person: Json) -> list[Line]:
    name = _str(_map(person, "name"), "formatted_name") or "Without a name"
    phones = [_str(p, "phone") for p in _list(person, "phones") if isinstance(p, dict)]
    mails = [_str(e, "email") for e in _list(person, "emails") if isinstance(e, dict)]
    ways = [(p, f"tel:{p}") for p in phones if p] + [(m, f"mailto:{m}") for m in mails if m]
    first, *others = ways or [("", "")]
    return [Line(name, *first), *(Line("", *way) for way in others)]


def _interactive(content: Json) -> Content:
    kind = _str(content, "type")
    answer = _map(content, kind)
    if kind in {"button_reply", "list_reply"}:
        return Content(choice=_str(answer, "title"), detail=_str(answer, "description"))
    if kind == "nfm_reply":
        given = _map(answer, "response")
        lines = [Line(_label(name), str(value)) for name, value in given.items()]
        return Content(kind="form", label=_str(answer, "name") or "Form", lines=lines)
    if kind == "call_permission_reply":
        return Content(kind="form", label="Calls", detail=_str(answer, "response"))
    return _asked(content)


def _asked(content: Json) -> Content:
    """An interactive message of our own: its words and its buttons or list rows."""
    said = [
        f"*{_str(_map(content, 'header'), 'text')}*" if _map(content, "header").get("text") else "",
        _str(_map(content, "body"), "text"),
    ]
    action = _map(content, "action")
    buttons = [_str(_map(b, "reply"), "title") for b in _list(action, "buttons")]
    rows = [_str(r, "title") for s in _list(action, "sections") for r in _list(s, "rows")]
    asked = _map(action, "parameters")
    link = _str(asked, "display_text") or _str(asked, "flow_cta")
    header = _map(content, "header")
    kind = _str(header, "type") if _str(header, "type") in MEDIA else ""
    return Content(
        kind=kind,
        label=MEDIA[kind][0] if kind else "",
        file=attachment_of(kind, _map(header, kind)),
        text="\n".join(part for part in said if part),
        detail=_str(_map(content, "footer"), "text"),
        options=[title for title in [*buttons, *rows, link] if title],
    )


def _button(content: Json) -> Content:
    return Content(choice=_str(content, "text"))


def _order(content: Json) -> Content:
    items = [item for item in _list(content, "product_items") if isinstance(item, dict)]
    lines = [
        Line(
            f"{item.get('quantity', 1)} × {item.get('product_retailer_id', '?')}",
            f"{item.get('item_price', '')} {item.get('currency', '')}".strip(),
        )
        for item in items
    ]
    label = _counted(len(items), "product")
    return Content(text=_str(content, "text"), kind="order", label=f"Order, {label}", lines=lines)


def _system(content: Json) -> Content:
    return Content(quiet=_str(content, "body") or "The customer's account has changed")


def _template(content: Json) -> Content:
    shown = _map(content, "shown")
    if shown:
        return Content(
            text=_str(shown, "body"),
            detail=_str(shown, "footer"),
            options=[_str(button, "text") for button in _list(shown, "buttons")],
        )
    values = [
        _str(parameter, "text") or _str(parameter, "type")
        for component in _list(content, "components")
        for parameter in _list(component, "parameters")
    ]
    return Content(
        kind="template",
        label=_str(content, "name") or "Template",
        lines=[Line(value) for value in values if value],
    )


def _edit(content: Json) -> Content:
    read = _READERS.get(_str(content, "type"))
    inner = _map(content, "content")
    return replace(read(inner), quiet="Edited") if read else Content(quiet="Edited a message")


def _quiet(words: str) -> Callable[[Json], Content]:
    return lambda _: Content(quiet=words)


_READERS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    **{kind: _media(kind) for kind in ("image", "video", "audio", "document", "sticker")},
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "system": _system,
    "template": _template,
    "edit": _edit,
    "revoke": _quiet("Deleted a message"),
    "request_welcome": _quiet("Opened the chat for the first time"),
}


def _str(item: Any, name: str) -> str:
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def _map(item: Any, name: str) -> Json:
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, dict) else {}


def _list(item: Any, name: str) -> list[Any]:
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _counted(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"
