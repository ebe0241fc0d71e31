"""The agents lane: what bots have agents do, and what conversations sound like.

It goes on beside the conversations, so that no answer waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from uuid import UUID

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import agent_asking, bot_tasks, signals
from botpe_app.services.bot_tasks import Begun, Task
from jobs import drain as drains
from jobs.tasks import at_once
from jobs.telling import announce

_AT_ONCE = 8
_LAST_ANSWERS_SECONDS = 13.0


def drain() -> None:
    """Does what bots wait for until there has been nothing for a while."""
    drains.run(Lane.AGENTS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """Tasks are done beside the steps; at the end what is under way may come back yet."""
    with contextlib.closing(db.connect_as_system(autocommit=True)) as connection:
        async with at_once(
            _AT_ONCE,
            bot_tasks.claim,
            bot_tasks.due_in,
            do,
            wake,
            lost="agent_task_lost",
            last_seconds=_LAST_ANSWERS_SECONDS,
        ) as do_tasks:

            async def step() -> float | None:
                read = await asyncio.to_thread(signals.read_due, connection)
                announce(_topics(read))
                return 0.0 if read else await do_tasks()

            yield step


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


def _topics(read: list[signals.Key]) -> Iterator[tuple[UUID, str]]:
    """Where open pages show what conversations sound like."""
    for organization_id, conversation_id in read:
        yield organization_id, "inbox"
        yield organization_id, f"conversation:{conversation_id}"
