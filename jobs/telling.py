"""Telling other lanes and open pages what a lane did. Redis may be away: nothing fails of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from redis.exceptions import RedisError

from botpe_app import live
from botpe_app.queue import Lane, start_drain

log = logging.getLogger(__name__)


def start(lane: Lane) -> None:
    """Starts the lane's drain; where that fails a sweep does later."""
    try:
        start_drain(lane)
    except (RedisError, OSError) as error:
        log.warning("nudge_failed", extra={"lane": lane.value, "error": str(error)})


def announce(topics: Iterable[tuple[UUID, str]]) -> None:
    """Has open pages refresh, each topic once; they may be late."""
    once = list(dict.fromkeys(topics))
    try:
        if once:
            live.announce(once)
    except (RedisError, OSError) as error:
        log.warning("live_failed", extra={"error": str(error)})
