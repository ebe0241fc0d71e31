"""What staff write to each other about a conversation; it never leaves the house."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Note, User
from botpe_app.services.access import Actor, get
from botpe_app.services.views import NoteItem

_LONGEST_NOTE = 4000


def list_notes(session: Session, actor: Actor, conversation_id: UUID | str) -> list[NoteItem]:
    """What staff wrote to each other about a conversation, oldest first. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Conversation, conversation_id)
    found = session.exec(
        select(Note, User.name)
        .join(User, col(User.id) == col(Note.user_id), isouter=True)
        .where(Note.organization_id == actor.organization_id, Note.conversation_id == row.id)
        .order_by(col(Note.id))
    )
    return [_note(note, name) for note, name in found]


def add_note(session: Session, actor: Actor, conversation_id: UUID | str, text: str) -> NoteItem:
    """Leaves a note for colleagues. Raises NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    row = get(session, actor, Conversation, conversation_id)
    text = clean(text)
    if not 1 <= len(text) <= _LONGEST_NOTE:
        raise Invalid(f"A note has 1 to {_LONGEST_NOTE:,} characters.", field="text")
    note = Note(
        organization_id=row.organization_id,
        conversation_id=row.id,
        user_id=actor.user_id,
        text=text,
    )
    session.add(note)
    session.flush()
    session.refresh(note)
    live.publish(session, actor.organization_id, f"conversation:{row.id}")
    return _note(note, actor.name if actor.user_id else None)


def _note(note: Note, author: str | None) -> NoteItem:
    return NoteItem(
        str(note.id), str(note.conversation_id), author or "API", note.text, note.created_at
    )
