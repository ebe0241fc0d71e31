"""Lanes of tasks: each is claimed, then done in a thread of its own beside the drain's steps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from sqlmodel import Session

from botpe_app import db
from jobs import drain as drains
from jobs.beside import Beside
from jobs.threads import in_thread

Task = TypeVar("Task")

_FAR_SECONDS = 20.0  # what is due later, a sweep will wake us for


@contextlib.asynccontextmanager
async def at_once(
    most: int,
    claim: Callable[[Session, int], list[Task]],
    due_in: Callable[[Session], float | None],
    do: Callable[[Task], None],
    wake: asyncio.Event,
    *,
    lost: str,
    last_seconds: float,
) -> AsyncGenerator[drains.Step]:
    """A step that keeps up to `most` tasks under way, as `claim` and `due_in` tell of them.

    One that fails is logged as `lost`; what is under way at the end has `last_seconds` yet.
    """
    beside = Beside(wake, lost)

    def look(room: int) -> tuple[list[Task], float | None]:
        with db.transaction() as session:
            db.act_as_system(session)
            return (claim(session, room) if room else []), due_in(session)

    async def step() -> float | None:
        tasks, seconds = await asyncio.to_thread(look, most - len(beside))
        for task in tasks:
            beside.start(in_thread(do, task))
        if beside:
            return _FAR_SECONDS if seconds is None else min(max(seconds, 0.5), _FAR_SECONDS)
        return None if seconds is None or seconds > _FAR_SECONDS else seconds

    try:
        yield step
    finally:
        await beside.finish(last_seconds)
