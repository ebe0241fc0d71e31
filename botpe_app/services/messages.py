"""Threads and replies: reading messages, and writing the ones the outbox sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app import logs
from botpe_app.core import window
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, WindowClosed
from botpe_app.models import Contact, Conversation, Message, Reaction, WhatsAppAccount
from botpe_app.models.base import new_id, utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import accounts, blocks, contacts, inbox, media, paging, plans
from botpe_app.services.access import Actor, get, get_locked, organization_of
from botpe_app.services.message_items import items
from botpe_app.services.views import MessageItem, Page
from botpe_app.whatsapp import messages as wire

_SENT_BY = {"user": "user", "api": "api", "system": "api"}
_ANSWERABLE_AGAIN = {"failed", "uncertain"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sent: validated content, the composer's key, the wamid it quotes."""

    type: str
    content: dict[str, Any]
    client_key: str | None = None
    reply_to: str | None = None


def thread(
    session: Session,
    actor: Actor,
    conversation_id: UUID | str,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MessageItem]:
    """A conversation's messages, newest first. Raises NotFound, Invalid for a bad cursor."""
    actor.require(Permission.READ)
    row = get(session, actor, Conversation, conversation_id)
    wanted = select(Message).where(
        Message.organization_id == actor.organization_id, Message.conversation_id == row.id
    )
    if cursor:
        wanted = wanted.where(col(Message.id) < paging.read(cursor)[1])
    found = list(session.exec(wanted.order_by(col(Message.id).desc()).limit(limit + 1)))
    page = found[:limit]
    after = paging.write(page[-1].created_at, page[-1].id) if found[limit:] else None
    return Page(items(session, actor, page), after)


def get_message(session: Session, actor: Actor, message_id: UUID | str) -> MessageItem:
    """One message. Raises NotFound."""
    actor.require(Permission.READ)
    return items(session, actor, [get(session, actor, Message, message_id)])[0]


def reply(
    session: Session,
    actor: Actor,
    conversation_id: UUID | str,
    *,
    type: str,
    content: dict[str, Any],
    client_key: str | None = None,
    reply_to: str | None = None,
    now: datetime | None = None,
) -> MessageItem:
    """Queues an answer. The same `client_key` again gives the first message, sent once.

    Raises NotFound, Forbidden, Invalid naming the field, WindowClosed, Conflict for somebody whom
    the number has blocked.
    """
    draft = Draft(type, wire.validate(type, content), client_key, reply_to)
    return _send(session, actor, conversation_id, draft, now or utc_now())


def send_to(
    session: Session,
    actor: Actor,
    *,
    to: str,
    type: str,
    content: dict[str, Any],
    account_id: UUID | str | None = None,
    client_key: str | None = None,
    reply_to: str | None = None,
    now: datetime | None = None,
) -> MessageItem:
    """Queues a message to a phone number or business-scoped user id, new to us or not.

    Raises as `reply`; Invalid also names `to` and `account_id`.
    """
    actor.require(Permission.ANSWER)
    draft = Draft(type, wire.validate(type, content), client_key, reply_to)
    known = _by_client_key(session, actor, client_key)
    if known is not None:
        return items(session, actor, [known])[0]
    account = accounts.choose(session, actor, account_id)
    contact = contacts.find_or_make(session, actor, to)
    row = open_conversation(session, account, contact)
    return _send(session, actor, row.id, draft, now or utc_now())


def resend(
    session: Session, actor: Actor, message_id: UUID | str, *, client_key: str | None = None
) -> MessageItem:
    """Sends a failed or uncertain message again, as a new one: only a person decides this.

    Raises NotFound, Conflict for a message in another state, WindowClosed.
    """
    old = get(session, actor, Message, message_id)
    if old.direction != "outgoing" or old.status not in _ANSWERABLE_AGAIN:
        raise Conflict("Only a message that failed or is uncertain can be sent again.")
    media.forget_uploads(session, old)
    draft = Draft(old.type, old.content, client_key or f"again:{old.id}", old.reply_to)
    return _send(session, actor, old.conversation_id, draft, utc_now())


