"""A conversation as a file to keep or hand on: readable text, or JSON with everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.services import contacts, inbox, messages, notes
from botpe_app.services.access import Actor, organization_of
from botpe_app.services.views import MessageItem

FORMATS = ("txt", "json")
_AT_ONCE, _MOST = 500, 20_000
_WHO = {"bot": "Bot", "agent": "AI agent", "campaign": "Campaign", "api": "API"}


def export(
    session: Session, actor: Actor, conversation_id: UUID | str, format: str = "txt"
) -> tuple[str, str]:
    """The file's name and its content, oldest message first; notes are in the JSON only.

    Of very long ones the newest 20,000 messages. Raises Forbidden, NotFound, Invalid.
    """
    actor.require(Permission.ANSWER)
    if format not in FORMATS:
        raise Invalid(f"A format is one of {', '.join(FORMATS)}.", field="format")
    item = inbox.get_conversation(session, actor, conversation_id)
    said = _all(session, actor, item.id)
    name = f"conversation-{item.id}.{format}"
    if format == "json":
        found: dict[str, Any] = {
            "conversation": asdict(item),
            "contact": asdict(contacts.get_contact(session, actor, item.contact.id)),
            "messages": [asdict(message) for message in said],
            "notes": [asdict(note) for note in notes.list_notes(session, actor, item.id)],
        }
        return name, json.dumps(found, ensure_ascii=False, indent=1, default=_plain)
    zone = ZoneInfo(organization_of(session, actor).time_zone)
    customer = item.contact.name or item.contact.phone or "Customer"
    lines = [f"Conversation with {customer} · {item.account_name}", ""]
    return name, "\n".join([*lines, *_lines(said, customer, zone)]) + "\n"


def _all(session: Session, actor: Actor, conversation_id: str) -> list[MessageItem]:
    found: list[MessageItem] = []
    cursor: str | None = None
    while len(found) < _MOST:
        page = messages.thread(session, actor, conversation_id, limit=_AT_ONCE, cursor=cursor)
        found += page.data
        cursor = page.next
        if cursor is None:
            break
    return found[::-1]


def _lines(said: list[MessageItem], customer: str, zone: ZoneInfo) -> Iterator[str]:
    for message in said:
        at = message.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        ours = message.sent_by_name or _WHO.get(message.sent_by_kind, "Us")
        who = customer if message.direction == "incoming" else ours
        kind = "" if message.type == "text" else f" ({message.type})"
        words = "deleted" if message.deleted else _whole(message)
        yield f"[{at}] {who}{kind}: {words}"


def _whole(message: MessageItem) -> str:
    body = message.content.get("body")
    return body if isinstance(body, str) else message.text


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
