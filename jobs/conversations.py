"""The conversations lane: bots hear what customers said, and answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

from redis.exceptions import RedisError

from botpe_app import live
from botpe_app.queue import Lane, start_drain
from botpe_app.services import converse
from jobs import drain as drains

log = logging.getLogger(__name__)

_HELD_SECONDS = 0.02  # until a conversation that somebody holds is looked at again
_LOOK_AGAIN_SECONDS = 30.0


def drain() -> None:
    """Has bots answer until there has been nothing to do for a while."""
    drains.run(Lane.CONVERSATIONS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """One connection; the locks it holds are gone with it."""
    with contextlib.closing(converse.connect()) as connection:
        yield _Converser(connection).step


class _Converser:
    def __init__(self, connection: converse.Connection) -> None:
        self._connection = connection

    async def step(self) -> float | None:
        taken, topics = converse.work(self._connection)
        if taken:
            _announce(topics)
            return 0.0
        due_in = converse.due_in(self._connection)
        # A far date keeps no drain alive: the sweep starts one when it has come.
        if due_in is None or due_in > _LOOK_AGAIN_SECONDS:
            return None
        return max(due_in, _HELD_SECONDS)


def _announce(topics: converse.Topics) -> None:
    """Pages may refresh late; answers may not be late because Redis is away."""
    try:
        start_drain(Lane.OUTBOX)
        live.announce(topics)
    except (RedisError, OSError) as error:
        log.warning("live_failed", extra={"error": str(error)})
