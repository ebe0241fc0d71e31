"""What staff write to each other about a conversation; it never leaves the house."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, func, select

from botpe_app import live
from botpe_app.core.mentions import named_in
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Membership, Note, NoteMention, User
from botpe_app.services.access import Actor, get
from botpe_app.services.inbox_views import NoteItem

_LONGEST_NOTE = 4000


def list_notes(session: Session, actor: Actor, conversation_id: UUID | str) -> list[NoteItem]:
    """What staff wrote to each other about a conversation, oldest first. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Conversation, conversation_id)
    found = session.exec(
        select(Note, func.coalesce(User.name, Note.author))
        .join(User, col(User.id) == col(Note.user_id), isouter=True)
        .where(Note.organization_id == actor.organization_id, Note.conversation_id == row.id)
        .order_by(col(Note.id))
    )
    notes = list(found)
    named: dict[UUID, list[str]] = {}
    mentions = select(NoteMention.note_id, NoteMention.user_id).where(
        NoteMention.organization_id == actor.organization_id,
        NoteMention.conversation_id == row.id,
    )
    for note_id, user_id in session.exec(mentions):
        named.setdefault(note_id, []).append(str(user_id))
    return [_note(note, name, named.get(note.id, [])) for note, name in notes]


def add_note(session: Session, actor: Actor, conversation_id: UUID | str, text: str) -> NoteItem:
    """Leaves a note for colleagues; whom it names with @ finds it among what names them.

    Raises NotFound, Invalid.
    """
    actor.require(Permission.ANSWER)
    row = get(session, actor, Conversation, conversation_id)
    text = clean(text)
    if not 1 <= len(text) <= _LONGEST_NOTE:
        raise Invalid(f"A note has 1 to {_LONGEST_NOTE:,} characters.", field="text")
    note = Note(
        organization_id=row.organization_id,
        conversation_id=row.id,
        user_id=actor.user_id,
        author="" if actor.user_id else actor.name,
        text=text,
    )
    session.add(note)
    session.flush()
    session.refresh(note)
    mentioned = _mention(session, actor, note)
    topics = ["inbox"] if mentioned else []
    live.publish(session, actor.organization_id, f"conversation:{row.id}", *topics)
    return _note(note, actor.name, mentioned)


def _mention(session: Session, actor: Actor, note: Note) -> list[str]:
    """Keeps whom the note names; their ids."""
    if "@" not in note.text:
        return []
    people = session.exec(
        select(Membership.user_id, User.name)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.organization_id == actor.organization_id)
    )
    found = named_in(note.text, {str(user_id): name for user_id, name in people})
    for user_id in found:
        session.add(
            NoteMention(
                organization_id=note.organization_id,
                note_id=note.id,
                user_id=UUID(user_id),
                conversation_id=note.conversation_id,
            )
        )
    session.flush()
    return found


def _note(note: Note, author: str, mentions: list[str]) -> NoteItem:
    return NoteItem(
        str(note.id),
        str(note.conversation_id),
        author or "BotPe",
        note.text,
        note.created_at,
        mentions,
    )
