"""Conversations as lists read them: with contact, number, assignee and what they sound like."""

from __future__ import annotations

from sqlalchemy import Select
from sqlalchemy import select as sa_select  # SQLModel's knows four columns at most
from sqlmodel import Session, col

from botpe_app.core import window
from botpe_app.models import (
    Contact,
    Conversation,
    ConversationSignal,
    Message,
    User,
    WhatsAppAccount,
)
from botpe_app.services.access import Actor
from botpe_app.services.views import ContactBrief, ConversationItem

Row = tuple[Conversation, Contact, str, str | None, str | None, ConversationSignal | None]
Rows = Select[Conversation, Contact, str, str, str, ConversationSignal]


def rows(actor: Actor) -> Rows:
    """Conversations with their contact, number's name, assignee's name and last tick."""
    ours = col(Conversation.organization_id) == actor.organization_id
    return (
        sa_select(
            Conversation,
            Contact,
            col(WhatsAppAccount.name),
            col(User.name),
            col(Message.status),
            ConversationSignal,
        )
        .join(
            Contact,
            (col(Contact.organization_id) == col(Conversation.organization_id))
            & (col(Contact.id) == col(Conversation.contact_id)),
        )
        .join(
            WhatsAppAccount,
            (col(WhatsAppAccount.organization_id) == col(Conversation.organization_id))
            & (col(WhatsAppAccount.id) == col(Conversation.account_id)),
        )
        .join(User, col(User.id) == col(Conversation.assignee_id), isouter=True)
        .join(
            Message,
            (col(Message.organization_id) == col(Conversation.organization_id))
            & (col(Message.id) == col(Conversation.last_message_id)),
            isouter=True,
        )
        .join(
            ConversationSignal,
            (col(ConversationSignal.organization_id) == col(Conversation.organization_id))
            & (col(ConversationSignal.conversation_id) == col(Conversation.id)),
            isouter=True,
        )
        .where(ours)
    )


def sounding(wanted: Rows, sounds: dict[str, str | None]) -> Rows:
    """Those whose last text sounds so; None is any."""
    for name, value in sounds.items():
        if value:
            wanted = wanted.where(col(getattr(ConversationSignal, name)) == value)
    return wanted


def fetch(session: Session, wanted: Rows) -> list[Row]:
    """What was found."""
    return [tuple(row) for row in session.exec(wanted)]  # pyright: ignore


def item(found: Row) -> ConversationItem:
    """What upstairs may know of a conversation."""
    row, contact, account_name, assignee_name, last_status, sounds = found
    return ConversationItem(
        id=str(row.id),
        contact=ContactBrief(str(contact.id), contact.name, contact.phone),
        account_id=str(row.account_id),
        account_name=account_name,
        status=row.status,
        assignee_id=str(row.assignee_id) if row.assignee_id else None,
        assignee_name=assignee_name,
        unread_count=row.unread_count,
        last_message=row.last_message,
        last_message_at=row.last_message_at,
        last_direction=row.last_direction,
        last_status="queued" if last_status == "claimed" else last_status or "",
        window_closes_at=window.closes_at(row.last_inbound_at),
        tags=list(row.tags),
        owner=row.owner,
        bot_id=str(row.bot_id) if row.bot_id else None,
        intent=sounds.intent or None if sounds else None,
        language=sounds.language or None if sounds else None,
        sentiment=sounds.sentiment or None if sounds else None,
        urgency=sounds.urgency or None if sounds else None,
    )
