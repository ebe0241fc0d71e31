"""What the inbox draws, made from services' views. Pure: no clock, no session.

Everything here goes to the browser; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from botpe_app.services.views import ContactItem, ConversationItem, Member
from botpe_app.ui import words

SHOWS = {"mine": "me", "unassigned": "none", "all": None}  # ?show= → the service's `assignee`
STATUSES = ("open", "pending", "snoozed", "resolved", "closed", "any")
WAITING = {"queued", "sending", "held"}


@dataclass(frozen=True)
class Filters:
    """What the address of the inbox asks for; strange values fall back to the usual ones."""

    show: str = "all"
    status: str = "open"
    query: str = ""
    conversation: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Filters:
        """The filters in a page's query."""
        show, status = query.get("show", "all"), query.get("status", "open")
        return cls(
            show if show in SHOWS else "all",
            status if status in STATUSES else "open",
            query.get("q", "")[:200],
            query.get("c", "")[:64],
        )

    def address(self, **changes: str) -> str:
        """The address of the inbox with some of the filters changed."""
        asked = {
            "c": self.conversation,
            "show": self.show if self.show != "all" else "",
            "status": self.status if self.status != "open" else "",
            "q": self.query,
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return "/inbox" + (f"?{query}" if query else "")


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
    tags: list[str]
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
    status: str = "open"
    assignee: str = ""
    mine: bool = False
    unread: int = 0
    until: str = ""
    tags: list[str] = field(default_factory=list[str])
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


def row(item: ConversationItem, filters: Filters) -> Row:
    """A conversation as the list shows it."""
    name = title(item)
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
        tags=item.tags[:3],
        assignee=item.assignee_name or "",
        assignee_initials=words.initials(item.assignee_name or ""),
        assignee_hue=words.hue(item.assignee_id or ""),
        status="" if item.status == "open" else item.status,
    )


def opened(item: ConversationItem, *, user_id: str, may_write: bool, is_open: bool) -> Open:
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
        status=item.status,
        assignee=item.assignee_name or "",
        mine=item.assignee_id == user_id,
        unread=item.unread_count if may_write else 0,
        until=words.stamp(item.window_closes_at) if item.window_closes_at else "",
        tags=item.tags,
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
    if is_open:
        return ""
    if item.window_closes_at is None:
        return "This customer has not written yet. WhatsApp allows only a template to begin."
    return (
        "The customer last wrote more than 24 hours ago. "
        "WhatsApp allows only templates until they write again."
    )
