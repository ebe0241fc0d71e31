"""What the inbox reads, each in one transaction of `_call`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botpe_app.db import Session
from botpe_app.services import (
    accounts,
    canned_replies,
    contacts,
    drafts,
    inbox,
    messages,
    notes,
    people,
    tags,
    teams,
)
from botpe_app.services.access import Actor
from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.views import (
    ContactItem,
    ConversationItem,
    InboxCounts,
    Member,
    MessageItem,
    Page,
)
from botpe_app.ui.inbox.filters import Filters


@dataclass(frozen=True)
class Choices:
    """What the filters offer: (id, name) pairs, and the colours of tags."""

    teams: list[tuple[str, str]]
    numbers: list[tuple[str, str]]
    colors: dict[str, str]


@dataclass(frozen=True)
class List:
    """The left pane."""

    page: Page[ConversationItem]
    counts: InboxCounts
    choices: Choices | None  # where they were asked for


@dataclass(frozen=True)
class Own:
    """What one has for writing in a conversation: saved replies, and what one had begun."""

    canned: list[canned_replies.Filled]
    draft: str


@dataclass(frozen=True)
class Thread:
    """The middle and right panes."""

    item: ConversationItem
    messages: Page[MessageItem]
    notes: list[NoteItem]
    contact: ContactItem
    members: list[Member]
    own: Own | None  # where it was asked for


def read_choices(session: Session, actor: Actor) -> Choices:
    """What there is to filter by."""
    return Choices(
        [(team.id, team.name) for team in teams.list_teams(session, actor)],
        [(number.id, number.name) for number in accounts.list_accounts(session, actor)],
        {tag.name: tag.color for tag in tags.list_tags(session, actor)},
    )


def read_list(
    session: Session, actor: Actor, filters: Filters, limit: int, *, whole: bool = False
) -> List:
    """The conversations the filters ask for, how many each has, and `whole`: what they offer."""
    page = inbox.list_conversations(session, actor, **filters.wanted(), limit=limit)
    choices = read_choices(session, actor) if whole else None
    return List(page, inbox.counts(session, actor), choices)


def read_thread(
    session: Session, actor: Actor, conversation_id: str, limit: int, *, whole: bool
) -> Thread:
    """One conversation with its newest messages, `whole`: ready to be opened. Raises NotFound."""
    item = inbox.get_conversation(session, actor, conversation_id)
    own = None
    if whole:
        canned = canned_replies.filled_for(session, actor, item)
        own = Own(canned, drafts.get_draft(session, actor, conversation_id).text)
    return Thread(
        item,
        messages.thread(session, actor, conversation_id, limit=limit),
        notes.list_notes(session, actor, conversation_id),
        contacts.get_contact(session, actor, item.contact.id),
        people.list_members(session, actor),
        own,
    )


def read_all(
    session: Session, actor: Actor, filters: Filters, rows: int, bubbles: int, *, whole: bool
) -> tuple[List, Thread | None]:
    """Everything the inbox shows. Raises NotFound for an address of another organization."""
    found = read_list(session, actor, filters, rows, whole=whole)
    asked = filters.conversation
    return found, read_thread(session, actor, asked, bubbles, whole=whole) if asked else None


def read_older(
    session: Session, actor: Actor, conversation_id: str, cursor: str
) -> Page[MessageItem]:
    """The messages before those already shown, newest first."""
    return messages.thread(session, actor, conversation_id, limit=50, cursor=cursor)


def said(text: str, file: str) -> dict[str, Any]:
    """What a reply says: `text`, or an uploaded file (its kind/id) with it as the caption."""
    if not file:
        return {"type": "text", "content": {"body": text, "preview_url": True}}
    kind, _, media_id = file.partition("/")
    return {"type": kind, "content": {"id": media_id, **({"caption": text} if text else {})}}


def window_open(item: ConversationItem, now: datetime) -> bool:
    """Whether the customer may be answered freely at `now`."""
    return item.window_closes_at is not None and now < item.window_closes_at
