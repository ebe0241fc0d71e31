"""Answers of Claude kept for a while, so that the same question is not paid for twice."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from botpe_app.models import AgentAnswer
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor

MOST_MINUTES = 24 * 60  # upkeep removes what is older


def key_of(*asked: str) -> str:
    """What an answer is kept under: all that it depends on."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def find(session: Session, actor: Actor, key: str, minutes: int) -> dict[str, Any] | None:
    """The answer of the last minutes, None if there is none."""
    row = session.get(AgentAnswer, (actor.organization_id, key))
    if row is None or row.created_at < utc_now() - timedelta(minutes=minutes):
        return None
    return row.output


def keep(
    session: Session,
    actor: Actor,
    key: str,
    output: dict[str, Any],
    conversation_id: UUID | None,
) -> None:
    """Keeps an answer; it goes when the conversation that it is about goes."""
    values = {"output": output, "conversation_id": conversation_id, "created_at": utc_now()}
    session.connection().execute(
        insert(AgentAnswer)
        .values(organization_id=actor.organization_id, key=key, **values)
        .on_conflict_do_update(index_elements=["organization_id", "key"], set_=values)
    )
