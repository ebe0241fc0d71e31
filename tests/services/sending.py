"""Somebody who sends, one step of the outbox at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.services import outbox, outbox_claims, outbox_leases, outbox_results
from botpe_app.services.outbox import Claimed, Result, Timing, Wanted
from tests.conftest import Business

TIMING = Timing(request=1, lease=4)


@contextmanager
def three_customers(business: Business) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit system connection to a database with one number of three customers."""
    with db.connect_as_system(autocommit=True) as connection:
        rows.make_customers(connection, business.organization_id, business.account_id, 3)
        yield connection


class Drain:
    """Somebody who sends from the business's number."""

    def __init__(self, connection: outbox.Connection, business: Business, me: UUID) -> None:
        self.connection, self.business, self.me = connection, business, me

    async def acquire(self, timing: Timing = TIMING) -> list[outbox_leases.Lease]:
        return await outbox_leases.acquire(self.connection, self.me, 4, timing)

    async def claim(
        self, room: int = 100, lowest: int = 100, timing: Timing = TIMING, leaving: int = 0
    ) -> list[Claimed]:
        account = self.business.organization_id, self.business.account_id
        number = Wanted(*account, room, lowest, leaving)
        return await outbox_claims.claim(self.connection, self.me, [number], timing)

    async def mark(self, *messages: Claimed) -> set[UUID]:
        noted = await outbox_claims.mark_sending(self.connection, self.me, messages, TIMING)
        return {messages[place].attempt_id for place in noted}

    async def record(self, *results: Result) -> list[outbox.Recorded]:
        return await outbox_results.record(self.connection, self.me, results)


@asynccontextmanager
async def drain(business: Business) -> AsyncIterator[Drain]:
    """A drain that lives inside the block."""
    me = uuid4()
    async with await outbox.connect() as connection:
        await outbox_leases.announce_holder(connection, me)
        yield Drain(connection, business, me)


def run(business: Business, scenario: Callable[[Drain], Awaitable[None]]) -> None:
    async def play() -> None:
        async with drain(business) as one:
            await one.acquire()
            await scenario(one)

    asyncio.run(play())


def column(sql: psycopg.Connection[Any], name: str) -> list[Any]:
    found = sql.execute(f"select {name} from messages order by id")  # pyright: ignore[reportArgumentType, reportCallIssue]  # noqa: S608
    return [row[0] for row in found]
