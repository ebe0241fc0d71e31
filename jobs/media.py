"""The media lane: fetches customers' files into the storage, and looks into what is there.

Each file has a thread of its own, a few at a time; pictures are drawn small one after another.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import media_fetching
from botpe_app.services.media_fetching import Job
from jobs import drain as drains
from jobs.beside import Beside
from jobs.media_file import handle
from jobs.threads import in_thread

_AT_ONCE = 4
_LAST_CHUNKS_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 30.0


def drain() -> None:
    """Works until there has been nothing to do for a while."""
    drains.run(Lane.MEDIA, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """Downloads go on beside the steps; at the end they stop at their next chunk."""
    work = _Work(wake)
    try:
        yield work.step
    finally:
        await work.close()


class _Work:
    def __init__(self, wake: asyncio.Event) -> None:
        self._beside = Beside(wake, "media_job_lost")

    async def step(self) -> float | None:
        room = _AT_ONCE - len(self._beside)
        jobs, due_in = await asyncio.to_thread(_claim, room)
        for job in jobs:
            self._beside.start(in_thread(handle, job))
        if self._beside:
            return _LOOK_AGAIN_SECONDS if due_in is None else max(due_in, 1.0)
        return due_in

    async def close(self) -> None:
        await self._beside.finish(_LAST_CHUNKS_SECONDS)


def _claim(room: int) -> tuple[list[Job], float | None]:
    """What to do now, and in how many seconds there is more."""
    with db.transaction() as session:
        db.act_as_system(session)
        jobs = media_fetching.claim(session, room) if room else []
        return jobs, media_fetching.due_in(session)
