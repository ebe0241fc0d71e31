"""What the inbox reads, each in one transaction of `_call`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botpe_app.db import Session
from botpe_app.services import contacts, inbox, messages, notes, people
from botpe_app.services.access import Actor
from botpe_app.services.views import (
    ContactItem,
    ConversationItem,
    InboxCounts,
    Member,
    MessageItem,
    NoteItem,
    Page,
)
from botpe_app.ui.inbox.rows import SHOWS, Filters


@dataclass(frozen=True)
class List:
    """The left pane."""

    page: Page[ConversationItem]
    counts: InboxCounts


@dataclass(frozen=True)
class Thread:
    """The middle and right panes."""

    item: ConversationItem
    messages: Page[MessageItem]
    notes: list[NoteItem]
    contact: ContactItem
    members: list[Member]


def read_list(session: Session, actor: Actor, filters: Filters, limit: int) -> List:
    """The conversations the filters ask for, and how many each filter has."""
    page = inbox.list_conversations(
        session,
        actor,
        status=None if filters.status == "any" else filters.status,
        assignee=SHOWS[filters.show],
        q=filters.query or None,
        limit=limit,
    )
    return List(page, inbox.counts(session, actor))


def read_thread(session: Session, actor: Actor, conversation_id: str, limit: int) -> Thread:
    """One conversation with its newest messages. Raises NotFound."""
    item = inbox.get_conversation(session, actor, conversation_id)
    return Thread(
        item,
        messages.thread(session, actor, conversation_id, limit=limit),
        notes.list_notes(session, actor, conversation_id),
        contacts.get_contact(session, actor, item.contact.id),
        people.list_members(session, actor),
    )


def read_all(
    session: Session, actor: Actor, filters: Filters, rows: int, bubbles: int
) -> tuple[List, Thread | None]:
    """Everything the inbox shows. Raises NotFound for an address of another organization."""
    found = read_list(session, actor, filters, rows)
    asked = filters.conversation
    return found, read_thread(session, actor, asked, bubbles) if asked else None


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
