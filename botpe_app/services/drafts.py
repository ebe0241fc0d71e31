"""What somebody has begun to write in a conversation: theirs on every machine, nobody else's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Membership, ReplyDraft
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get
from botpe_app.services.inbox_views import DraftItem

_LONGEST = 10_000


def get_draft(session: Session, actor: Actor, conversation_id: UUID | str) -> DraftItem:
    """The actor's own draft; an empty one if there is none. Raises NotFound."""
    actor.require(Permission.READ)
    talk = get(session, actor, Conversation, conversation_id)
    key = (actor.organization_id, actor.user_id, talk.id)
    row = session.get(ReplyDraft, key) if actor.user_id else None
    return DraftItem(str(talk.id), row.text if row else "", row.updated_at if row else None)


def save_draft(session: Session, actor: Actor, conversation_id: UUID | str, text: str) -> DraftItem:
    """Keeps what the actor has written so far; an empty text forgets it.

    Raises NotFound, Invalid, also for an API key.
    """
    actor.require(Permission.ANSWER)
    talk = get(session, actor, Conversation, conversation_id)
    if actor.user_id is None:
        raise Invalid("An API key has no drafts.", field="text")
    if len(text) > _LONGEST:
        raise Invalid(f"At most {_LONGEST:,} characters.", field="text")
    if not session.get(Membership, (actor.organization_id, actor.user_id)):
        raise Invalid("You are not a member of this organization.", field="text")
    text = text.replace("\0", "")
    if text.strip():
        values = {"text": text, "updated_at": utc_now()}
        key = {"organization_id": talk.organization_id, "user_id": actor.user_id}
        session.connection().execute(
            insert(ReplyDraft)
            .values(conversation_id=talk.id, **key, **values)
            .on_conflict_do_update(
                index_elements=["organization_id", "user_id", "conversation_id"], set_=values
            )
        )
    else:
        session.connection().execute(
            delete(ReplyDraft).where(
                col(ReplyDraft.organization_id) == talk.organization_id,
                col(ReplyDraft.user_id) == actor.user_id,
                col(ReplyDraft.conversation_id) == talk.id,
            )
        )
    return get_draft(session, actor, talk.id)
