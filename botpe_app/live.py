"""Telling open pages that something changed, after it is durable."""

from __future__ import annotations

import json
from uuid import UUID

from sqlmodel import Session

from botpe_app.db import after_commit
from botpe_app.queue import redis

CHANNEL = "botpe:live"


def publish(session: Session, organization_id: UUID, *topics: str) -> None:
    """Tells every open tab of the organization, once this session's work is committed."""
    wanted: dict[tuple[UUID, str], None] = session.info.setdefault("live", {})
    if not wanted:
        after_commit(session, lambda: announce(list(session.info.pop("live", {}))))
    wanted.update({(organization_id, topic): None for topic in topics})


def announce(changes: list[tuple[UUID, str]]) -> None:
    """Tells at once, each organization in one message; for hot paths that commit by themselves."""
    topics: dict[UUID, list[str]] = {}
    for organization_id, topic in changes:
        topics.setdefault(organization_id, []).append(topic)
    with redis().pipeline(transaction=False) as pipe:
        for organization_id, changed in topics.items():
            body = {"organization_id": str(organization_id), "topics": changed}
            pipe.publish(CHANNEL, json.dumps(body))
        pipe.execute()
