"""Text, media, location, contacts and reactions (Cloud API docs, one page a message type)."""

from __future__ import annotations

import re
from typing import cast

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json, get
from botpe_app.whatsapp.messages.checks import (
    Check,
    Missing,
    flag,
    items,
    matching,
    number,
    shape,
    text,
    url,
)

TEXT = shape({"body": text(4096)}, {"preview_url": flag})
LOCATION = shape(
    {"latitude": number(-90, 90), "longitude": number(-180, 180)},
    {"name": text(1000), "address": text(1000)},
)
WAMID = text(256)


def media(**optional: Check) -> Check:
    """A file by `id` (uploaded) or by `link`, exactly one of the two, with these extras."""
    fields = shape({}, {"id": text(256), "link": url(), **optional})

    def check(value: object, field: str) -> Json:
        checked = fields(value, field)
        if "id" in checked and "link" in checked:
            raise Invalid(f"{field} takes an id or a link, not both.", field=f"{field}.link")
        if "id" not in checked and "link" not in checked:
            raise Missing(f"{field} needs the id of an uploaded file or a link.", field=field)
        return checked

    return check


_CAPTION = text(1024, least=0)
MEDIA: dict[str, Check] = {
    "image": media(caption=_CAPTION),
    "video": media(caption=_CAPTION),
    "audio": media(voice=flag),
    "document": media(caption=_CAPTION, filename=text(240)),
    "sticker": media(),
}


def is_media(message_type: str) -> bool:
    """Whether messages of this type carry a file."""
    return message_type in MEDIA


# One emoji is a base with its modifiers, several bases joined by U+200D, a flag, or a keycap.
_BASE = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_ONE = f"{_BASE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007f]+)?"
_EMOJI = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*)"
)


def _emoji(value: object, field: str) -> str:
    emoji: str = text(64, least=0)(value, field)
    if emoji and _EMOJI.fullmatch(emoji) is None:
        raise Invalid(f"{field} must be one emoji, or empty to take it back.", field=field)
    return emoji


REACTION = shape({"message_id": WAMID, "emoji": _emoji})

_SHORT = text(1000)
_NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
_KIND = {"type": text(50)}


def _name(value: object, field: str) -> Json:
    given: Json = shape({"formatted_name": _SHORT}, dict.fromkeys(_NAME_PARTS, _SHORT))(
        value, field
    )
    if len(given) < 2:
        raise Missing(
            f"{field} needs one more part, such as first_name.", field=f"{field}.first_name"
        )
    return given


_PERSON = shape(
    {"name": _name},
    {
        "phones": items(shape({}, {"phone": _SHORT, "wa_id": _SHORT, **_KIND}), 20, least=0),
        "emails": items(shape({}, {"email": _SHORT, **_KIND}), 20, least=0),
        "addresses": items(
            shape(
                {},
                dict.fromkeys(
                    ("street", "city", "state", "zip", "country", "country_code", "type"), _SHORT
                ),
            ),
            20,
            least=0,
        ),
        "org": shape({}, dict.fromkeys(("company", "department", "title"), _SHORT)),
        "urls": items(shape({}, {"url": _SHORT, **_KIND}), 20, least=0),
        "birthday": matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date like 1990-12-31", 10),
    },
)
_PEOPLE = items(_PERSON, 257)


def check_contacts(value: object, field: str) -> Json:
    """{"contacts": list}, from a list of people or from that very object."""
    people = get(cast("object", value), "contacts") if isinstance(value, dict) else value
    return {"contacts": _PEOPLE(people, field)}
