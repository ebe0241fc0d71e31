"""The webhooks lane: tells other programs what happened; each program in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane
from botpe_app.services import webhook_deliveries as deliveries
from botpe_app.services.webhook_deliveries import Receiver
from jobs import drain as drains
from jobs.beside import Beside
from jobs.threads import in_thread
from jobs.webhook_post import post

_PROGRAMS_AT_ONCE = 16
_LAST_ANSWERS_SECONDS = 16.0
_FAR_SECONDS = 20.0  # what is due later, a sweep will wake us for


def drain() -> None:
    """Tells what there is to tell until there has been nothing for a while."""
    drains.run(Lane.WEBHOOKS, open_work)


@contextlib.asynccontextmanager
async def open_work(wake: asyncio.Event) -> AsyncGenerator[drains.Step]:
    """Programs are told beside the steps; at the end each is told one last thing at most."""
    work = _Work(wake)
    try:
        yield work.step
    finally:
        await work.close()


class _Work:
    def __init__(self, wake: asyncio.Event) -> None:
        self._beside = Beside(wake, "webhook_lost")

    async def step(self) -> float | None:
        room = _PROGRAMS_AT_ONCE - len(self._beside)
        receivers, due_in = await asyncio.to_thread(_claim, room)
        for receiver in receivers:
            self._beside.start(in_thread(tell, receiver))
        if self._beside:
            return _FAR_SECONDS if due_in is None else min(max(due_in, 0.5), _FAR_SECONDS)
        return None if due_in is None or due_in > _FAR_SECONDS else due_in

    async def close(self) -> None:
        await self._beside.finish(_LAST_ANSWERS_SECONDS)


def tell(receiver: Receiver) -> None:
    """Tells a program what is due, in order, until something fails."""
    with db.transaction() as session:
        db.act_as_system(session)
        due = deliveries.due(session, receiver)
    failed = False
    for delivery in due:
        if failed or drains.stopping():
            break
        body, headers = deliveries.request_of(receiver, delivery, utc_now())
        answer = post(receiver.url, body, headers)
        failed = not answer.good
        with db.transaction() as session:
            db.act_as_system(session)
            deliveries.record(session, receiver, delivery, answer)
    with db.transaction() as session:
        db.act_as_system(session)
        deliveries.release(session, receiver, rest=failed)


def _claim(room: int) -> tuple[list[Receiver], float | None]:
    """Whom to tell now, and in how many seconds there is more."""
    with db.transaction() as session:
        db.act_as_system(session)
        receivers = deliveries.claim(session, room) if room else []
        return receivers, deliveries.due_in(session)
