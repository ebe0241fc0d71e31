"""The door's ledger: webhook updates made durable, all that wait together in one commit.

One commit costs about as much for fifty posts as for one, so what arrives during a commit goes
with the next. There is no waiting on purpose: a lone post is written at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import psycopg
from redis.exceptions import RedisError

from botpe_app import db
from botpe_app.config import settings
from botpe_app.errors import Unavailable
from botpe_app.queue import Lane, start_drain
from botpe_app.whatsapp.payloads import Update, dumps
from botpe_app.whatsapp.storable import canonical

log = logging.getLogger(__name__)

_MOST_ROWS = 500  # a commit; more would only delay the first of them
_MOST_WAITING_BYTES = 48 * 1024 * 1024
_ROW_BYTES = 1024  # what a row costs beside its payload
_PATIENCE_SECONDS = 15.0
_NUDGE_EVERY_SECONDS = 1.0

# A second delivery of the same news meets its own key. One statement is one transaction.
_STORE = """
with stored as (
    insert into webhook_events
        (event_key, field, kind, waba_id, phone_number_id, contact_key, payload, correlation_id)
    select key, field, kind, waba, number, contact, convert_from(payload, 'UTF8')::jsonb, post
    from unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                %b::bytea[], %b::uuid[])
        as given (key, field, kind, waba, number, contact, payload, post)
    on conflict (event_key) do nothing
    returning 1
)
select pg_notify('{channel}', '') from stored limit 1
""".replace("{channel}", Lane.INGEST.channel).encode()

Row = tuple[str, str, str, str, str, str, bytes, UUID]


class _Post(NamedTuple):
    rows: list[Row]
    cost: int
    done: asyncio.Future[None]


class Intake:
    """Stores updates for one event loop, over a connection of its own."""

    def __init__(self) -> None:
        self._waiting: deque[_Post] = deque()
        self._cost = 0
        self._writer: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._nudged = float("-inf")

    async def store(self, updates: Sequence[Update], correlation_id: UUID) -> None:
        """Returns once every update is durable; those known already count as stored.

        Raises Unavailable if too much waits already, or the database does not take it.
        """
        rows = [(*update[:6], dumps(update.payload), correlation_id) for update in updates]
        cost = sum(_ROW_BYTES + len(row[6]) for row in rows)
        if self._waiting and self._cost + cost > _MOST_WAITING_BYTES:
            raise Unavailable("Too many events are waiting to be stored.")
        post = _Post(rows, cost, asyncio.get_running_loop().create_future())
        self._waiting.append(post)
        self._cost += cost
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await post.done
        except Exception as error:
            log.debug("intake_failed", exc_info=True)
            raise Unavailable("The database did not store it.") from error

    async def close(self) -> None:
        """Writes what waits, then lets the connection go."""
        if self._writer is not None:
            await self._writer
        if self._connection is not None:
            await self._connection.close()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._write_together(self._next_batch())
        finally:
            self._writer = None

    def _next_batch(self) -> list[_Post]:
        batch = [self._waiting.popleft()]
        rows = len(batch[0].rows)
        while self._waiting and rows + len(self._waiting[0].rows) <= _MOST_ROWS:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].rows)
        return batch

    async def _write_together(self, batch: list[_Post]) -> None:
        try:
            await self._insert([row for post in batch for row in post.rows])
        except Exception as error:
            told = {"posts": len(batch), "error": str(error)}
            log.warning("intake_batch_refused", extra=told, exc_info=_bug(error))
            for post in batch:
                await self._write_alone(post, error)
        for post in batch:
            self._cost -= post.cost
            if not post.done.done():
                post.done.set_result(None)
        self._nudge()

    async def _write_alone(self, post: _Post, error: Exception) -> None:
        """After `error` of its batch: row by row, what cannot be stored in quarantine."""
        try:
            for row in post.rows:
                if self._lost():
                    raise error
                await self._insert_or_quarantine(row)
        except Exception as failure:
            log.debug("intake_post_refused", exc_info=True)
            if not post.done.done():
                post.done.set_exception(failure)

    async def _insert_or_quarantine(self, row: Row) -> None:
        try:
            await self._insert([row])
        except (psycopg.Error, UnicodeError) as error:
            if self._lost():
                raise
            log.warning("intake_row_quarantined", extra={"error": str(error)})
            await self._insert([_quarantined(row, error)])

    async def _insert(self, rows: list[Row]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        fresh = self._lost()
        try:
            await (await self._connected()).execute(_STORE, columns)
        except psycopg.OperationalError:
            # A connection may have died since its last use; the keys make a second try safe.
            if fresh or not self._lost():
                raise
            await (await self._connected()).execute(_STORE, columns)

    def _lost(self) -> bool:
        return self._connection is None or self._connection.closed

    async def _connected(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                settings().database_url,
                autocommit=True,
                options=f"{db.SYSTEM_OPTIONS} -c statement_timeout=10s",
                connect_timeout=5,
                application_name="botpe intake",
            )
        return self._connection

    def _nudge(self) -> None:
        """Starts the drain if none lives, beside the way of the posts: Redis may be slow."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._nudged >= _NUDGE_EVERY_SECONDS:
            self._nudged = loop.time()
            loop.run_in_executor(None, _start_drain)


def _start_drain() -> None:
    try:
        start_drain(Lane.INGEST)
    except Exception as error:
        # The events are safe and a living drain has heard of them; a dead one waits for the sweep.
        log.warning("nudge_failed", extra={"error": str(error)}, exc_info=_bug(error))


def _bug(error: Exception) -> Exception | None:
    expected = isinstance(error, psycopg.Error | RedisError)
    return None if expected else error


def _quarantined(row: Row, error: Exception) -> Row:
    """The same news as a malformed event that any database can keep: plain ASCII only."""
    raw = [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in row[:7]]
    escaped = [ascii(cell) for cell in raw]
    payload = canonical({"reason": f"cannot be stored: {str(error)!a}", "raw": escaped})
    key = "h:" + hashlib.sha256(repr(row[:7]).encode("utf-8", "backslashreplace")).hexdigest()
    return (key, "", "malformed", "", "", "", payload, row[7])
