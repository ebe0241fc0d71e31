"""The media lane: fetches customers' files into the storage, looks into what is there, and brings
in long sheets of contacts.

Each file has a thread of its own, a few at a time; pictures are drawn small one after another.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from botpe_app.queue import Lane
from botpe_app.services import contact_import_work, media_fetching
from jobs import contact_imports
from jobs import drain as drains
from jobs.media_file import handle
from jobs.tasks import at_once

_AT_ONCE, _SHEETS_AT_ONCE = 4, 2
_LAST_CHUNKS_SECONDS = 8.0


def drain() -> None:
    """Works until there has been nothing to do for a while."""
    drains.run(Lane.MEDIA, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """Files and sheets go on beside the steps; at the end they stop at their next part."""
    files = at_once(
        _AT_ONCE,
        media_fetching.claim,
        media_fetching.due_in,
        handle,
        wake,
        lost="media_job_lost",
        last_seconds=_LAST_CHUNKS_SECONDS,
    )
    sheets = at_once(
        _SHEETS_AT_ONCE,
        contact_import_work.claim,
        contact_import_work.due_in,
        contact_imports.handle,
        wake,
        lost="import_lost",
        last_seconds=_LAST_CHUNKS_SECONDS,
    )
    async with files as step_files, sheets as step_sheets:

        async def step() -> float | None:
            due = [await step_files(), await step_sheets()]
            return min((seconds for seconds in due if seconds is not None), default=None)

        yield step
