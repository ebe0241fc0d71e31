"""Tells open pages that something changed on a phone, through Redis, if there is one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "botpe:live"
MESSAGE = json.dumps({"organization_id": None, "topics": ["simulator"]})

_GATHER_SECONDS = 0.05


class Feed:
    """Publishes at most twenty times a second, however much changes."""

    def __init__(self, url: str) -> None:
        self._redis: Any = Redis.from_url(url, socket_timeout=2) if url else None  # pyright: ignore[reportUnknownMemberType]
        self._due: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Tells soon."""
        if self._redis is not None and (self._due is None or self._due.done()):
            self._due = asyncio.create_task(self._tell(self._redis))

    async def close(self) -> None:
        """Tells what is due and hangs up."""
        if self._due is not None:
            await self._due
        if self._redis is not None:
            await self._redis.aclose()

    async def _tell(self, redis: Any) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        with contextlib.suppress(RedisError, OSError):  # pages look again when they come back
            await redis.publish(CHANNEL, MESSAGE)
