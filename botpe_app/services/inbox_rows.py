"""Conversations as lists read them: with contact, names, last tick and what they sound like."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists
from sqlalchemy import select as sa_select  # SQLModel's knows four columns at most
from sqlmodel import Session, col, select

from botpe_app.core import window
from botpe_app.models import (
    Contact,
    ContactBlock,
    Conversation,
    ConversationSignal,
    Message,
    Team,
    User,
    WhatsAppAccount,
)
from botpe_app.services.access import Actor
from botpe_app.services.joining import on
from botpe_app.services.views import ContactBrief, ConversationItem, Hit

Names = tuple[str, str | None, str | None, str | None]  # number, assignee, last tick, team
Row = tuple[Conversation, Contact, ConversationSignal | None, *Names, bool]
Rows = Select[Conversation, Contact, ConversationSignal, str, str, str, str, bool]


def rows(actor: Actor) -> Rows:
    """Conversations with their contact, the names of number, assignee and team, last tick, and
    whether the number has blocked the contact.

    Names are looked up rather than joined: to weigh every order of seven joined tables took the
    planner five times as long as reading fifty rows.
    """
    ours = col(Conversation.organization_id) == actor.organization_id
    blocked = exists().where(
        col(ContactBlock.organization_id) == col(Conversation.organization_id),
        col(ContactBlock.account_id) == col(Conversation.account_id),
        col(ContactBlock.contact_id) == col(Conversation.contact_id),
    )
    return (
        sa_select(
            Conversation,
            Contact,
            ConversationSignal,
            _the(WhatsAppAccount.name, on(WhatsAppAccount, Conversation.account_id)),
            _the(User.name, col(User.id) == col(Conversation.assignee_id)),
            _the(Message.status, on(Message, Conversation.last_message_id)),
            _the(Team.name, on(Team, Conversation.team_id)),
            blocked,
        )
        .join(Contact, on(Contact, Conversation.contact_id))
        .join(
            ConversationSignal, on(Conversation, ConversationSignal.conversation_id), isouter=True
        )
        .where(ours)
    )


def _the(value: str, where: ColumnElement[bool]) -> ScalarSelect[str]:
    return select(value).where(where).correlate(Conversation).scalar_subquery()


def fetch(session: Session, wanted: Rows) -> list[Row]:
    """What a query of `rows` finds."""
    return [tuple(row) for row in session.exec(wanted)]  # pyright: ignore


def item(found: Row, hit: Hit | None = None) -> ConversationItem:
    """A conversation as lists and headers show it."""
    row, contact, sounds, account_name, assignee_name, last_status, team_name, blocked = found
    return ConversationItem(
        id=str(row.id),
        contact=ContactBrief(str(contact.id), contact.name, contact.phone),
        account_id=str(row.account_id),
        account_name=account_name,
        status=row.status,
        assignee_id=_text(row.assignee_id),
        assignee_name=assignee_name,
        unread_count=row.unread_count,
        last_message=row.last_message,
        last_message_at=row.last_message_at,
        last_direction=row.last_direction,
        last_status="queued" if last_status == "claimed" else last_status or "",
        window_closes_at=window.closes_at(row.last_inbound_at),
        tags=list(row.tags),
        owner=row.owner,
        bot_id=_text(row.bot_id),
        intent=sounds.intent or None if sounds else None,
        language=sounds.language or None if sounds else None,
        sentiment=sounds.sentiment or None if sounds else None,
        urgency=sounds.urgency or None if sounds else None,
        priority=row.priority,
        snoozed_until=row.snoozed_until if row.status == "snoozed" else None,
        team_id=_text(row.team_id),
        team_name=team_name,
        blocked=blocked,
        hit=hit,
    )


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
