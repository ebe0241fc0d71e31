"""Taking back what was sent, as long as it has not left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict
from botpe_app.models import Conversation, Message
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import inbox, messages
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.message_items import items
from botpe_app.services.outbox import UNDONE
from botpe_app.services.outbox_refusals import WORDS
from botpe_app.services.views import MessageItem

_NOT_LEFT = {"queued", "claimed"}


def cancel(
    session: Session, actor: Actor, message_id: UUID | str, *, now: datetime | None = None
) -> MessageItem:
    """Takes back a message that has not left: it has failed, with a code of ours.

    Raises Forbidden, NotFound, Conflict once it may be on its way or if it is a campaign's.
    """
    actor.require(Permission.ANSWER)
    talk_id = get(session, actor, Message, message_id).conversation_id
    talk = get_locked(session, actor, Conversation, talk_id)
    row = get_locked(session, actor, Message, message_id)
    if row.sent_by_kind == "campaign":
        raise Conflict("This is a campaign's. Pause or cancel the campaign.")
    if row.direction != "outgoing" or row.status not in _NOT_LEFT:
        raise Conflict("It has left already.")
    row.status, row.failed_at, row.error_code = "failed", now or utc_now(), UNDONE
    row.error_title, row.error_details = WORDS[UNDONE]
    row.claim_token = row.lease_until = row.next_try_at = None
    session.add(row)
    if row.type == "reaction":
        messages.react(session, talk, {**row.content, "emoji": ""})
    _still_waits(session, talk, row)
    nudge(session, Lane.OUTBOX)  # what waited for it may go
    inbox.changed(session, talk)
    return items(session, actor, [row])[0]


def _still_waits(session: Session, talk: Conversation, undone: Message) -> None:
    """The customer, if this was the answer to their last word."""
    before = session.exec(
        select(Message)
        .where(
            Message.organization_id == talk.organization_id,
            Message.conversation_id == talk.id,
            Message.id != undone.id,
        )
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
    if before and before.direction == "incoming" and talk.waiting_since is None:
        talk.waiting_since = before.created_at
        session.add(talk)
        session.flush()
