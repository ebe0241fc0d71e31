"""Canned replies: texts to answer with, everybody's or one's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from botpe_app.core import templating
from botpe_app.core.conditions import Env
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid, NotFound
from botpe_app.models import CannedReply, Contact
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get, get_locked, organization_of
from botpe_app.services.saving import save, short_text
from botpe_app.services.team_views import CannedReplyItem
from botpe_app.services.views import ConversationItem

_SHORTCUT = re.compile(r"[\w-]{1,40}")
_LONGEST_TEXT, _LONGEST_CATEGORY = 4096, 50
_TAKEN = "There is a canned reply with this shortcut already."


def list_replies(session: Session, actor: Actor) -> list[CannedReplyItem]:
    """Everybody's canned replies and the actor's own, by shortcut."""
    actor.require(Permission.READ)
    seen = col(CannedReply.owner_id).is_(None)
    if actor.user_id:
        seen = or_(seen, col(CannedReply.owner_id) == actor.user_id)
    ours = select(CannedReply).where(CannedReply.organization_id == actor.organization_id, seen)
    order = (col(CannedReply.shortcut), col(CannedReply.id))
    return [_item(row) for row in session.exec(ours.order_by(*order))]


@dataclass(frozen=True, slots=True)
class Filled:
    """A canned reply as it would be sent to a customer."""

    shortcut: str
    category: str
    text: str


def filled_for(session: Session, actor: Actor, talk: ConversationItem) -> list[Filled]:
    """The actor's canned replies with the placeholders filled in for this conversation."""
    contact = get(session, actor, Contact, talk.contact.id)
    home = organization_of(session, actor)
    zone = ZoneInfo(home.time_zone)
    env = Env(now=utc_now().astimezone(zone), timezone=zone)
    values = {
        "contact": {
            "name": contact.name,
            "phone": contact.phone,
            "email": contact.email,
            "language": contact.language,
            "custom_fields": contact.custom_fields,
        },
        "agent": {"name": actor.name},
        "organization": {"name": home.name},
    }
    return [
        Filled(one.shortcut, one.category, templating.render(one.text, values, env))
        for one in list_replies(session, actor)
    ]


def get_reply(session: Session, actor: Actor, reply_id: UUID | str) -> CannedReplyItem:
    """One canned reply. Raises NotFound, also for somebody else's own."""
    actor.require(Permission.READ)
    return _item(_visible(actor, get(session, actor, CannedReply, reply_id)))


def create_reply(
    session: Session,
    actor: Actor,
    *,
    shortcut: str,
    text: str,
    category: str = "",
    personal: bool = False,
) -> CannedReplyItem:
    """A new canned reply; a personal one is its maker's only.

    Raises Forbidden, Invalid naming the field, Conflict.
    """
    actor.require(Permission.MANAGE_CANNED_REPLIES)
    if personal and actor.user_id is None:
        raise Invalid("An API key has no replies of its own.", field="personal")
    row = CannedReply(
        organization_id=actor.organization_id,
        shortcut=_shortcut(shortcut),
        text=short_text(text, field="text", most=_LONGEST_TEXT),
        category=_category(category),
        owner_id=actor.user_id if personal else None,
    )
    save(session, row, taken=_TAKEN, field="shortcut")
    return _item(row)


def update_reply(
    session: Session,
    actor: Actor,
    reply_id: UUID | str,
    *,
    shortcut: str | None = None,
    text: str | None = None,
    category: str | None = None,
) -> CannedReplyItem:
    """Changes what is named. Raises Forbidden, NotFound, Invalid, Conflict."""
    actor.require(Permission.MANAGE_CANNED_REPLIES)
    row = _visible(actor, get_locked(session, actor, CannedReply, reply_id))
    if shortcut is not None:
        row.shortcut = _shortcut(shortcut)
    if text is not None:
        row.text = short_text(text, field="text", most=_LONGEST_TEXT)
    if category is not None:
        row.category = _category(category)
    save(session, row, taken=_TAKEN, field="shortcut")
    return _item(row)


def delete_reply(session: Session, actor: Actor, reply_id: UUID | str) -> None:
    """Removes a canned reply. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_CANNED_REPLIES)
    session.delete(_visible(actor, get_locked(session, actor, CannedReply, reply_id)))
    session.flush()


def _visible(actor: Actor, row: CannedReply) -> CannedReply:
    if row.owner_id not in (None, actor.user_id):
        raise NotFound("Canned reply not found.")
    return row


def _shortcut(shortcut: str) -> str:
    found = shortcut.strip().removeprefix("/").lower()
    if not _SHORTCUT.fullmatch(found):
        raise Invalid(
            "A shortcut has up to 40 letters, digits, - and _, without spaces.", field="shortcut"
        )
    return found


def _category(category: str) -> str:
    return short_text(category, field="category", least=0, most=_LONGEST_CATEGORY)


def _item(row: CannedReply) -> CannedReplyItem:
    return CannedReplyItem(
        str(row.id),
        row.shortcut,
        row.text,
        row.category,
        row.owner_id is not None,
        row.created_at,
    )
