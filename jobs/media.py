"""The media lane: fetches customers' files into the storage, and looks into what is there.

Each file has a thread of its own, a few at a time; pictures are drawn small one after another.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from botpe_app.queue import Lane
from botpe_app.services import media_fetching
from jobs import drain as drains
from jobs.media_file import handle
from jobs.tasks import at_once

_AT_ONCE = 4
_LAST_CHUNKS_SECONDS = 8.0


def drain() -> None:
    """Works until there has been nothing to do for a while."""
    drains.run(Lane.MEDIA, open_work)


def open_work(wake: asyncio.Event) -> AbstractAsyncContextManager[drains.Step]:
    """Downloads go on beside the steps; at the end they stop at their next chunk."""
    return at_once(
        _AT_ONCE,
        media_fetching.claim,
        media_fetching.due_in,
        handle,
        wake,
        lost="media_job_lost",
        last_seconds=_LAST_CHUNKS_SECONDS,
    )