def open_conversation(session: Session, account: WhatsAppAccount, contact: Contact) -> Conversation:
    """The contact's conversation with this number that is not closed, made if there is none.

    A new one inherits the customer service window of the one before.
    """
    ours = (
        Conversation.organization_id == account.organization_id,
        Conversation.account_id == account.id,
        Conversation.contact_id == contact.id,
    )
    current = select(Conversation).where(*ours, Conversation.status != "closed")
    row = session.exec(current).first()
    if row is not None:
        return row
    before = session.exec(
        select(Conversation.last_inbound_at).where(*ours).order_by(col(Conversation.id).desc())
    ).first()
    session.connection().execute(
        insert(Conversation)
        .values(
            id=new_id(),
            organization_id=account.organization_id,
            account_id=account.id,
            contact_id=contact.id,
            last_inbound_at=before,
            status="open",
            owner="nobody",
            owner_epoch=0,
            unread_count=0,
            last_message="",
            last_direction="outgoing",
        )
        .on_conflict_do_nothing()
    )
    return session.exec(current).one()


def _send(
    session: Session, actor: Actor, conversation_id: UUID | str, draft: Draft, now: datetime
) -> MessageItem:
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    known = _by_client_key(session, actor, draft.client_key)
    if known is not None:
        return _same(session, actor, known, row.id)
    if not window.may_send(draft.type, row.last_inbound_at, now):
        raise WindowClosed(
            "The customer last wrote more than 24 hours ago. Only a template may be sent now.",
        )
    if blocks.bars(session, row):
        raise Conflict("The number has blocked this customer. Let them in again to write to them.")
    plans.require_message(session, actor, now)
    content = media.sendable(session, actor, draft.type, draft.content)
    message = _queued(actor, row, replace(draft, content=content))
    if actor.kind == "user" and (seconds := organization_of(session, actor).undo_seconds):
        message.next_try_at = now + timedelta(seconds=seconds)
    session.add(message)
    session.flush()
    session.refresh(message)
    if draft.type == "reaction":
        react(session, row, draft.content)
    _moved(session, actor, row, message)
    return items(session, actor, [message])[0]


def react(session: Session, row: Conversation, content: dict[str, Any]) -> None:
    """Shows our reaction beside the message it is to; an empty one takes it back."""
    kept = {"emoji": content["emoji"], "reacted_at": utc_now()}
    session.connection().execute(
        insert(Reaction)
        .values(
            organization_id=row.organization_id,
            id=new_id(),
            conversation_id=row.id,
            wa_message_id=content["message_id"],
            by_customer=False,
            **kept,
        )
        .on_conflict_do_update(
            index_elements=["organization_id", "wa_message_id", "by_customer"], set_=kept
        )
    )


def _by_client_key(session: Session, actor: Actor, client_key: str | None) -> Message | None:
    if not client_key:
        return None
    if len(client_key) > 200:
        raise Invalid("A key has at most 200 characters.", field="client_key")
    return session.exec(
        select(Message).where(
            Message.organization_id == actor.organization_id, Message.client_key == client_key
        )
    ).first()


def _same(session: Session, actor: Actor, known: Message, conversation_id: UUID) -> MessageItem:
    if known.conversation_id != conversation_id:
        raise Conflict("This key was used for another conversation.", field="client_key")
    return items(session, actor, [known])[0]


def _queued(actor: Actor, row: Conversation, draft: Draft) -> Message:
    return Message(
        organization_id=row.organization_id,
        conversation_id=row.id,
        account_id=row.account_id,
        contact_id=row.contact_id,
        direction="outgoing",
        type=draft.type,
        content=draft.content,
        text=wire.preview(draft.type, draft.content),
        status="queued",
        reply_to=draft.reply_to,
        sent_by_kind=_SENT_BY[actor.kind],
        sent_by_id=actor.user_id or actor.key_id,
        client_key=draft.client_key or None,
        correlation_id=logs.correlation_uuid(),
    )


def _moved(session: Session, actor: Actor, row: Conversation, message: Message) -> None:
    """The conversation after an answer: it reopens, and the customer no longer waits.

    What an automation says is no answer yet.
    """
    row.last_message, row.last_direction = message.text, "outgoing"
    row.last_message_id, row.last_message_at = message.id, message.created_at
    if actor.kind != "system":
        row.waiting_since = None
    if row.status in {"resolved", "snoozed"}:
        row.status = "open"
    if actor.kind == "user":
        inbox.take_over(row)
        row.unread_count = 0
        row.assignee_id = row.assignee_id or actor.user_id
    session.add(row)
    session.flush()
    nudge(session, Lane.OUTBOX)
    inbox.changed(session, row)
