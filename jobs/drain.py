"""The life of a drain: a lane's worker at work, on warm connections, until nothing is left to do.

A drain does what is due, then sleeps until NOTIFY on the lane's channel, or until its work asked
to be called again. It ends when its lane has been quiet for a while; a nudge starts the next one.
It survives a restart of Postgres and does not need Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import psycopg
import uvloop
from psycopg import sql
from redis.exceptions import RedisError

from botpe_app.config import settings
from botpe_app.queue import Lane, queue

log = logging.getLogger(__name__)

# Does what is due and says when to be called again: after so many seconds (0: there is more
# now), or None for "I know of nothing": hearing only that for `idle_seconds` ends the drain.
# NOTIFY, and setting the event that Work was opened with, call it earlier.
Step = Callable[[], Awaitable[float | None]]
Work = Callable[[asyncio.Event], AbstractAsyncContextManager[Step]]

IDLE_SECONDS = 30.0
_PULSE_SECONDS = 10.0
_SHORTEST_BACKOFF_SECONDS = 0.1
_LONGEST_BACKOFF_SECONDS = 5.0

# Called every ten seconds, in a thread, while a drain makes progress: the worker's sign of life.
pulse: Callable[[], None] | None = None

_stop_requested = threading.Event()
_sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()


def stop() -> None:
    """Has every drain of this process finish the step it is in, close its work and return.

    Meant for signal handlers; it is for good, drains started later return at once.
    """
    _stop_requested.set()
    for loop, wake in list(_sleepers):
        loop.call_soon_threadsafe(wake.set)


def stopping() -> bool:
    """Whether `stop` was called."""
    return _stop_requested.is_set()


def run(lane: Lane, work: Work, *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Drains the lane until it was quiet for `idle_seconds`, or `stop` is called.

    `work(wake)` is opened with fresh connections, again after any exception of a step, with
    growing pauses.
    """
    if not stopping():
        clear_nudges(lane)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_drain(lane, work, idle_seconds))


def clear_nudges(lane: Lane) -> None:
    """Forgets the nudges that wait in Redis: the drain that starts now answers them all."""
    with contextlib.suppress(RedisError):
        queue(lane).empty()


async def _drain(lane: Lane, work: Work, idle_seconds: float) -> None:
    wake = asyncio.Event()
    sleeper = (asyncio.get_running_loop(), wake)
    _sleepers.add(sleeper)
    pause = _SHORTEST_BACKOFF_SECONDS
    try:
        async with _beside(_listen(lane.channel, wake), _beat()):
            while not stopping():
                opened = time.monotonic()
                try:
                    async with work(wake) as step:
                        return await _until_idle(step, wake, idle_seconds)
                except Exception as error:
                    if time.monotonic() - opened > _LONGEST_BACKOFF_SECONDS:
                        pause = _SHORTEST_BACKOFF_SECONDS  # it had worked for a while
                    log.warning("drain_interrupted", extra=_of(lane, error), exc_info=_trace(error))
                    await asyncio.sleep(pause)  # also if NOTIFY calls: it broke a moment ago
                    pause = min(2 * pause, _LONGEST_BACKOFF_SECONDS)
    finally:
        _sleepers.discard(sleeper)


async def _until_idle(step: Step, wake: asyncio.Event, idle_seconds: float) -> None:
    quiet_since = time.monotonic()
    while not stopping():
        wake.clear()
        due_in = await step()
        if due_in is not None:
            quiet_since = time.monotonic()
        left = quiet_since + idle_seconds - time.monotonic()
        if left <= 0:
            return
        await _sleep(wake, left if due_in is None else due_in)


async def _sleep(wake: asyncio.Event, seconds: float) -> None:
    """Until `wake` is set, or for so long; always gives other tasks their turn."""
    if seconds <= 0 or stopping():
        await asyncio.sleep(0)
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), seconds)


@contextlib.asynccontextmanager
async def _beside(*coroutines: Awaitable[None]) -> AsyncGenerator[None]:
    """Runs these until the block is left."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(channel: str, wake: asyncio.Event) -> None:
    """Sets `wake` at every NOTIFY, and after every (re)connection: one may have been missed."""
    pause = _SHORTEST_BACKOFF_SECONDS
    while True:
        try:
            async with await _connect() as connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                pause = _SHORTEST_BACKOFF_SECONDS
                wake.set()
                async for _ in connection.notifies():
                    wake.set()
        except psycopg.Error as error:
            log.warning("listener_lost", extra={"channel": channel, "error": str(error)})
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_BACKOFF_SECONDS)


async def _connect() -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(
        settings().database_url,
        autocommit=True,
        connect_timeout=5,
        application_name="botpe listener",
    )


async def _beat() -> None:
    while pulse:
        try:
            await asyncio.to_thread(pulse)
        except Exception:
            log.debug("pulse_failed", exc_info=True)
        await asyncio.sleep(_PULSE_SECONDS)


def _of(lane: Lane, error: Exception) -> dict[str, str]:
    return {"lane": lane.value, "error": str(error)}


def _trace(error: Exception) -> Exception | None:
    """A lost connection is one line in the log; anything else is a bug and shows where."""
    return None if isinstance(error, psycopg.OperationalError) else error
