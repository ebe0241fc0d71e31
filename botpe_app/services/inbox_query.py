"""The inbox's lists: which conversations are wanted, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, tuple_
from sqlmodel import Session, col, select

from botpe_app.errors import Invalid
from botpe_app.models import (
    Conversation,
    ConversationSignal,
    ConversationTag,
    Message,
    NoteMention,
)
from botpe_app.services import paging, search
from botpe_app.services.access import Actor, filter_id
from botpe_app.services.inbox_rows import fetch, item, rows
from botpe_app.services.joining import on
from botpe_app.services.views import ConversationItem, Hit

STATUSES = ("open", "pending", "snoozed", "resolved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations are wanted; None and False ask for nothing."""

    status: str | None = None
    assignee: str | None = None  # me, none or a user's id
    tag: str | None = None
    team: str | None = None  # none or a team's id
    priority: str | None = None
    unread: bool = False
    mentioned: bool = False  # by a note that names the actor
    account_id: UUID | str | None = None
    contact_id: UUID | str | None = None
    intent: str | None = None  # these are what the last text sounds like
    language: str | None = None
    sentiment: str | None = None
    urgency: str | None = None


def conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What must hold of a conversation that is wanted. Raises Invalid naming the filter."""
    found: list[ColumnElement[bool]] = []
    for name, make in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value:
            found.append(make(actor, value))
    return found


def page(
    session: Session,
    actor: Actor,
    wanted: Sequence[ColumnElement[bool]],
    *,
    q: str,
    limit: int,
    cursor: str | None,
) -> tuple[list[ConversationItem], str | None]:
    """The wanted ones, the one that moved last first, and the cursor of the next page."""
    # First which, then what they look like: a search may find far more than a page shows.
    which = (
        select(Conversation.id)
        .join(
            ConversationSignal, on(Conversation, ConversationSignal.conversation_id), isouter=True
        )
        .where(Conversation.organization_id == actor.organization_id, *wanted)
    )
    said: dict[UUID, UUID] = {}
    if q:
        said = search.said_in(session, actor, q)
        which = which.where(
            or_(
                col(Conversation.contact_id).in_(search.people(session, actor, q)),
                col(Conversation.id).in_(said),
            )
        )
    order = (col(Conversation.last_message_at), col(Conversation.id))
    if cursor:
        which = which.where(tuple_(*order) < tuple_(*paging.read(cursor)))
    newest = [column.desc() for column in order]
    ids = which.order_by(*newest).limit(limit + 1)
    found = fetch(session, rows(actor).where(col(Conversation.id).in_(ids)).order_by(*newest))
    shown, more = found[:limit], found[limit:]
    last = shown[-1][0] if shown else None
    after = paging.write(last.last_message_at, last.id) if more and last else None
    hits = _hits(session, actor, [said[row[0].id] for row in shown if row[0].id in said])
    return [item(row, hits.get(row[0].id)) for row in shown], after


def known(value: str, words: tuple[str, ...], field: str) -> str:
    """The value, if it is one of the words. Raises Invalid naming the field."""
    if value not in words:
        raise Invalid(f"A {field} is one of {', '.join(words)}.", field=field)
    return value


def _assigned(actor: Actor, assignee: str) -> ColumnElement[bool]:
    if assignee == "none":
        return col(Conversation.assignee_id).is_(None)
    wanted = actor.user_id if assignee == "me" else filter_id(assignee, "assignee")
    return col(Conversation.assignee_id) == wanted


def _of_team(team: str) -> ColumnElement[bool]:
    if team == "none":
        return col(Conversation.team_id).is_(None)
    return col(Conversation.team_id) == filter_id(team, "team")


def _bearing(actor: Actor, tag: str) -> ColumnElement[bool]:
    bearing = select(ConversationTag.conversation_id).where(
        ConversationTag.organization_id == actor.organization_id, ConversationTag.tag == tag
    )
    return col(Conversation.id).in_(bearing)


def _mentions(actor: Actor) -> ColumnElement[bool]:
    named = select(NoteMention.conversation_id).where(
        NoteMention.organization_id == actor.organization_id,
        NoteMention.user_id == actor.user_id,
    )
    return col(Conversation.id).in_(named)


def _sounding(column: Any) -> Callable[[Actor, Any], ColumnElement[bool]]:
    return lambda _, value: col(column) == value


def _of_id(column: Any, field: str) -> Callable[[Actor, Any], ColumnElement[bool]]:
    return lambda actor, value: col(column) == filter_id(value, field)


_CONDITIONS: dict[str, Callable[[Actor, Any], ColumnElement[bool]]] = {
    "status": lambda _, value: col(Conversation.status) == known(value, STATUSES, "status"),
    "assignee": lambda actor, value: _assigned(actor, value),
    "tag": lambda actor, value: _bearing(actor, value),
    "team": lambda _, value: _of_team(value),
    "priority": lambda _, value: col(Conversation.priority) == known(value, PRIORITIES, "priority"),
    "unread": lambda _, value: col(Conversation.unread_count) > 0,
    "mentioned": lambda actor, _: _mentions(actor),
    "account_id": _of_id(Conversation.account_id, "account_id"),
    "contact_id": _of_id(Conversation.contact_id, "contact_id"),
    "intent": _sounding(ConversationSignal.intent),
    "language": _sounding(ConversationSignal.language),
    "sentiment": _sounding(ConversationSignal.sentiment),
    "urgency": _sounding(ConversationSignal.urgency),
}


def _hits(session: Session, actor: Actor, ids: list[UUID]) -> dict[UUID, Hit]:
    """The messages that a search found, by conversation."""
    if not ids:
        return {}
    found = select(Message.conversation_id, Message.id, Message.text).where(
        Message.organization_id == actor.organization_id, col(Message.id).in_(ids)
    )
    return {talk: Hit(str(message), text) for talk, message, text in session.exec(found)}
