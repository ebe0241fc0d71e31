"""What services hand upstairs: frozen, only what a browser may know, no secrets, no tables.

Times are aware UTC datetimes, ids are strings of UUIDs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from botpe_app.services.account_views import AccountItem
from botpe_app.services.inbox_views import Hit

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    data: list[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in."""

    user_id: str
    email: str
    name: str
    role: str  # SUPERADMIN, ADMIN, AGENT, VIEWER
    organization_id: str
    organization_name: str
    organization_slug: str
    time_zone: str
    available: bool | None = None  # takes turns of their teams; None for who has none
    two_factor: bool = False
    recovery_codes: int = 0  # left
    verified: bool = False  # that the address is theirs


@dataclass(frozen=True, slots=True)
class OrganizationItem:
    """An organization, to its own members."""

    id: str
    name: str
    slug: str
    time_zone: str
    language: str  # ISO 639-1
    plan: str
    created_at: datetime
    undo_seconds: int = 0  # how long what its people send can be taken back


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the organization. Who is not active cannot come in."""

    id: str  # user id
    name: str
    email: str
    role: str
    active: bool = True
    available: bool = True  # takes conversations that are given by turns


@dataclass(frozen=True, slots=True)
class ContactItem:
    """A customer. `phone` is E.164 or None where only a user id is known."""

    id: str
    name: str
    phone: str | None
    email: str | None
    language: str | None
    tags: list[str]
    custom_fields: dict[str, Any]
    marketing_opt_in: bool
    last_inbound_at: datetime | None
    created_at: datetime
    marketing_opted_out_at: datetime | None = None
    ai_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """That a customer allowed marketing (or stopped it), when, and how we know."""

    id: str
    granted: bool
    source: str  # whatsapp, api, user
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContactBrief:
    """The few words about a customer that a list needs."""

    id: str
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class RowError:
    """A row of a sheet that was not taken, counted from the header's row, which is 1."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a sheet's rows; `errors` says of each skipped one why."""

    created: int
    updated: int
    skipped: int
    errors: list[RowError]


@dataclass(frozen=True, slots=True)
class MessageError:
    """Why a message failed or is uncertain: Graph's code (or ours, or 0), a title, and words."""

    code: int
    title: str
    details: str


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One message of a thread. `content` is the normalised content of its type."""

    id: str
    conversation_id: str
    direction: str  # incoming, outgoing
    type: str
    content: dict[str, Any]
    text: str  # one line, for previews
    status: str  # received; queued, sending, held, sent, delivered, read, failed, uncertain
    wa_message_id: str | None
    sent_by_kind: str  # contact, user, bot, agent, campaign, api
    sent_by_id: str | None
    sent_by_name: str
    reply_to: str | None  # wamid of the quoted message
    error: MessageError | None
    created_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    reactions: list[str] = field(default_factory=list[str])
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A file as messages show it. Addresses are paths of ours, None while there is nothing.

    Until it is ready type and name are what its sender claims.
    """

    id: str
    kind: str  # image, video, audio, document, sticker
    state: str  # new, downloading, ready, failed
    mime_type: str
    size: int | None  # bytes
    received: int  # bytes of it that are here
    filename: str
    width: int | None  # pixels
    height: int | None
    seconds: float | None  # of a voice message
    problem: str  # why it is not here
    url: str | None
    thumbnail_url: str | None


@dataclass(frozen=True, slots=True)
class ConversationItem:
    """A conversation as lists and headers show it."""

    id: str
    contact: ContactBrief
    account_id: str
    account_name: str
    status: str  # open, pending, snoozed, resolved, closed
    assignee_id: str | None
    assignee_name: str | None
    unread_count: int
    last_message: str
    last_message_at: datetime
    last_direction: str
    last_status: str
    window_closes_at: datetime | None
    tags: list[str]
    owner: str  # bot, human, nobody
    bot_id: str | None = None
    intent: str | None = None  # these are what the customer's last text sounds like
    language: str | None = None
    sentiment: str | None = None  # positive, neutral, negative
    urgency: str | None = None  # low, medium, high
    priority: str = "normal"  # low, normal, high, urgent
    snoozed_until: datetime | None = None  # None while snoozed: until the customer writes
    team_id: str | None = None
    team_name: str | None = None
    blocked: bool = False  # the number takes nothing from the customer
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """Open conversations by who has them, and how many messages wait unread."""

    mine: int
    unassigned: int
    all: int
    unread: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """Messages of one day in the organization's zone."""

    day: str  # YYYY-MM-DD
    incoming: int
    outgoing: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The dashboard: is it going well, and what needs me?"""

    waiting: int  # open conversations whose last word is the customer's
    oldest_wait_seconds: int | None
    open_conversations: int
    unassigned: int
    incoming_today: int
    outgoing_today: int
    incoming_last_week: int  # same weekday last week, up to the same time of day
    outgoing_last_week: int
    delivered: int  # of the messages sent in the range, cumulative: sent ≥ delivered ≥ read
    read: int
    sent: int
    failed: int
    uncertain: int
    median_first_response_seconds: int | None
    days: list[DayCount]  # oldest first, one a day without gaps
    problems: list[Problem]
    accounts: list[AccountItem]
    contacts: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that needs a person, with its mend."""

    title: str
    mend: str
    link: str
    kind: str = ""  # paused, quality, failed, uncertain, late, mail, or a notice's
    account_id: str | None = None
    count: int = 1

    @property
    def id(self) -> str:
        """What tells it from the others of a list."""
        return f"{self.kind}:{self.account_id or self.title}"


@dataclass(frozen=True, slots=True)
class ApiKeyItem:
    """An API key as lists show it; the key itself is shown once, when made."""

    id: str
    name: str
    role: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    scopes: list[str]  # none: all that its role may
    expires_at: datetime | None
