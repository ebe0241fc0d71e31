"""The campaigns lane: begins those whose time has come, and keeps the outbox supplied."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from uuid import UUID

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import campaign_feeding as feeding
from botpe_app.services import campaign_launching as launching
from jobs import drain as drains
from jobs import telling

_FEED_AGAIN_SECONDS = 0.1
_LOOK_EVERY_SECONDS = 1.0


def drain() -> None:
    """Feeds the outbox until no campaign has been running for a while."""
    drains.run(Lane.CAMPAIGNS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """One connection. A batch is a transaction: nothing is left half done with it."""
    with contextlib.closing(feeding.connect()) as connection:
        yield _Feeder(connection).step


class _Feeder:
    def __init__(self, connection: feeding.Connection) -> None:
        self._connection = connection
        self._look_at = 0.0

    async def step(self) -> float | None:
        topics: list[tuple[UUID, str]] = []
        look = time.monotonic() >= self._look_at
        if look:
            self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
            with db.transaction() as session:
                db.act_as_system(session)
                topics = launching.begin_due(session)
        fed = feeding.work(self._connection, look=look)
        if fed.taken:
            telling.start(Lane.OUTBOX)
        telling.announce([*topics, *fed.topics])
        if fed.taken:
            return 0.0
        return _FEED_AGAIN_SECONDS if fed.running else None
