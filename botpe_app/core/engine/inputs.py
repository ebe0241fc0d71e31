"""What comes in while a bot is tried, as a script writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from botpe_app.core.conditions.values import as_text, items, mapping
from botpe_app.core.engine.resumes import Start
from botpe_app.errors import Invalid

Json = dict[str, Any]
_KINDS = (
    "image", "video", "audio", "document", "sticker", "location", "contacts", "order",
    "interactive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Something said: by `contact`, or by `bot` at a node."""

    speaker: str
    type: str
    content: Json
    node_id: str | None = None


def seconds_of(raw: object, where: str) -> float:
    """How long after the one before it an input comes. Raises Invalid."""
    if not isinstance(raw, dict):
        raise Invalid("An input is an object, such as {“text”: “hello”}.", field=where)
    after = cast("Json", raw).get("after", 0)
    if isinstance(after, bool) or not isinstance(after, int | float) or not 0 <= after <= 1e8:
        raise Invalid("Seconds, 0 or more.", field=f"{where}.after")
    return after


def content_of(raw: Json, where: str, lines: Sequence[Line]) -> tuple[str, Json]:
    """(type, content) of the customer's message, as messages are stored. Raises Invalid."""
    for name in ("button", "list"):
        if name in raw:
            return _pressed(raw, name, where, lines)
    if "form" in raw:
        return "interactive", {"type": "nfm_reply", "nfm_reply": {"response": raw["form"]}}
    for name in _KINDS:
        if isinstance(raw.get(name), dict):
            return name, raw[name]
    given = raw.get("text")
    body = given if isinstance(given, str) else mapping(given).get("body")
    if not isinstance(body, str):
        raise Invalid("Say what comes in: text, button, image …", field=where)
    return "text", {"body": body[:4096]}


def _pressed(raw: Json, name: str, where: str, lines: Sequence[Line]) -> tuple[str, Json]:
    given: object = raw[name]
    held = mapping(given)
    button_id = given if isinstance(given, str) else held.get("id")
    if not isinstance(button_id, str) or not button_id:
        raise Invalid("The id of what is pressed.", field=f"{where}.{name}")
    title = as_text(held.get("title")) or as_text(raw.get("title"))
    kind = "list_reply" if name == "list" else "button_reply"
    pressed = {"id": button_id, "title": title or _title(button_id, lines)}
    return "interactive", {"type": kind, kind: pressed}


def _title(button_id: str, lines: Sequence[Line]) -> str:
    """What stands on the choice with this id that was offered last."""
    for line in reversed(lines):
        action = mapping(mapping(line.content).get("action"))
        replies = [mapping(mapping(one).get("reply")) for one in items(action.get("buttons"))]
        rows = [
            mapping(row)
            for section in items(action.get("sections"))
            for row in items(mapping(section).get("rows"))
        ]
        for choice in (*replies, *rows):
            if choice.get("id") == button_id:
                return as_text(choice.get("title"))
    return ""


def start_of(raw: object, where: str) -> Start:
    """What begins the bot without a word: a call, a tag, a time of day. Raises Invalid."""
    try:
        start = Start.model_validate(raw)
    except ValueError:
        start = Start()
    if start.type not in ("api", "tag", "schedule") or start.said:
        told = "Say what begins the bot: “type” api, tag or schedule, with tag, trigger_id or data."
        raise Invalid(told, field=f"{where}.start")
    return start
