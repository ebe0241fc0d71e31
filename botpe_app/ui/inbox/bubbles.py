"""A thread as bubbles: day headings, groups, ticks, and every kind of content in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from botpe_app.core.mentions import spelled_in
from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.outbox import UNDONE
from botpe_app.services.views import MessageItem
from botpe_app.ui import words
from botpe_app.ui.inbox.rows import tick
from botpe_app.ui.messages.contents import Content, content_of
from botpe_app.ui.messages.origins import origin

TOGETHER = timedelta(minutes=5)  # messages of one side closer than this form a group
MACHINES = {"bot": "Bot", "agent": "AI agent", "campaign": "Campaign", "api": "API"}
DELETED = Content(quiet="This message was deleted")
_PROBABLY = (
    "WhatsApp's answer was lost. It probably arrived; send it again only if the customer "
    "did not get it."
)


@dataclass(frozen=True)
class Quote:
    """The message another one answers."""

    who: str = ""
    text: str = ""


@dataclass(frozen=True)
class Quoting:
    """The message that the next answer quotes, by WhatsApp's id."""

    id: str = ""
    who: str = ""
    text: str = ""


@dataclass(frozen=True)
class Bubble:
    """One thing in a thread: an incoming or outgoing message, a note, or a system line."""

    id: str
    side: str  # in, out, note, system
    time: str
    moment: str  # date and time, for the tooltip
    content: Content
    day: str = ""  # the heading above it
    first: bool = True  # of its group
    last: bool = True
    who: str = ""  # of a note, or of what a machine or colleague wrote
    machine: bool = False
    tick: str = ""
    tick_words: str = ""
    problem: str = ""
    again: bool = False
    undo: bool = False  # it may be taken back
    named: list[str] = field(default_factory=list[str])  # colleagues, as a note spells them
    quote: Quote = Quote()
    reactions: str = ""
    mark: str = ""  # edited, deleted
    wamid: str = ""  # where it can be quoted or reacted to
    origin: str = ""  # from an ad, a group, forwarded


@dataclass(frozen=True)
class _Entry:
    at: datetime
    group: str
    bubble: Bubble


def thread(
    messages: Iterable[MessageItem],
    notes: Iterable[NoteItem],
    *,
    user_id: str,
    name: str,
    people: Mapping[str, str],
    zone: ZoneInfo,
    now: datetime,
) -> list[Bubble]:
    """The bubbles of a thread, oldest first. `name` is the customer's, `people` are ours.

    Notes older than the oldest message come with the messages around them.
    """
    shown = sorted(messages, key=lambda message: (message.created_at, message.id))
    quotes = {m.wa_message_id: _quote(m, name) for m in shown if m.wa_message_id}
    entries = [
        _entry(message, quotes, user_id, zone) for message in shown if message.type != "reaction"
    ]
    begin = shown[0].created_at if shown else None
    entries += [_note(n, people, zone) for n in notes if begin is None or n.created_at >= begin]
    entries.sort(key=lambda entry: entry.at)
    return _grouped(entries, zone, now)


def quoting(messages: Iterable[MessageItem], message_id: str, name: str) -> Quoting:
    """The message as the composer shows it above what answers it; nothing if it is not there."""
    for one in messages:
        if one.id == message_id and one.wa_message_id:
            quote = _quote(one, name)
            return Quoting(one.wa_message_id, quote.who, quote.text)
    return Quoting()


