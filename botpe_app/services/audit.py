"""The audit log: who changed what, when and from where. The tables' triggers write it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, or_
from sqlmodel import Session, col, select

from botpe_app.core import sheets
from botpe_app.core.permissions import Permission
from botpe_app.models import AuditEvent
from botpe_app.services import paging
from botpe_app.services.access import Actor, filter_id
from botpe_app.services.views import Page


@dataclass(frozen=True, slots=True)
class AuditItem:
    """One change. `before` and `after` hold what changed, never a secret."""

    id: str
    at: datetime
    actor_kind: str  # user, api, system
    actor_id: str | None
    actor_name: str
    address: str
    action: str
    subject_id: str
    before: dict[str, Any]
    after: dict[str, Any]


def list_events(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    action: str | None = None,
    actor_id: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AuditItem]:
    """Changes, newest first. `action` is whole (contact.updated) or its first word (contact);
    `q` stands in who did it or in what was or is there.

    Raises Forbidden, Invalid.
    """
    actor.require(Permission.READ_AUDIT_LOG)
    wanted = select(AuditEvent).where(AuditEvent.organization_id == actor.organization_id)
    if q:
        wanted = wanted.where(_holds(q))
    if action:
        whole = "." in action
        pattern = action if whole else f"{action}."
        named = col(AuditEvent.action)
        wanted = wanted.where(
            named == pattern if whole else named.startswith(pattern, autoescape=True)
        )
    for name, value in (("actor_id", actor_id), ("subject_id", subject_id)):
        if value:
            wanted = wanted.where(getattr(AuditEvent, name) == filter_id(value, name))
    if since:
        wanted = wanted.where(col(AuditEvent.at) >= since)
    if until:
        wanted = wanted.where(col(AuditEvent.at) < until)
    return paging.newest(session, wanted, AuditEvent, _item, limit=limit, cursor=cursor, by="at")


_COLUMNS = (
    *("at", "actor_kind", "actor_id", "actor_name", "address"),
    *("action", "subject_id", "before", "after"),
)


def note(session: Session, actor: Actor, action: str, subject_id: UUID) -> None:
    """Keeps that the actor did something which no table's trigger sees; flushes."""
    event = AuditEvent(
        organization_id=actor.organization_id,
        actor_kind=actor.kind,
        actor_id=actor.user_id or actor.key_id,
        actor_name=actor.name,
        address=session.info.get("address", ""),
        action=action,
        subject_id=subject_id,
    )
    session.add(event)
    session.flush()


HEADER = sheets.written(_COLUMNS)


def part(session: Session, actor: Actor, cursor: str, **wanted: Any) -> Page[str]:
    """A thousand changes as rows of a sheet under HEADER, and the cursor of those after them.

    Raises as `list_events`.
    """
    page = list_events(session, actor, limit=1000, cursor=cursor, **wanted)
    return Page([_row(item) for item in page.data], page.next)


def _row(item: AuditItem) -> str:
    who = (item.actor_kind, item.actor_id or "", item.actor_name, item.address)
    held = (json.dumps(one, ensure_ascii=False) for one in (item.before, item.after))
    return sheets.written([item.at.isoformat(), *who, item.action, item.subject_id, *held])


def _holds(words: str) -> ColumnElement[bool]:
    places = (
        col(AuditEvent.actor_name),
        cast(col(AuditEvent.before), Text),
        cast(col(AuditEvent.after), Text),
    )
    return or_(*(place.icontains(words, autoescape=True) for place in places))


def _item(row: AuditEvent) -> AuditItem:
    return AuditItem(
        str(row.id),
        row.at,
        row.actor_kind,
        str(row.actor_id) if row.actor_id else None,
        row.actor_name,
        row.address,
        row.action,
        str(row.subject_id),
        dict(row.before),
        dict(row.after),
    )
