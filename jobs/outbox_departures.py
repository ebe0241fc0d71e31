"""Letting messages leave: noted first, each number at its pace, every answer heard."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from botpe_app.errors import BotpeError
from botpe_app.services import outbox_claims
from botpe_app.services.outbox import UNUSABLE, Claimed, Connection, Result, Timing
from botpe_app.services.outbox_leases import Lease
from botpe_app.whatsapp import messages as wire
from botpe_app.whatsapp.errors import Outcome, Refused, Unclear
from botpe_app.whatsapp.sender import Sender
from jobs.outbox_number import Number, Outgoing
from jobs.outbox_outcomes import give_back, settle
from jobs.outbox_recorder import Recorder

log = logging.getLogger(__name__)

_LAST_ANSWERS_SECONDS = 10.0
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class Departures:
    """Takes the messages that numbers hold to WhatsApp. Requests under way outlive all else."""

    def __init__(
        self,
        me: UUID,
        timing: Timing,
        recorder: Recorder,
        trouble: Callable[[Lease, str], None],
        left: Callable[[Number, float], None],
    ) -> None:
        """`trouble` hears of a number that must be paused, and why; `left` of one that sent."""
        self._me = me
        self._timing = timing
        self._recorder = recorder
        self._trouble = trouble
        self._left = left
        self._posts: set[asyncio.Task[None]] = set()
        self._marking = asyncio.Lock()
        self._closing = False
        self.room = asyncio.Event()  # more may be noted as sending

    async def mark(
        self, connection: Connection, sender: Sender, numbers: Callable[[], Iterable[Number]]
    ) -> None:
        """Notes as sending, for ever, what is about to leave; all numbers in one commit."""
        self._sender = sender
        clock = asyncio.get_running_loop()
        timer = None
        while True:
            await self.room.wait()
            self.room.clear()
            if timer:
                timer.cancel()
            async with self._marking:
                now = time.monotonic()
                group = [message for one in numbers() for message in one.take_to_mark(now)]
                early = [wait for one in numbers() if (wait := one.early_for(now)) is not None]
                timer = clock.call_later(min(early), self.room.set) if early else None
                if group:
                    await self._mark(connection, group, now)

    async def pace(self, number: Number) -> None:
        """Lets a number's requests leave for ever, each in its time."""
        clock = asyncio.get_running_loop()
        while True:
            now = time.monotonic()
            wait = number.wait(now)
            if wait == 0:
                self._leave(number, now)
                continue
            number.arrived.clear()
            timer = None if wait is None else clock.call_later(wait, number.arrived.set)
            await number.arrived.wait()  # meanwhile a reply may come, which goes first
            if timer:
                timer.cancel()

    async def close(self, numbers: Iterable[Number]) -> None:
        """Gives back what has not left and waits for the answers to what has."""
        self._closing = True
        async with self._marking:
            for number in numbers:
                self.give_back(number)
        if self._posts:
            _, late = await asyncio.wait(self._posts, timeout=_LAST_ANSWERS_SECONDS)
            for post in late:
                post.cancel()
        if self._posts:
            await asyncio.wait(self._posts)

    def give_back(self, number: Number) -> None:
        """Queues everything of a number again that has not left."""
        for message in number.let_go():
            self._recorder.add(message, give_back(message))

    async def _mark(self, connection: Connection, group: list[Outgoing], now: float) -> None:
        marked: set[int] = set()
        claimed = [message.claimed for message in group]
        try:
            marked = await outbox_claims.mark_sending(connection, self._me, claimed, self._timing)
        finally:
            for place, message in enumerate(group):
                message.marked = True
                message.fence = now + self._timing.may_start
                if place in marked and message.number.is_held and not self._closing:
                    message.number.make_ready(message)
                else:  # taken over by a person, or no longer ours; no request was made
                    self._recorder.add(message, give_back(message))

    def _leave(self, number: Number, now: float) -> None:
        message = number.pop()
        self.room.set()
        number.start(message, now)
        self._left(number, now)
        post = asyncio.create_task(self._post(message))
        self._posts.add(post)
        post.add_done_callback(self._posts.discard)

    async def _post(self, message: Outgoing) -> None:
        lease, token = message.number.lease, message.number.token
        try:
            body = _body(message.claimed)
        except (BotpeError, LookupError, TypeError, ValueError) as error:
            self._recorder.add(message, _unusable(message.claimed, error))
            return
        leave_by = min(message.number.fence, message.fence)
        try:
            outcome = await self._sender.post(
                lease.phone_number_id, token, body, self._timing.request, leave_by
            )
        except asyncio.CancelledError:
            outcome = Unclear("The sender stopped while it waited for the answer.")
        except Exception as error:
            log.exception("post_failed", extra={"message_id": str(message.claimed.id)})
            outcome = Unclear(f"{type(error).__name__} while it was sent")
        self.answered(message, lease, outcome)

    def answered(self, message: Outgoing, lease: Lease, outcome: Outcome) -> None:
        """Takes note of what WhatsApp said, to the message or to an upload of its file."""
        if isinstance(outcome, Refused) and outcome.policy.pause == "account":
            self._trouble(lease, f"{outcome.policy.title}. {outcome.policy.advice}")
        self._recorder.add(message, settle(message, outcome, time.monotonic()))


def _body(claimed: Claimed) -> bytes:
    body = wire.build(
        claimed.type,
        claimed.content,
        to=claimed.to or "",
        context_wamid=claimed.reply_to,
        callback_data=str(claimed.attempt_id),
    )
    return _ENCODE(body).encode()


def _unusable(claimed: Claimed, error: Exception) -> Result:
    return Result(
        claimed,
        "failed",
        code=UNUSABLE,
        title="The message cannot be written for WhatsApp",
        details=f"{type(error).__name__}: {error}",
        tried=True,
    )
