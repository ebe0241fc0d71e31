"""Snoozed conversations that wake up."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

import psycopg

# A reminder is a note and one unread: whoever snoozed it finds it again at once.
_WAKE: LiteralString = """
with due as (
  select organization_id, id from conversations
  where status = 'snoozed' and snoozed_until <= now()
  order by snoozed_until limit 500 for update skip locked
), woken as (
  update conversations c set status = 'open', snoozed_until = null,
    unread_count = greatest(c.unread_count, 1)
  from due where c.organization_id = due.organization_id and c.id = due.id
  returning c.organization_id, c.id
), told as (
  insert into notes (organization_id, id, conversation_id, text)
  select organization_id, gen_random_uuid(), id,
    'Reminder: the time for which this was snoozed is over.'
  from woken
)
select organization_id, id from woken
"""


def wake(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[UUID, str]]:
    """Opens those whose time has come; the topics to tell."""
    woken = connection.execute(_WAKE).fetchall()
    topics: dict[tuple[UUID, str], None] = {}
    for organization_id, conversation_id in woken:
        assert isinstance(organization_id, UUID)  # noqa: S101 - its type in the table
        for topic in ("inbox", f"conversation:{conversation_id}", "dashboard"):
            topics[organization_id, topic] = None
    return list(topics)
