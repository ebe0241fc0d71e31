"""What the inbox draws, made from services' views. Pure: no clock, no session.

Everything here goes to the browser; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from botpe_app.services.views import ContactItem, ConversationItem, Member
from botpe_app.ui import words
from botpe_app.ui.inbox.filters import Filters

_GREY: Mapping[str, str] = {}
WAITING = {"queued", "sending", "held"}


@dataclass(frozen=True)
class Tagged:
    """A tag and its colour."""

    name: str
    color: str


@dataclass(frozen=True)
class Row:
    """A conversation in the list."""

    id: str
    href: str
    name: str
    initials: str
    hue: int
    preview: str
    tick: str  # of our own last message, else ""
    at: str
    unread: int
    until: str
    tags: list[Tagged]
    priority: str  # where it is not normal
    team: str
    before: str  # of what a search found: up to the words, the words, the rest
    found: str
    after: str
    assignee: str
    assignee_initials: str
    assignee_hue: int
    status: str  # where it is not plainly open


@dataclass(frozen=True)
class Open:
    """The conversation in the middle, and what one may do with it."""

    id: str = ""
    contact_id: str = ""
    name: str = ""
    initials: str = ""
    hue: int = 1
    phone: str = ""
    account: str = ""
    account_id: str = ""
    blocked: bool = False  # the number takes nothing from them
    status: str = "open"
    assignee: str = ""
    mine: bool = False
    unread: int = 0
    until: str = ""
    tags: list[str] = field(default_factory=list[str])
    colored: list[Tagged] = field(default_factory=list[Tagged])
    team: str = ""
    priority: str = "normal"
    snoozed: str = ""  # until when
    free: bool = False  # nobody has it, and one may take it
    may_ask: bool = False  # the AI about the customer
    bot: bool = False  # a bot took part, and a person speaks now
    botted: bool = False  # a bot took part, and one may take it out
    soon: bool = False  # the window is open, and closes one day
    closed: str = ""  # why nothing may be written, "" if it may


@dataclass(frozen=True)
class Fact:
    """A line about the person on the right."""

    label: str
    value: str


@dataclass(frozen=True)
class Choice:
    """A colleague in the assign menu."""

    id: str
    name: str
    initials: str
    hue: int
    current: bool


def row(item: ConversationItem, filters: Filters, colors: Mapping[str, str] = _GREY) -> Row:
    """A conversation as the list shows it; `colors` are the tags'."""
    name = title(item)
    before, found, after = around(item.hit.text if item.hit else "", filters.query)
    return Row(
        id=item.id,
        href=filters.address(c=item.id),
        name=name,
        initials=words.initials(name),
        hue=words.hue(item.contact.id),
        preview=item.last_message or "No message yet",
        tick=tick(item.last_status) if item.last_direction == "outgoing" else "",
        at=words.stamp(item.last_message_at),
        unread=item.unread_count,
        until=words.stamp(item.window_closes_at) if item.window_closes_at else "",
        tags=tagged(item.tags[:3], colors),
        priority=item.priority if item.priority != "normal" else "",
        team=item.team_name or "",
        before=before,
        found=found,
        after=after,
        assignee=item.assignee_name or "",
        assignee_initials=words.initials(item.assignee_name or ""),
        assignee_hue=words.hue(item.assignee_id or ""),
        status="" if item.status == "open" else item.status,
    )


def tagged(tags: list[str], colors: Mapping[str, str]) -> list[Tagged]:
    """Tags with their colours."""
    return [Tagged(tag, colors.get(tag, "")) for tag in tags]


def around(text: str, query: str) -> tuple[str, str, str]:
    """A line cut at the first of the words that were searched: before, the word, after."""
    line = " ".join(text.split())
    said = line.lower()
    for word in query.lower().split() if len(said) == len(line) else ():
        place = said.find(word)
        if place >= 0:
            start = max(0, place - 24)
            end = place + len(word)
            return ("…" if start else "") + line[start:place], line[place:end], line[end:][:120]
    return "", "", line[:120]


def opened(
    item: ConversationItem,
    *,
    user_id: str,
    may_write: bool,
    is_open: bool,
    colors: Mapping[str, str] = _GREY,
) -> Open:
    """A conversation as the head of its thread shows it. `is_open`: its window."""
    name = title(item)
    return Open(
        id=item.id,
        contact_id=item.contact.id,
        name=name,
        initials=words.initials(name),
        hue=words.hue(item.contact.id),
        phone=words.phone(item.contact.phone) or "number hidden",
        account=item.account_name,
        account_id=item.account_id,
        blocked=item.blocked,
        status=item.status,
        assignee=item.assignee_name or "",
        mine=item.assignee_id == user_id,
        unread=item.unread_count if may_write else 0,
        until=words.stamp(item.window_closes_at) if item.window_closes_at else "",
        tags=item.tags,
        colored=tagged(item.tags, colors),
        team=item.team_name or "",
        priority=item.priority,
        snoozed=words.stamp(item.snoozed_until) if item.snoozed_until else "",
        free=may_write and item.assignee_id is None,
        may_ask=may_write,
        bot=may_write and item.bot_id is not None and item.owner != "bot",
        botted=may_write and item.bot_id is not None,
        soon=is_open,
        closed=_closed(item, may_write=may_write, is_open=is_open),
    )


def title(item: ConversationItem) -> str:
    """What to call the customer: their name, else their number."""
    return item.contact.name or words.phone(item.contact.phone) or "WhatsApp user"


def tick(status: str) -> str:
    """How far an outgoing message got: waiting, sent, delivered, read, failed, uncertain."""
    return "waiting" if status in WAITING else status


def facts(contact: ContactItem, item: ConversationItem) -> list[Fact]:
    """What is known about the person, empty facts left out."""
    known = [
        ("Phone", words.phone(contact.phone)),
        ("E-mail", contact.email or ""),
        ("Language", contact.language or ""),
        ("Number", item.account_name),
        ("Marketing", "Opted in" if contact.marketing_opt_in else "Not opted in"),
        ("AI", "Wants none" if contact.ai_opt_out else ""),
        *(
            (name.replace("_", " ").capitalize(), str(v))
            for name, v in contact.custom_fields.items()
        ),
    ]
    return [Fact(label, value) for label, value in known if value]


def choices(members: list[Member], item: ConversationItem, user_id: str) -> list[Choice]:
    """Who may be given the conversation: oneself first."""
    ordered = sorted(members, key=lambda member: member.id != user_id)
    return [
        Choice(
            member.id,
            "Me" if member.id == user_id else member.name,
            words.initials(member.name),
            words.hue(member.id),
            member.id == item.assignee_id,
        )
        for member in ordered
    ]


def _closed(item: ConversationItem, *, may_write: bool, is_open: bool) -> str:
    if not may_write:
        return "Your role may read, not answer."
    if item.blocked:
        return "The number has blocked this customer. Let them in again to write to them."
    if is_open:
        return ""
    if item.window_closes_at is None:
        return "This customer has not written yet. WhatsApp allows only a template to begin."
    return (
        "The customer last wrote more than 24 hours ago. "
        "WhatsApp allows only templates until they write again."
    )
