"""What follows from an answer of the Graph API: for the message, its recipient and its number."""

from __future__ import annotations

from random import random

from botpe_app.core.pacing import jittered
from botpe_app.services.outbox import Result
from botpe_app.whatsapp.error_table import OVER_RATE
from botpe_app.whatsapp.errors import NotSent, Outcome, Overdue, Refused, Sent, Unclear
from jobs.outbox_number import Outgoing

LOST = "WhatsApp's answer was lost"


def settle(message: Outgoing, outcome: Outcome, now: float) -> Result:
    """The result to record; also slows down or holds the message's number where it must be."""
    match outcome:
        case Sent():
            message.number.answered(message, now)
            message.pair.refusals = 0
            status = "held" if outcome.held else "sent"
            return Result(message.claimed, status, wamid=outcome.wamid)
        case Refused():
            message.number.answered(message, now)
            return _refused(message, outcome, now)
        case NotSent():
            message.number.unanswered(now, left=False)
            return give_back(message, title="WhatsApp cannot be reached", details=outcome.reason)
        case Overdue():
            return give_back(message)
        case Unclear():
            message.number.unanswered(now, left=True)
            return Result(message.claimed, "uncertain", title=LOST, details=outcome.reason)


def give_back(message: Outgoing, *, title: str | None = None, details: str | None = None) -> Result:
    """Queued again as it was: its request was never made."""
    return Result(message.claimed, "queued", title=title, details=details)


def _refused(message: Outgoing, refused: Refused, now: float) -> Result:
    tries = message.claimed.attempts + 1
    policy, wait, status, tried = refused.policy, None, "queued", False
    if policy.pause == "account":
        pass  # it waits until somebody has mended the number
    elif policy.retry == "rate":
        wait = _slow_down(message, refused, now)
    elif policy.retry == "pair":
        message.pair.refusals += 1
        wait = policy.wait(message.pair.refusals)
    elif policy.retry == "transient" and (wait := policy.wait(tries)) is not None:
        tried = True
    else:
        status, tried = "failed", True
    return Result(
        message.claimed,
        status,
        code=refused.code,
        title=policy.title,
        details=refused.details or refused.title,
        wait=None if wait is None else jittered(wait, random()),  # noqa: S311 - no secret
        tried=tried,
    )


def _slow_down(message: Outgoing, refused: Refused, now: float) -> float | None:
    if refused.policy is not OVER_RATE:  # some other quota, not the number's throughput
        return refused.policy.wait(1)
    limiter = message.number.limiter
    limiter.slow_down(now)
    return limiter.per_second / limiter.rate(now) / 2  # 1 s at half the rate, then 2, 4, 5
