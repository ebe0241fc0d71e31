"""One's own signed-in browsers: which there are, and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.db import act_as_system, act_for
from botpe_app.errors import NotFound
from botpe_app.models import UserSession
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, as_id


@dataclass(frozen=True, slots=True)
class SessionItem:
    """A signed-in browser. `current` is the one that asks."""

    id: str
    client: str  # what it calls itself
    address: str
    created_at: datetime
    seen_at: datetime
    current: bool


def list_sessions(session: Session, actor: Actor) -> list[SessionItem]:
    """The actor's own, the last seen first; none for an API key."""
    actor.require(Permission.READ)
    act_as_system(session)
    mine = select(UserSession).where(
        UserSession.user_id == actor.user_id, col(UserSession.expires_at) > utc_now()
    )
    rows = list(session.exec(mine.order_by(col(UserSession.seen_at).desc(), col(UserSession.id))))
    act_for(session, actor.organization_id)
    return [_item(row, actor) for row in rows]


def get_session(session: Session, actor: Actor, session_id: UUID | str) -> SessionItem:
    """One of the actor's own. Raises NotFound for anybody else's."""
    found = as_id(session_id)
    for item in list_sessions(session, actor):
        if item.id == str(found):
            return item
    raise NotFound("Session not found.")


def end(session: Session, actor: Actor, session_id: UUID | str) -> None:
    """Signs one of the actor's own browsers out. Raises NotFound for anybody else's."""
    actor.require(Permission.READ)
    found = as_id(session_id)
    if not _end(session, actor, col(UserSession.id) == found):
        raise NotFound("Session not found.")


def end_others(session: Session, actor: Actor) -> int:
    """Signs the actor out of every browser but the one that asks; how many those were."""
    actor.require(Permission.READ)
    return _end(session, actor, col(UserSession.id).is_distinct_from(actor.session_id))


def _end(session: Session, actor: Actor, which: object) -> int:
    act_as_system(session)
    ended = session.connection().execute(
        delete(UserSession).where(col(UserSession.user_id) == actor.user_id, which)  # pyright: ignore[reportArgumentType]
    )
    act_for(session, actor.organization_id)
    return ended.rowcount


def _item(row: UserSession, actor: Actor) -> SessionItem:
    return SessionItem(
        str(row.id),
        row.client,
        row.address,
        row.created_at,
        row.seen_at,
        row.id == actor.session_id,
    )
