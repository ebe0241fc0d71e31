"""What staff see and do in the inbox: lists, threads, and who has what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, or_, select

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import (
    BotInput,
    Conversation,
    Membership,
)
from botpe_app.queue import Lane, nudge
from botpe_app.services import contacts, paging, search
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.inbox_rows import fetch, item, rows, sounding
from botpe_app.services.views import (
    ConversationItem,
    InboxCounts,
    Page,
)

STATUSES = ("open", "pending", "snoozed", "resolved", "closed")


def list_conversations(
    session: Session,
    actor: Actor,
    *,
    status: str | None = "open",
    assignee: str | None = None,
    q: str | None = None,
    tag: str | None = None,
    account_id: UUID | str | None = None,
    contact_id: UUID | str | None = None,
    intent: str | None = None,
    language: str | None = None,
    sentiment: str | None = None,
    urgency: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ConversationItem]:
    """Conversations, the one that moved last first.

    `status` None means all; `assignee` is "me", "none" or a user's id; `intent`, `language`,
    `sentiment` and `urgency` are what the last text sounds like. Raises Invalid.
    """
    actor.require(Permission.READ)
    wanted = rows(actor)
    if status:
        wanted = wanted.where(col(Conversation.status) == _known(status))
    if assignee:
        wanted = wanted.where(_assigned(actor, assignee))
    if q and q.strip():
        wanted = wanted.where(_found(session, actor, q.strip()))
    if tag:
        wanted = wanted.where(col(Conversation.tags).contains([tag]))
    if account_id:
        wanted = wanted.where(col(Conversation.account_id) == _filter_id(account_id, "account_id"))
    if contact_id:
        wanted = wanted.where(col(Conversation.contact_id) == _filter_id(contact_id, "contact_id"))
    sounds = {"intent": intent, "language": language, "sentiment": sentiment, "urgency": urgency}
    wanted = sounding(wanted, sounds)
    order = (col(Conversation.last_message_at), col(Conversation.id))
    if cursor:
        wanted = wanted.where(tuple_(*order) < tuple_(*paging.read(cursor)))
    found = fetch(session, wanted.order_by(*(c.desc() for c in order)).limit(limit + 1))
    page, more = found[:limit], found[limit:]
    last = page[-1][0] if page else None
    after = paging.write(last.last_message_at, last.id) if more and last else None
    return Page([item(row) for row in page], after)


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
    session: Session, actor: Actor, conversation_id: UUID | str, status: str
) -> ConversationItem:
    """Opens, resolves, closes … a conversation.

    Raises NotFound, Invalid, Conflict when a closed one is reopened beside a newer one.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.status = _known(status)
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
    return _saved(session, actor, row)


def assign(
    session: Session, actor: Actor, conversation_id: UUID | str, user_id: UUID | str | None
) -> ConversationItem:
    """Gives a conversation to a member, or with None to nobody.

    Raises NotFound, Invalid for somebody who is not a member.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.assignee_id = _member(session, actor, user_id) if user_id else None
    if user_id:
        take_over(row)
    return _saved(session, actor, row)


def set_tags(
    session: Session, actor: Actor, conversation_id: UUID | str, tags: list[str]
) -> ConversationItem:
    """Replaces a conversation's tags. Raises NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    row.tags = contacts.clean_tags(tags)
    return _saved(session, actor, row)


def hand_off(session: Session, actor: Actor, conversation_id: UUID | str) -> ConversationItem:
    """From here on a person speaks; what a bot still had to say is refused by its epoch."""
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    take_over(row)
    return _saved(session, actor, row)


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
    return _saved(session, actor, row)


def take_over(row: Conversation) -> None:
    """Makes a person the one who speaks in a conversation."""
    if row.owner != "human":
        row.owner, row.owner_epoch = "human", row.owner_epoch + 1


def changed(session: Session, row: Conversation) -> None:
    """Tells open pages that this conversation moved."""
    live.publish(session, row.organization_id, "inbox", f"conversation:{row.id}", "dashboard")


def _found(session: Session, actor: Actor, q: str) -> ColumnElement[bool]:
    """That a conversation is with somebody whom `q` names, or that it was said there."""
    return or_(
        col(Conversation.contact_id).in_(search.people(session, actor, q)),
        col(Conversation.id).in_(search.said_in(session, actor, q)),
    )


def _assigned(actor: Actor, assignee: str) -> Any:
    if assignee == "none":
        return col(Conversation.assignee_id).is_(None)
    wanted = actor.user_id if assignee == "me" else _filter_id(assignee, "assignee")
    return col(Conversation.assignee_id) == wanted


def _known(status: str) -> str:
    if status not in STATUSES:
        raise Invalid(f"A status is one of {', '.join(STATUSES)}.", field="status")
    return status


def _filter_id(value: UUID | str, field: str) -> UUID:
    found = as_id(value)
    if found is None:
        raise Invalid("This is not an id.", field=field)
    return found


def _member(session: Session, actor: Actor, user_id: UUID | str) -> UUID:
    found = as_id(user_id)
    row = session.get(Membership, (actor.organization_id, found)) if found else None
    if found and row and row.deactivated_at is None:
        return found
    raise Invalid("This person is not a member of the organization.", field="assignee")


def _save(session: Session, row: Conversation) -> None:
    session.add(row)
    session.flush()
    changed(session, row)


def _saved(session: Session, actor: Actor, row: Conversation) -> ConversationItem:
    _save(session, row)
    return get_conversation(session, actor, row.id)
