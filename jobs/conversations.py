"""The conversations lane: bots hear what customers said, and answer.

Their calls go on beside it, and so do automation rules, which have a thread of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import aiohttp

from botpe_app.queue import Lane
from botpe_app.services import automation_work, bot_calls, converse
from botpe_app.services.bot_calls import Call
from jobs import bot_calls as calling
from jobs import bot_errands as errands
from jobs import drain as drains
from jobs import telling
from jobs.beside import Beside
from jobs.threads import in_thread

_HELD_SECONDS = 0.02  # until a conversation that somebody holds is looked at again
_LOOK_AGAIN_SECONDS = 30.0
_CALLS_AT_ONCE = 20
_LAST_RULES_SECONDS = 10.0  # for the rules that are being looked at


def drain() -> None:
    """Has bots answer until there has been nothing to do for a while."""
    drains.run(Lane.CONVERSATIONS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """One connection; the locks it holds are gone with it. Calls end with it, too."""
    with contextlib.closing(converse.connect()) as connection:
        async with calling.http() as client:
            work = _Converser(connection, client, wake)
            try:
                yield work.step
            finally:
                await work.close()


class _Converser:
    def __init__(
        self, connection: converse.Connection, client: aiohttp.ClientSession, wake: asyncio.Event
    ) -> None:
        self._connection, self._client = connection, client
        self._calls = Beside(wake, "bot_call_lost")
        self._rules = Beside(wake, "automations_lost")

    async def step(self) -> float | None:
        taken, topics = converse.work(self._connection)
        if taken:
            telling.start(Lane.OUTBOX)
            telling.announce(topics)
            if any(topic == converse.TASKS for _, topic in topics):
                telling.start(Lane.AGENTS)
        if not self._rules and automation_work.is_due(self._connection):
            self._rules.start(in_thread(_automate))
        if room := _CALLS_AT_ONCE - len(self._calls):
            for call in bot_calls.claim(self._connection, room):
                self._calls.start(self._make(call))
        return 0.0 if taken else self._due_in()

    def _due_in(self) -> float | None:
        due_in = converse.due_in(self._connection)
        if self._calls or self._rules:
            return _LOOK_AGAIN_SECONDS if due_in is None else max(due_in, 1.0)
        # A far date keeps no drain alive: the sweep starts one when it has come.
        if due_in is None or due_in > _LOOK_AGAIN_SECONDS:
            return None
        return max(due_in, _HELD_SECONDS)

    async def _make(self, call: Call) -> None:
        answer = await self._done(call)
        bot_calls.settle(self._connection, call, answer)

    async def _done(self, call: Call) -> bot_calls.Answer:
        if call.kind == "typing":
            number, token = bot_calls.number_of(self._connection, call)
            return await errands.show_typing(call, number, token)
        return await calling.make(self._client, call, bot_calls.secret_of(self._connection, call))

    async def close(self) -> None:
        """What is under way is tried again, or told as failed, once its time is up."""
        await self._calls.cancel()
        await self._rules.finish(_LAST_RULES_SECONDS)


def _automate() -> None:
    automation_work.work()
