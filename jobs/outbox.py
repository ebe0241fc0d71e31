"""The outbox lane: sends what is queued, each number at its pace, and records what became of it.

A drain that is killed leaves rows that say exactly what it knew; one whose database goes away
keeps its results and records them when it is back.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID, uuid4

from psycopg.errors import QueryCanceled

from botpe_app.config import settings
from botpe_app.errors import Misconfigured
from botpe_app.queue import Lane
from botpe_app.services import outbox_claims, outbox_leases
from botpe_app.services.outbox import Claimed, Connection, Recorded, Result, Timing, connect
from botpe_app.services.outbox_leases import Lease
from botpe_app.whatsapp.sender import Sender
from jobs import drain as lane
from jobs.outbox_departures import Departures
from jobs.outbox_files import Files
from jobs.outbox_number import MOST_CONNECTIONS, Number, Outgoing
from jobs.outbox_outcomes import give_back
from jobs.outbox_recorder import Recorder

log = logging.getLogger(__name__)

_RENEWALS = 6  # a lease
_NUMBERS_AT_ONCE = 4  # leased in one go, so that drains that start together share the numbers
_LOOK_AGAIN_SECONDS = 0.05
_IDLE_SECONDS = 5.0  # until a number that has nothing to send is given back


def drain(timing: Timing | None = None, *, idle_seconds: float = lane.IDLE_SECONDS) -> None:
    """Sends until the outbox was quiet for `idle_seconds`, or the process is asked to stop."""
    # A collection that walks every module's objects would stop all for 0.1 s, and looking for
    # cycles after every 700 new objects costs a fifth of the time: messages leave hardly any.
    gc.freeze()
    gc.set_threshold(50_000)
    lane.run(Lane.OUTBOX, Outbox(timing or Timing()).open, idle_seconds=idle_seconds)


class Outbox:
    """One drain of the outbox. It outlives its database connections: see `open`."""

    def __init__(self, timing: Timing) -> None:
        self._me = uuid4()
        self._timing = timing
        self._numbers: dict[UUID, Number] = {}
        self._pacers: dict[UUID, asyncio.Task[None]] = {}
        self._troubles: list[tuple[Lease, str]] = []  # numbers to pause, and why
        self._recorder = Recorder(self._me, self._recorded)
        self._departures = Departures(self._me, timing, self._recorder, self._trouble, self._more)
        self._files = Files(timing, self._put, self._recorder.add, self._departures.answered)
        self._renew_at = self._look_at = 0.0
        self._sender: Sender | None = None
        self._misled = False  # the planner: a statement took far too long

    @asynccontextmanager
    async def open(self, wake: asyncio.Event) -> AsyncGenerator[lane.Step]:
        """Work on fresh connections. When it breaks, requests under way go on meanwhile."""
        self._wake = wake
        sender = self._sender = self._sender or await _open_sender()
        try:
            async with (
                await connect() as claims,
                await connect() as marks,
                await connect() as records,
                asyncio.TaskGroup() as self._beside,
            ):
                await outbox_leases.announce_holder(claims, self._me)
                if self._misled:
                    await claims.execute("analyze messages")
                self._misled, self._renew_at = False, 0.0
                for_ever = [
                    self._beside.create_task(work)
                    for work in (
                        self._departures.mark(marks, sender, self._numbers.values),
                        self._recorder.run(records),
                        self._recorder.tell(),
                    )
                ]
                self._pacers = {key: self._pacer(one) for key, one in self._numbers.items()}
                yield partial(self._step, claims)
                await self._files.close()
                await self._departures.close(self._numbers.values())
                await self._recorder.flush()
                await self._drop(list(self._numbers), claims)
                for task in for_ever:
                    task.cancel()
                await sender.close()
        except BaseExceptionGroup as group:
            self._misled = isinstance(group.exceptions[0], QueryCanceled)
            raise group.exceptions[0] from None

    async def _step(self, claims: Connection) -> float | None:
        """Keeps leases, looks for more numbers, claims what they can take."""
        await self._pause_numbers(claims)
        await self._drop([key for key, one in self._numbers.items() if _is_idle(one)], claims)
        if time.monotonic() >= self._renew_at:
            await self._renew(claims)
        await self._claim(claims)  # before it looks for more numbers: somebody waits
        due_in = self._look_at - time.monotonic()
        if due_in <= 0:
            due_in = None
            if await self._look(claims):
                await self._claim(claims)
        if not self._numbers and self._recorder.is_empty():
            return due_in
        return max(0.0, min(due_in or self._timing.lease, self._renew_at - time.monotonic()))

    async def _renew(self, claims: Connection) -> None:
        now = time.monotonic()
        leases = await outbox_leases.renew(claims, self._me, self._timing)
        for lease in leases:
            self._hold(lease, now)
        ours = {lease.account_id for lease in leases}
        await self._drop([key for key in self._numbers if key not in ours], claims)
        for number in self._numbers.values():
            number.forget_pairs(now)
        self._renew_at = now + self._timing.lease / _RENEWALS

    async def _look(self, claims: Connection) -> bool:
        """Takes numbers that nobody sends from and that have something to send; any at all?"""
        now = time.monotonic()
        leases = await outbox_leases.acquire(claims, self._me, _NUMBERS_AT_ONCE, self._timing)
        for lease in leases:
            self._hold(lease, now)
        self._look_at = now + _LOOK_AGAIN_SECONDS
        if len(leases) == _NUMBERS_AT_ONCE:
            self._wake.set()
        return bool(leases)

    def _hold(self, lease: Lease, now: float) -> None:
        """Works with a number from here on, or goes on with it."""
        known = self._numbers.get(lease.account_id)
        try:
            if known:
                known.prolong(lease, now, self._timing)
                return
            number = Number(lease, now, self._timing)
        except Misconfigured as error:  # its token cannot be opened
            self._trouble(lease, error.message)
            return
        self._numbers[lease.account_id] = number
        self._pacers[lease.account_id] = self._pacer(number)

    def _pacer(self, number: Number) -> asyncio.Task[None]:
        return self._beside.create_task(self._departures.pace(number))

    async def _claim(self, claims: Connection) -> None:
        now = time.monotonic()
        wanted = [one for number in self._numbers.values() if (one := number.wants(now))]
        if not wanted:
            return
        taken = await outbox_claims.claim(claims, self._me, wanted, self._timing)
        counts = Counter(claimed.account_id for claimed in taken)
        for one in wanted:
            self._numbers[one.account_id].has_more = counts[one.account_id] >= one.room
        for claimed in taken:
            self._take(claimed, now)
        self._departures.room.set()

    def _take(self, claimed: Claimed, now: float) -> None:
        if claimed.refused:
            self._recorder.moved(claimed)
            self._wake.set()  # the next of its conversation may go
            return
        number = self._numbers[claimed.account_id]
        message = Outgoing(claimed, number, number.pair(claimed.conversation_id, now))
        if claimed.leaving:
            message.marked, message.fence = True, now + self._timing.may_start
            number.under_way += 1
        if (wait := message.pair.wait(now)) > 0:
            self._recorder.add(message, Result(claimed, "queued", wait=wait))
        elif claimed.leaving:
            number.make_ready(message)
        else:
            self._files.take(message)

    def _put(self, message: Outgoing) -> None:
        """Has a message leave, unless its number was lost while its files went up."""
        if self._numbers.get(message.claimed.account_id) is message.number:
            message.number.put(message)
            self._departures.room.set()
        else:
            self._recorder.add(message, give_back(message))

    def _recorded(self, message: Outgoing, result: Result, row: Recorded | None) -> None:
        number, now = message.number, time.monotonic()
        number.finish(message, now)
        self._departures.room.set()
        waits = [wait for wait in (result.wait, number.hold_until - now) if wait and wait > 0]
        for wait in waits:
            asyncio.get_running_loop().call_later(wait, self._go_on)
        if result.status == "queued" or (row and row.more):
            self._wake.set()
        else:
            self._more(number, now)

    def _more(self, number: Number, now: float) -> None:
        if number.has_more and number.runs_low(now):
            self._wake.set()

    def _go_on(self) -> None:
        self._wake.set()
        self._departures.room.set()

    def _trouble(self, lease: Lease, reason: str) -> None:
        self._troubles.append((lease, reason))
        self._wake.set()

    async def _pause_numbers(self, claims: Connection) -> None:
        troubles, self._troubles = self._troubles, []
        for lease, reason in troubles:
            if await outbox_leases.pause(claims, lease, reason):
                log.warning("number_paused", extra={"account_id": str(lease.account_id)})
                self._recorder.changed(lease.organization_id, "accounts")
                await self._drop([lease.account_id], claims)
            else:
                self._renew_at = 0.0  # paused already, or it has a new token: read it

    async def _drop(self, keys: list[UUID], claims: Connection) -> None:
        """Gives numbers back, with everything that has not left."""
        for key in keys:
            if number := self._numbers.pop(key, None):
                self._departures.give_back(number)
                self._pacers.pop(key).cancel()
        if keys:
            await outbox_leases.release(claims, self._me, keys)


def _is_idle(number: Number) -> bool:
    return number.is_idle() and number.used_at + _IDLE_SECONDS < time.monotonic()


async def _open_sender() -> Sender:
    place = settings()
    sender = Sender(place.graph_url, place.graph_version, connections=MOST_CONNECTIONS)
    return await sender.__aenter__()
