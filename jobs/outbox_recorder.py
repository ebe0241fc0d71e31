"""Recording results in batches, and telling open pages and histograms about them after."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
from redis.exceptions import RedisError

from botpe_app import db, live
from botpe_app.services import metrics, outbox_results
from botpe_app.services.outbox import Claimed, Connection, Recorded, Result
from jobs.outbox_number import Outgoing

log = logging.getLogger(__name__)

_BATCH = 500
_FEW = 20
_LINGER_SECONDS = 0.02
_TELL_EVERY_SECONDS = 0.1

Counts = psycopg.Connection[tuple[object, ...]]
Done = Callable[[Outgoing, Result, Recorded | None], None]


class Recorder:
    """Holds results until they are in the database, however long that takes."""

    def __init__(self, me: UUID, done: Done) -> None:
        """`done` hears of every result once recorded; without a row if it no longer counted."""
        self._me = me
        self._done = done
        self._results: list[tuple[Outgoing, Result]] = []
        self._added = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._lately = 0  # size of the last batch
        self._changes: set[tuple[UUID, str]] = set()
        self._moved: set[tuple[UUID, UUID]] = set()  # organization, conversation
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._news = asyncio.Event()
        self._counts: Counts | None = None

    def add(self, message: Outgoing, result: Result) -> None:
        """Records a result soon."""
        self._results.append((message, result))
        self._emptied.clear()
        self._added.set()

    def is_empty(self) -> bool:
        """Whether every result is recorded."""
        return not self._results

    async def flush(self) -> None:
        """Returns when every result is recorded and told."""
        await self._emptied.wait()
        await self._tell()
        self._close_counts()

    async def run(self, connection: Connection) -> None:
        """Records for ever. What a lost connection leaves in doubt is recorded again."""
        self._added.set()
        while True:
            await self._added.wait()
            if self._lately > _FEW:  # under load a few milliseconds save many commits
                await asyncio.sleep(_LINGER_SECONDS)
            self._added.clear()
            while batch := self._results[:_BATCH]:
                await self._record(connection, batch)

    async def _record(self, connection: Connection, batch: list[tuple[Outgoing, Result]]) -> None:
        # Rows are locked in the order in which statuses lock them, too.
        batch = sorted(batch, key=_place)
        results = [result for _, result in batch]
        rows = await outbox_results.record(connection, self._me, results)
        del self._results[: len(batch)]
        self._lately = len(batch)
        recorded = {row.place: row for row in rows}
        for place, (message, result) in enumerate(batch):
            row = recorded.get(place)
            self._done(message, result, row)
            self._note(message, row)
        if not self._results:
            self._emptied.set()

    def changed(self, organization_id: UUID, *topics: str) -> None:
        """Tells the organization's open pages soon."""
        self._changes.update((organization_id, topic) for topic in topics)
        self._news.set()

    def moved(self, claimed: Claimed) -> None:
        """Tells them soon that a message's conversation moved."""
        self._moved.add((claimed.organization_id, claimed.conversation_id))
        if claimed.campaign_id:
            self._changes.add((claimed.organization_id, "campaigns"))
        self._news.set()

    async def tell(self) -> None:
        """Tells for ever. Pages and histograms never hold up the messages."""
        while True:
            await self._news.wait()
            await self._tell()
            await asyncio.sleep(_TELL_EVERY_SECONDS)

    def _note(self, message: Outgoing, row: Recorded | None) -> None:
        self.moved(message.claimed)
        if row and row.status in ("sent", "held"):
            self._seconds[metrics.SEND_SECONDS].append(row.seconds)
            if row.since_customer is not None:
                self._seconds[metrics.REPLY_SECONDS].append(row.since_customer)

    async def _tell(self) -> None:
        self._news.clear()
        changes, self._changes = self._changes, set()
        moved, self._moved = self._moved, set()
        seconds, self._seconds = dict(self._seconds), defaultdict(list)
        await asyncio.to_thread(self._tell_pages, changes | set(_topics(moved)))
        if seconds:
            await asyncio.to_thread(self._count, seconds)

    def _tell_pages(self, changes: set[tuple[UUID, str]]) -> None:
        try:
            live.announce(list(changes))
        except RedisError as error:
            log.debug("live_failed", extra={"error": str(error)})

    def _count(self, seconds: dict[str, list[float]]) -> None:
        """Adds to the histograms, on a connection that is kept: making one costs as much as all."""
        try:
            self._counts = self._counts or db.connect_as_system(autocommit=True)
            for name, values in sorted(seconds.items()):
                metrics.observe(self._counts, name, values)
        except psycopg.Error as error:
            log.debug("metrics_failed", extra={"error": str(error)})
            self._close_counts()

    def _close_counts(self) -> None:
        if self._counts:
            self._counts.close()
        self._counts = None


def _topics(moved: set[tuple[UUID, UUID]]) -> Iterator[tuple[UUID, str]]:
    """What pages watch of conversations that moved."""
    for organization_id, conversation_id in moved:
        yield organization_id, f"conversation:{conversation_id}"
    for organization_id in {organization_id for organization_id, _ in moved}:
        yield organization_id, "inbox"
        yield organization_id, "dashboard"


def _place(one: tuple[Outgoing, Result]) -> tuple[int, int]:
    claimed = one[0].claimed
    return claimed.organization_id.int, claimed.id.int  # ids compare slowly, their numbers do not