def _entry(
    message: MessageItem, quotes: Mapping[str, Quote], user_id: str, zone: ZoneInfo
) -> _Entry:
    ours = message.direction == "outgoing"
    side = "system" if message.type == "system" else "out" if ours else "in"
    who = _who(message, user_id) if ours else ""
    status = "" if _is_undone(message) or not ours else message.status
    bubble = Bubble(
        id=message.id,
        side=side,
        time=words.clock(message.created_at, zone),
        moment=_moments(message, zone),
        content=DELETED if message.deleted else content_of(message.type, message.content),
        who=who,
        machine=message.sent_by_kind in MACHINES,
        tick=tick(status) if status else "",
        tick_words=_tick_words(status) if status else "",
        problem=_problem(message),
        again=message.status in {"failed", "uncertain"},
        undo=message.status == "queued" and message.sent_by_kind != "campaign",
        quote=quotes.get(message.reply_to, Quote("", "An earlier message"))
        if message.reply_to
        else Quote(),
        reactions="".join(message.reactions),
        mark=_mark(message),
        origin="" if ours or message.deleted else origin(message.content),
        wamid="" if message.deleted or side == "system" else message.wa_message_id or "",
    )
    return _Entry(message.created_at, f"{side}:{who}", bubble)


def _note(note: NoteItem, people: Mapping[str, str], zone: ZoneInfo) -> _Entry:
    bubble = Bubble(
        id=note.id,
        side="note",
        time=words.clock(note.created_at, zone),
        moment=words.full(note.created_at, zone),
        content=Content(text=note.text),
        who=note.author,
        named=spelled_in(note.text, people),
    )
    return _Entry(note.created_at, f"note:{note.id}", bubble)


def _grouped(entries: list[_Entry], zone: ZoneInfo, now: datetime) -> list[Bubble]:
    made: list[Bubble] = []
    for index, entry in enumerate(entries):
        before = entries[index - 1] if index else None
        after = entries[index + 1] if index + 1 < len(entries) else None
        heading = words.day(entry.at, zone, now)
        new_day = before is None or words.day(before.at, zone, now) != heading
        made.append(
            replace(
                entry.bubble,
                day=heading if new_day else "",
                first=new_day or not _together(before, entry),
                last=not _together(entry, after) or words.day(after.at, zone, now) != heading,  # pyright: ignore[reportOptionalMemberAccess]
            )
        )
    return made


def _together(one: _Entry | None, other: _Entry | None) -> bool:
    if one is None or other is None:
        return False
    return one.group == other.group and other.at - one.at < TOGETHER


def _who(message: MessageItem, user_id: str) -> str:
    if message.sent_by_kind == "user":
        return "You" if message.sent_by_id == user_id else message.sent_by_name
    return message.sent_by_name or MACHINES.get(message.sent_by_kind, "")


def _quote(message: MessageItem, name: str) -> Quote:
    who = name if message.direction == "incoming" else message.sent_by_name or "You"
    return Quote(who, message.text)


def _mark(message: MessageItem) -> str:
    if _is_undone(message):
        return "taken back"
    return "deleted" if message.deleted else "edited" if message.edited else ""


def _is_undone(message: MessageItem) -> bool:
    """Whether a person took it back before it left: nothing went wrong with it."""
    return message.error is not None and message.error.code == UNDONE


def _problem(message: MessageItem) -> str:
    if _is_undone(message):
        return ""
    if message.status == "uncertain":
        return _PROBABLY
    if message.status == "held":
        return "WhatsApp holds it back to check its quality; it goes on by itself."
    if message.error is None:
        return ""
    said = [message.error.title, message.error.details]
    return ". ".join(part.rstrip(". ") for part in said if part) + "."


_TICKS = {
    "queued": "Waiting to be sent",
    "sending": "Being sent",
    "held": "Held by WhatsApp",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Not delivered",
    "uncertain": "Uncertain",
}


def _tick_words(status: str) -> str:
    return _TICKS.get(status, status)


def _moments(message: MessageItem, zone: ZoneInfo) -> str:
    """When it was written, and when it got how far."""
    stages = [
        ("Sent", message.sent_at),
        ("Delivered", message.delivered_at),
        ("Read", message.read_at),
    ]
    reached = [f"{stage} {words.clock(at, zone)}" for stage, at in stages if at]
    return " · ".join([words.full(message.created_at, zone), *reached])
