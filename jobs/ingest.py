"""The ingest lane: stored webhook events become messages and statuses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator

from redis.exceptions import RedisError

from botpe_app import live
from botpe_app.queue import Lane, start_drain
from botpe_app.services import ingest, ingest_bots, ingest_files, ingest_signals
from jobs import drain as drains

log = logging.getLogger(__name__)

_STANDBY_SECONDS = 1.0
_REDIS_REST_SECONDS = 5.0
_FAILED_EVERY = 16  # steps, while there is more than a batch of new events
_PLANS_LAST_SECONDS = 5.0


def drain() -> None:
    """Ingests until there has been nothing to do for a while; one at a time, a second waits."""
    drains.run(Lane.INGEST, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """One connection for both the lead and the work: they can only be lost together."""
    with contextlib.closing(ingest.connect()) as connection:
        yield _Ingester(connection).step


class _Ingester:
    def __init__(self, connection: ingest.Connection) -> None:
        self._connection = connection
        self._leads = False
        self._redis_rests_until = 0.0
        self._planned = time.monotonic()
        self._steps = 0

    async def step(self) -> float | None:
        self._leads = self._leads or ingest.take_lead(self._connection)
        if not self._leads:
            return _STANDBY_SECONDS
        if time.monotonic() - self._planned > _PLANS_LAST_SECONDS:
            ingest.forget_plans(self._connection)
            self._planned = time.monotonic()
        taken, topics = ingest.work(self._connection)
        self._steps += 1
        # Looking for the few that failed reads past all that is new: not at every step then.
        if taken < ingest.BATCH or self._steps % _FAILED_EVERY == 0:
            again, told = ingest.work_again(self._connection)
            taken, topics = taken + again, topics + told
        self._announce(topics)
        return 0.0 if taken else ingest.due_in(self._connection)

    def _announce(self, topics: ingest.Topics) -> None:
        """Pages may refresh late; messages may not be late because Redis is away."""
        if not topics or time.monotonic() < self._redis_rests_until:
            return
        try:
            if any(topic == ingest_files.TOPIC for _, topic in topics):
                start_drain(Lane.MEDIA)
            if any(topic == ingest_bots.TOPIC for _, topic in topics):
                start_drain(Lane.CONVERSATIONS)
            if any(topic == ingest_signals.TOPIC for _, topic in topics):
                start_drain(Lane.AGENTS)
            live.announce(topics)
        except (RedisError, OSError) as error:
            self._redis_rests_until = time.monotonic() + _REDIS_REST_SECONDS
            log.warning("live_failed", extra={"error": str(error)})
