"""The webhooks lane: tells other programs what happened; each program in a thread of its own."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane
from botpe_app.services import webhook_deliveries as deliveries
from botpe_app.services.webhook_deliveries import Receiver
from jobs import drain as drains
from jobs.tasks import at_once
from jobs.webhook_post import post

_PROGRAMS_AT_ONCE = 16
_LAST_ANSWERS_SECONDS = 16.0


def drain() -> None:
    """Tells what there is to tell until there has been nothing for a while."""
    drains.run(Lane.WEBHOOKS, open_work)


def open_work(wake: asyncio.Event) -> AbstractAsyncContextManager[drains.Step]:
    """Programs are told beside the steps; at the end each is told one last thing at most."""
    return at_once(
        _PROGRAMS_AT_ONCE,
        deliveries.claim,
        deliveries.due_in,
        tell,
        wake,
        lost="webhook_lost",
        last_seconds=_LAST_ANSWERS_SECONDS,
    )


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
