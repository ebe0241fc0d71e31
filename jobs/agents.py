"""The agents lane: what bots have agents do, and what conversations sound like.

It goes on beside the conversations, so that no answer waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

from redis.exceptions import RedisError

from botpe_app import db, live
from botpe_app.queue import Lane
from botpe_app.services import agent_asking, bot_tasks, signals
from botpe_app.services.bot_tasks import Begun, Task
from jobs import drain as drains
from jobs.beside import Beside
from jobs.threads import in_thread

log = logging.getLogger(__name__)

_AT_ONCE = 8
_LAST_ANSWERS_SECONDS = 13.0
_FAR_SECONDS = 20.0  # what is due later, a sweep will wake us for


def drain() -> None:
    """Does what bots wait for until there has been nothing for a while."""
    drains.run(Lane.AGENTS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """Tasks are done beside the steps; at the end what is under way may come back yet."""
    with contextlib.closing(db.connect_as_system(autocommit=True)) as connection:
        work = _Work(wake, connection)
        try:
            yield work.step
        finally:
            await work.close()


class _Work:
    def __init__(self, wake: asyncio.Event, connection: signals.Connection) -> None:
        self._beside = Beside(wake, "agent_task_lost")
        self._connection = connection

    async def step(self) -> float | None:
        read = await asyncio.to_thread(signals.read_due, self._connection)
        if read:
            _announce(read)
            return 0.0
        tasks, due_in = await asyncio.to_thread(_claim, _AT_ONCE - len(self._beside))
        for task in tasks:
            self._beside.start(in_thread(do, task))
        if self._beside:
            return _FAR_SECONDS if due_in is None else min(max(due_in, 0.5), _FAR_SECONDS)
        return None if due_in is None or due_in > _FAR_SECONDS else due_in

    async def close(self) -> None:
        await self._beside.finish(_LAST_ANSWERS_SECONDS)


def do(task: Task) -> None:
    """Does a task: looked at in one transaction, asked in none, told in another."""
    begun = _begin(task)
    if begun.dropped:
        return
    asked = agent_asking.ask(begun.prepared) if begun.prepared else None
    with db.transaction() as session:
        db.act_for(session, task.organization_id)
        bot_tasks.finish(session, task, begun, asked)


def _begin(task: Task) -> Begun:
    with db.transaction() as session:
        db.act_for(session, task.organization_id)
        return bot_tasks.begin(session, task)


def _claim(room: int) -> tuple[list[Task], float | None]:
    """What to do now, and in how many seconds there is more."""
    with db.transaction() as session:
        db.act_as_system(session)
        return (bot_tasks.claim(session, room) if room else []), bot_tasks.due_in(session)


def _announce(read: list[signals.Key]) -> None:
    """Has open pages show what conversations sound like; they may be late."""
    topics = {(organization_id, "inbox") for organization_id, _ in read}
    topics |= {(organization_id, f"conversation:{one}") for organization_id, one in read}
    try:
        live.announce(list(topics))
    except (RedisError, OSError) as error:
        log.warning("live_failed", extra={"error": str(error)})
