"""All there is to know of one customer: who they are, what they allowed, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from botpe_app.core.permissions import Permission
from botpe_app.models import Contact, ContactIdentity, Conversation, Message, Note, User
from botpe_app.services import consents, contacts, inbox
from botpe_app.services.access import Actor, get
from botpe_app.services.joining import on
from botpe_app.services.views import ConsentItem, ContactItem, ConversationItem

_MOST = 30  # events, and of each kind


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of what happened; `conversation_id` leads to it."""

    at: datetime
    kind: str  # added, consent, conversation, note, campaign
    words: str
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A customer; conversations and happenings newest first."""

    contact: ContactItem
    addresses: list[tuple[str, str]]  # kind (phone, bsuid, parent_bsuid), address
    consents: list[ConsentItem]
    conversations: list[ConversationItem]
    happenings: list[Happening]


def story(session: Session, actor: Actor, contact_id: UUID | str) -> Story:
    """Everything about a customer. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Contact, contact_id)
    allowed = consents.list_consents(session, actor, row.id)
    talks = inbox.list_conversations(session, actor, contact_id=str(row.id), limit=_MOST).data
    happened = [
        Happening(row.created_at, "added", "Added to contacts"),
        *_of_consents(allowed),
        *_of_conversations(session, row),
        *_of_notes(session, row),
        *_of_campaigns(session, row),
    ]
    happened.sort(key=lambda happening: happening.at, reverse=True)
    return Story(contacts.item(row), _addresses(session, row), allowed, talks, happened[:_MOST])


def _addresses(session: Session, row: Contact) -> list[tuple[str, str]]:
    named = select(ContactIdentity.kind, ContactIdentity.address).where(
        ContactIdentity.organization_id == row.organization_id,
        ContactIdentity.contact_id == row.id,
    )
    return [
        (kind, row.phone or f"+{address.removeprefix('+')}" if kind == "phone" else address)
        for kind, address in session.exec(named.order_by(col(ContactIdentity.kind).desc()))
    ]


def _of_consents(allowed: list[ConsentItem]) -> Iterator[Happening]:
    for item in allowed[:_MOST]:
        said = "Allowed marketing messages" if item.granted else "Stopped marketing messages"
        yield Happening(item.at, "consent", said)


def _of_conversations(session: Session, row: Contact) -> Iterator[Happening]:
    begun = select(Conversation.created_at, Conversation.id).where(
        Conversation.organization_id == row.organization_id, Conversation.contact_id == row.id
    )
    for at, talk in session.exec(begun.order_by(col(Conversation.created_at).desc()).limit(_MOST)):
        yield Happening(at, "conversation", "A conversation began", str(talk))


def _of_notes(session: Session, row: Contact) -> Iterator[Happening]:
    written = (
        select(
            Note.created_at,
            func.coalesce(User.name, Note.author),
            Note.text,
            Note.conversation_id,
        )
        .join(Conversation, on(Conversation, Note.conversation_id))
        .join(User, col(User.id) == col(Note.user_id), isouter=True)
        .where(Note.organization_id == row.organization_id, Conversation.contact_id == row.id)
    )
    for at, who, said, talk in session.exec(written.order_by(col(Note.id).desc()).limit(_MOST)):
        yield Happening(at, "note", f"{who or 'Somebody'} noted: {said[:200]}", str(talk))


def _of_campaigns(session: Session, row: Contact) -> Iterator[Happening]:
    talks = select(Conversation.id).where(
        Conversation.organization_id == row.organization_id, Conversation.contact_id == row.id
    )
    sent = select(Message.created_at, Message.text, Message.status, Message.conversation_id).where(
        Message.organization_id == row.organization_id,
        col(Message.conversation_id).in_(talks),
        Message.sent_by_kind == "campaign",
    )
    for at, said, status, talk in session.exec(sent.order_by(col(Message.id).desc()).limit(_MOST)):
        yield Happening(at, "campaign", f"Campaign ({status}): {said[:120]}", str(talk))
