"""What staff see and do in the inbox: lists, threads, and who has what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import BotInput, Conversation, Membership
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import contacts
from botpe_app.services import inbox_query as query
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.inbox_rows import fetch, item, rows
from botpe_app.services.views import ConversationItem, InboxCounts, Page

_LONGEST_SNOOZE = timedelta(days=366)


def list_conversations(
    session: Session,
    actor: Actor,
    *,
    status: str | None = "open",
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
    **filters: Any,
) -> Page[ConversationItem]:
    """Conversations, the one that moved last first; `filters` are those of `Wanted`.

    `status` None means all. A search says in `hit` what it found. Raises Invalid.
    """
    actor.require(Permission.READ)
    wanted = query.conditions(actor, query.Wanted(status, **filters))
    words = (q or "").strip()
    return Page(*query.page(session, actor, wanted, q=words, limit=limit, cursor=cursor))


def counts(session: Session, actor: Actor) -> InboxCounts:
    """How many open conversations are mine, nobody's and in all; and unread messages in them."""
    actor.require(Permission.READ)
    mine = func.count().filter(col(Conversation.assignee_id) == actor.user_id)
    unassigned = func.count().filter(col(Conversation.assignee_id).is_(None))
    row = session.exec(
        select(mine, unassigned, func.count(), func.sum(Conversation.unread_count)).where(
            Conversation.organization_id == actor.organization_id, Conversation.status == "open"
        )
    ).one()
    return InboxCounts(mine=row[0], unassigned=row[1], all=row[2], unread=int(row[3] or 0))


def get_conversation(
    session: Session, actor: Actor, conversation_id: UUID | str
) -> ConversationItem:
    """One conversation. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Conversation, conversation_id)
    return item(fetch(session, rows(actor).where(col(Conversation.id) == row.id))[0])


def mark_read(session: Session, actor: Actor, conversation_id: UUID | str) -> None:
    """Sets unread to nothing. Raises NotFound, Forbidden."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    if row.unread_count:
        row.unread_count = 0
        _save(session, row)


def set_status(
    session: Session,
    actor: Actor,
    conversation_id: UUID | str,
    status: str,
    until: datetime | None = None,
) -> ConversationItem:
    """Opens, snoozes, resolves, closes … a conversation.

    A snoozed one opens again at `until`, and as soon as the customer writes. Raises NotFound,
    Invalid, Conflict when a closed one is reopened beside a newer one.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.status = query.known(status, query.STATUSES, "status")
    row.snoozed_until = _moment_of_waking(until) if status == "snoozed" else None
    if row.status in {"resolved", "closed"}:
        row.waiting_since = None
        row.unread_count = 0
        if row.owner != "nobody":  # whoever writes next may meet a bot again
            row.owner, row.owner_epoch = "nobody", row.owner_epoch + 1
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict("This customer has a newer conversation; use that one.") from None
    return saved(session, actor, row)


def set_priority(
    session: Session, actor: Actor, conversation_id: UUID | str, priority: str
) -> ConversationItem:
    """Says how urgent a conversation is. Raises NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.priority = query.known(priority, query.PRIORITIES, "priority")
    return saved(session, actor, row)


def assign(
    session: Session, actor: Actor, conversation_id: UUID | str, user_id: UUID | str | None
) -> ConversationItem:
    """Gives a conversation to a member, or with None to nobody.

    Raises NotFound, Invalid for somebody who is not a member.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.assignee_id = member(session, actor, user_id) if user_id else None
    if user_id:
        take_over(row)
    return saved(session, actor, row)


def set_tags(
    session: Session, actor: Actor, conversation_id: UUID | str, tags: list[str]
) -> ConversationItem:
    """Replaces a conversation's tags. Raises NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.tags = contacts.clean_tags(tags)
    return saved(session, actor, row)


def hand_off(session: Session, actor: Actor, conversation_id: UUID | str) -> ConversationItem:
    """From here on a person speaks; what a bot still had to say is refused by its epoch."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    take_over(row)
    return saved(session, actor, row)


def resume_bot(session: Session, actor: Actor, conversation_id: UUID | str) -> ConversationItem:
    """Gives the conversation back to its bot. Raises Conflict if it has none."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    if row.bot_id is None:
        raise Conflict("No bot has taken part in this conversation.")
    row.owner, row.owner_epoch = "bot", row.owner_epoch + 1
    session.add(
        BotInput(organization_id=row.organization_id, conversation_id=row.id, kind="continue")
    )
    nudge(session, Lane.CONVERSATIONS)
    return saved(session, actor, row)


def member(session: Session, actor: Actor, user_id: UUID | str, field: str = "assignee") -> UUID:
    """The id of a person of the organization. Raises Invalid naming the field."""
    found = as_id(user_id)
    row = session.get(Membership, (actor.organization_id, found)) if found else None
    if found and row and row.deactivated_at is None:
        return found
    raise Invalid("This person is not a member of the organization.", field=field)


def take_over(row: Conversation) -> None:
    """Makes a person the one who speaks in a conversation."""
    if row.owner != "human":
        row.owner, row.owner_epoch = "human", row.owner_epoch + 1


def changed(session: Session, row: Conversation) -> None:
    """Tells open pages that this conversation moved."""
    live.publish(session, row.organization_id, "inbox", f"conversation:{row.id}", "dashboard")


def _save(session: Session, row: Conversation) -> None:
    session.add(row)
    session.flush()
    changed(session, row)


def saved(session: Session, actor: Actor, row: Conversation) -> ConversationItem:
    """The conversation as changed, written and told to open pages."""
    _save(session, row)
    return get_conversation(session, actor, row.id)


def _moment_of_waking(until: datetime | None) -> datetime | None:
    if until is None:
        return None
    now = utc_now()
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    if not now < until <= now + _LONGEST_SNOOZE:
        raise Invalid("This is a time within the next year.", field="snoozed_until")
    return until
