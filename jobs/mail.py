"""The mail lane: hands mails to the server, a few at a time, each in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import mail_posting
from botpe_app.services.mail_posting import Letter, Refused
from jobs import drain as drains
from jobs.tasks import at_once

log = logging.getLogger(__name__)

_AT_ONCE = 4
_LAST_ANSWERS_SECONDS = 10.0


def drain() -> None:
    """Hands over what is due until there has been nothing for a while."""
    drains.run(Lane.MAIL, open_work)


def open_work(wake: asyncio.Event) -> AbstractAsyncContextManager[drains.Step]:
    """Servers are spoken to beside the steps."""
    return at_once(
        _AT_ONCE,
        mail_posting.claim,
        mail_posting.due_in,
        hand_over,
        wake,
        lost="mail_lost",
        last_seconds=_LAST_ANSWERS_SECONDS,
    )


def hand_over(letter: Letter) -> None:
    """Hands one mail over, and keeps what became of it."""
    refused: Refused | None = None
    try:
        mail_posting.post(letter)
    except Refused as error:
        refused = error
        told = {"mail_id": str(letter.id), "attempts": letter.attempts, "error": str(error)}
        log.warning("mail_refused", extra=told)
    with db.transaction() as session:
        db.act_as_system(session)
        mail_posting.settle(session, letter, refused)
