"""Messages as they go upstairs: with the names, reactions and files that belong to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.models import AutomationRule, Message, Reaction, User
from botpe_app.services import media
from botpe_app.services.access import Actor
from botpe_app.services.views import MessageError, MessageItem


def items(session: Session, actor: Actor, page: Sequence[Message]) -> list[MessageItem]:
    """These messages, in their order, with names, reactions and files."""
    names = _names(session, {m.sent_by_id for m in page if m.sent_by_kind == "user"})
    names |= _rules(session, actor, {m.sent_by_id for m in page if m.sent_by_kind == "api"})
    reactions = _reactions(session, actor, [m.wa_message_id for m in page if m.wa_message_id])
    contents = media.contents(session, actor, page)
    return [
        _item(m, contents[m.id], names.get(m.sent_by_id), reactions[m.wa_message_id]) for m in page
    ]


def _names(session: Session, ids: set[UUID | None]) -> dict[UUID | None, str]:
    if not ids:
        return {}
    found = session.exec(select(User.id, User.name).where(col(User.id).in_(ids)))
    return {user_id: name for user_id, name in found}  # noqa: C416 - dict() loses the None of the key's type


def _rules(session: Session, actor: Actor, ids: set[UUID | None]) -> dict[UUID | None, str]:
    """The automation rules among those that speak through the API's door."""
    if not ids:
        return {}
    found = session.exec(
        select(AutomationRule.id, AutomationRule.name).where(
            AutomationRule.organization_id == actor.organization_id, col(AutomationRule.id).in_(ids)
        )
    )
    return {rule_id: name for rule_id, name in found}  # noqa: C416 - as above


def _reactions(
    session: Session, actor: Actor, wamids: list[str]
) -> defaultdict[str | None, list[str]]:
    emojis: defaultdict[str | None, list[str]] = defaultdict(list)
    if not wamids:
        return emojis
    found = session.exec(
        select(Reaction.wa_message_id, Reaction.emoji).where(
            Reaction.organization_id == actor.organization_id,
            col(Reaction.wa_message_id).in_(wamids),
            Reaction.emoji != "",
        )
    )
    for wamid, emoji in found:
        emojis[wamid].append(emoji)
    return emojis


def _item(
    row: Message, content: dict[str, Any], name: str | None, reactions: list[str]
) -> MessageItem:
    error = None
    if row.status in {"failed", "uncertain"}:
        error = MessageError(row.error_code or 0, row.error_title or "", row.error_details or "")
    return MessageItem(
        id=str(row.id),
        conversation_id=str(row.conversation_id),
        direction=row.direction,
        type=row.type,
        content=content,
        text=row.text,
        status="queued" if row.status == "claimed" else row.status,
        wa_message_id=row.wa_message_id,
        sent_by_kind=row.sent_by_kind,
        sent_by_id=str(row.sent_by_id) if row.sent_by_id else None,
        sent_by_name=name or "",
        reply_to=row.reply_to,
        error=error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        reactions=reactions,
        edited=row.edited_at is not None,
        deleted=row.deleted_at is not None,
    )
