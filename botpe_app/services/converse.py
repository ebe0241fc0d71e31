"""Bots answering: what customers said goes through the engine, a batch of conversations at a time.

A batch is one transaction under the conversations' locks: where a bot is, what it says, and
that its inputs are heard become durable together, so a crash repeats the batch and nothing is
said twice. Several may work at once: a conversation that one holds is left by the others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from botpe_app import db
from botpe_app.services import converse_bots, converse_signals
from botpe_app.services.converse_batch import Connection, Key, Talk, lock
from botpe_app.services.converse_turns import Turns
from botpe_app.services.converse_writes import write
from botpe_app.services.ingest_batch import columns

log = logging.getLogger(__name__)

TASKS = "bot_tasks"  # told when there is something for agents
BATCH = 100
MOST_ATTEMPTS = 5

_DUE: LiteralString = """
select organization_id, conversation_id from (
  (select organization_id, conversation_id, min(next_at) as at from bot_inputs
   where next_at <= now() group by 1, 2 order by 3 limit %(limit)s)
  union all
  (select organization_id, conversation_id, due_at from bot_sessions
   where due_at <= now() order by due_at limit %(limit)s)
) due group by 1, 2 order by min(at) limit %(limit)s
"""
_NEXT: LiteralString = """
select extract(epoch from least((select min(next_at) from bot_inputs),
  (select min(next_at) from bot_calls where not jsonb_exists(request, 'mode')),
  (select min(due_at) from bot_sessions where due_at is not null)) - now())::float8
"""
_LATER: tuple[LiteralString, ...] = (
    """
update bot_inputs i set attempts = i.attempts + 1,
  next_at = now() + power(2, i.attempts) * interval '1 second'
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
where i.organization_id = n.organization_id and i.conversation_id = n.id
""",
    """
update bot_sessions s set due_at = now() + interval '60 seconds'
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
where s.organization_id = n.organization_id and s.conversation_id = n.id and s.due_at <= now()
""",
)
# A person is told, and the bot is out of the way.
_GIVE_UP: LiteralString = """
with lost as (
  delete from bot_inputs i using unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
  where i.organization_id = n.organization_id and i.conversation_id = n.id
    and i.attempts >= %b
  returning i.organization_id, i.conversation_id, i.id
), told as (
  insert into notes (organization_id, id, conversation_id, author, text)
  select organization_id, gen_random_uuid(), conversation_id, 'Bot',
    'The bot failed at a message of the customer. Please answer it.'
  from (select distinct organization_id, conversation_id from lost) one
)
update conversations c set owner = 'human', owner_epoch = c.owner_epoch + 1
from lost where c.organization_id = lost.organization_id and c.id = lost.conversation_id
"""

Topics = list[tuple[UUID, str]]


def connect() -> Connection:
    """An autocommit connection of the system for the functions of this room."""
    options = f"{db.BY_INDEX} {db.DISK_LATER} -c statement_timeout=60s"
    return db.connect_as_system(autocommit=True, options=options, name="botpe conversations")


def work(connection: Connection, limit: int = BATCH) -> tuple[int, Topics]:
    """Has the bots of up to `limit` conversations hear and do what is due.

    How many it was, and whom to tell; 0 also where all that is due is held by others.
    """
    keys = [(row[0], row[1]) for row in connection.execute(_DUE, {"limit": limit})]
    talks = _handle(connection, keys) if keys else []
    topics = {
        (talk.organization_id, topic): None
        for talk in talks
        for topic in ("inbox", f"conversation:{talk.id}", "dashboard")
    }
    topics |= {(talk.organization_id, TASKS): None for talk in talks if talk.asks_agents}
    return len(talks), list(topics)


def due_in(connection: Connection) -> float | None:
    """Seconds until something is due, 0 if it is; None if nothing waits."""
    row = connection.execute(_NEXT).fetchone()
    return None if row is None or row[0] is None else max(0.0, row[0])


def _handle(connection: Connection, keys: Sequence[Key]) -> list[Talk]:
    """All in one transaction; if that fails, each half, down to the one that fails alone."""
    try:
        with connection.transaction():
            talks = lock(connection, keys)
            if talks:
                bots = converse_bots.around(connection, talks)
                converse_signals.add(connection, talks, bots)
                for talk in talks:
                    Turns(talk, bots).take()
                write(connection, talks)
        _log(talks)
        return talks
    except Exception as error:
        if connection.closed:
            raise
        if len(keys) > 1:
            half = len(keys) // 2
            return _handle(connection, keys[:half]) + _handle(connection, keys[half:])
        log.warning("bot_failed", extra={"conversation_id": str(keys[0][1])}, exc_info=error)
        _put_off(connection, keys)
        return []


def _put_off(connection: Connection, keys: Sequence[Key]) -> None:
    given = columns(keys)
    with connection.transaction():
        for query in _LATER:
            connection.cursor(binary=True).execute(query, given)
        connection.cursor(binary=True).execute(_GIVE_UP, [*given, MOST_ATTEMPTS])


def _log(talks: Sequence[Talk]) -> None:
    for talk in talks:
        for note in talk.remarks:
            known = {"kind": note.kind, "node_id": note.node_id, "conversation_id": str(talk.id)}
            log.info("bot_note", extra=known)
