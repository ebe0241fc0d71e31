"""What the simulator shows, read from its own API."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from botpe_app.whatsapp.loose import Json, mapping, mappings, text, whole

_LONGEST_LINE = 6000  # characters of a log line

# A switch of Weather: the simulator's setting, and its value off and on.
SWITCHES: dict[str, tuple[str, object, object]] = {
    "slow": ("graph_delay", 0.0, 3.0),
    "duplicates": ("duplicates", 0, 1),
    "reorder": ("reorder", False, True),
    "skip_delivered": ("skip_delivered", False, True),
    "hide_phones": ("hide_phones", False, True),
    "slow_review": ("review_after", 1.0, 60.0),
    "reject_templates": ("reject_templates", False, True),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A pretend customer and their phone."""

    id: str
    name: str
    phone: str  # E.164, "" for one known by user id only
    online: bool
    read_receipts: bool
    shows_phone: bool
    blocked: bool
    opted_out: bool
    looking: bool  # at the chat with this number
    unread: int
    last: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message on a phone's screen."""

    wamid: str
    mine: bool  # the customer's own
    type: str
    content: Json
    text: str
    at: float  # seconds since 1970
    status: str
    answers: str  # wamid
    error: str


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of a phone, oldest line first."""

    lines: list[Line]
    typing: bool


@dataclass(frozen=True, slots=True)
class Weather:
    """How the pretend WhatsApp behaves, and what is set to go wrong with the next sends."""

    slow: bool
    duplicates: bool
    reorder: bool
    skip_delivered: bool
    hide_phones: bool
    slow_review: bool
    reject_templates: bool
    upcoming: list[str]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A webhook that was sent or a Graph call that was answered; `status` 0: no answer."""

    at: float
    kind: str  # webhook, call
    title: str
    status: int
    body: str


def read_phone(person: Json, number: str) -> tuple[float, Phone]:
    """A phone, and when its chat with `number` last moved."""
    chats = [chat for chat in mappings(person, "threads") if chat.get("number") == number]
    chat: Json = chats[0] if chats else {}
    last = mapping(chat, "last")
    at = last.get("at")
    return at if isinstance(at, float) else 0.0, Phone(
        id=text(person, "id"),
        name=text(person, "name"),
        phone=text(person, "phone"),
        online=bool(person.get("online")),
        read_receipts=bool(person.get("read_receipts")),
        shows_phone=bool(person.get("shows_phone")),
        blocked=bool(person.get("blocked")),
        opted_out=bool(person.get("opted_out")),
        looking=person.get("viewing") == number,
        unread=cast("int", chat.get("unread", 0)),
        last=text(last, "text"),
    )


def read_line(entry: Json) -> Line:
    """A message of a chat."""
    shown = mapping(entry, "shown")
    error = mapping(entry, "error")
    return Line(
        wamid=text(entry, "wamid"),
        mine=entry.get("sender") == "customer",
        type=text(entry, "type"),
        content={**mapping(entry, "content"), **({"shown": shown} if shown else {})},
        text=text(entry, "text"),
        at=cast("float", entry.get("at", 0.0)),
        status=text(entry, "status"),
        answers=text(entry, "answers"),
        error=text(error, "title"),
    )


def read_weather(found: Json) -> Weather:
    """How the simulator is set."""
    upcoming = [
        f"{text(item, 'mishap')} {text(item, 'code')}".removesuffix(" 0")
        for item in mappings(found, "upcoming")
    ]
    return Weather(
        **{
            name: found.get(setting, usual) != usual
            for name, (setting, usual, _) in SWITCHES.items()
        },
        upcoming=upcoming,
    )


def concerns(item: Json, own: Iterable[str]) -> bool:
    """Whether a log item is about one of these numbers."""
    said = json.dumps(item)
    return any(number in said for number in own)


def read_webhook(item: Json) -> LogLine:
    """A webhook of the log."""
    body = json.dumps(item.get("body"), indent=2, ensure_ascii=False)[:_LONGEST_LINE]
    tries = item.get("tries", 1)
    title = _news(item) + (f", try {tries}" if tries > 1 else "")
    return LogLine(float(item["at"]), "webhook", title, whole(item, "status") or 0, body)


def _news(item: Json) -> str:
    """What a webhook tells, in a word or two."""
    changes = [c for e in mappings(mapping(item, "body"), "entry") for c in mappings(e, "changes")]
    told = [
        *(f"status {text(s, 'status')}" for c in changes for s in mappings(c["value"], "statuses")),
        *(f"message {text(m, 'type')}" for c in changes for m in mappings(c["value"], "messages")),
    ]
    fields = [text(change, "field") for change in changes]
    return ", ".join(told[:3] or fields[:1]) + (f" and {len(told) - 3} more" if told[3:] else "")


def read_call(item: Json) -> LogLine:
    """A Graph call of the log."""
    body = f"{item.get('asked', '')}\n\n{item.get('answered', '')}".strip()[:_LONGEST_LINE]
    title = f"{item.get('method', '')} {item.get('path', '')}"
    return LogLine(float(item["at"]), "call", title, whole(item, "status") or 0, body)
