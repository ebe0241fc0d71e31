"""Bots as their list shows them: whether they answer, where, and how busy they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from botpe_app.core.permissions import Permission
from botpe_app.models import Bot, BotSession, BotVersion, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import paging
from botpe_app.services.access import Actor
from botpe_app.services.joining import answering
from botpe_app.services.views import Page

BUSY_DAYS = 30


@dataclass(frozen=True, slots=True)
class BotCard:
    """A bot without its flow. `sessions`: begun in the last BUSY_DAYS; `running`: now.

    `unpublished`: the draft is not what answers.
    """

    id: str
    name: str
    status: str  # draft, active, paused
    version: int | None
    unpublished: bool
    account_id: str | None
    account_name: str
    steps: int
    sessions: int
    running: int
    updated_at: datetime


def list_cards(
    session: Session, actor: Actor, *, limit: int = 50, cursor: str | None = None
) -> Page[BotCard]:
    """Bots, newest first. Raises Invalid naming `cursor`."""
    actor.require(Permission.READ)
    wanted = select(Bot).where(Bot.organization_id == actor.organization_id)
    page = paging.newest_rows(session, wanted, Bot, limit=limit, cursor=cursor)
    ids = [row.id for row in page.data]
    began = _counts(session, actor, ids, col(BotSession.started_at) > _since())
    running = _counts(session, actor, ids, col(BotSession.status) != "ended")
    answering = _answering(session, actor, ids)
    numbers = _numbers(session, actor)
    cards = [
        BotCard(
            id=str(row.id),
            name=row.name,
            status=row.status,
            version=row.version or None,
            unpublished=bool(row.version) and row.id not in answering,
            account_id=str(row.account_id) if row.account_id else None,
            account_name=numbers.get(row.account_id, ""),
            steps=len(row.flow.get("nodes") or ()),
            sessions=began.get(row.id, 0),
            running=running.get(row.id, 0),
            updated_at=row.updated_at,
        )
        for row in page.data
    ]
    return Page(cards, page.next)


def _since() -> datetime:
    return utc_now() - timedelta(days=BUSY_DAYS)


def _counts(session: Session, actor: Actor, ids: Sequence[UUID], which: Any) -> dict[UUID, int]:
    found = session.exec(
        select(BotSession.bot_id, func.count())
        .where(
            BotSession.organization_id == actor.organization_id,
            col(BotSession.bot_id).in_(ids),
            which,
        )
        .group_by(col(BotSession.bot_id))
    )
    return dict(found.all())


def _answering(session: Session, actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Those whose draft is what was published last."""
    found = session.exec(
        select(Bot.id)
        .join(BotVersion, answering())
        .where(
            Bot.organization_id == actor.organization_id,
            col(Bot.id).in_(ids),
            col(BotVersion.flow) == col(Bot.flow),
        )
    )
    return set(found)


def _numbers(session: Session, actor: Actor) -> dict[UUID | None, str]:
    found = session.exec(
        select(WhatsAppAccount.id, WhatsAppAccount.name).where(
            WhatsAppAccount.organization_id == actor.organization_id
        )
    )
    return dict(found.all())
