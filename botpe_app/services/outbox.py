"""The outbox in the database: taking messages that are due, and recording what became of them.

Plain SQL in batches, each function one statement and one transaction, on an autocommit
connection of the system. `claim_token` names the drain that holds a message, `attempt_id` the
one request it may make for it; both must still fit when anything is written back, so what a
drain does after its time changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from botpe_app.config import settings
from botpe_app.db import BY_INDEX, SYSTEM_OPTIONS

Connection = AsyncConnection[Any]


async def connect() -> Connection:
    """An autocommit connection of the system for the functions of this room."""
    return await AsyncConnection.connect(
        settings().database_url,
        autocommit=True,
        options=f"{SYSTEM_OPTIONS} {BY_INDEX} -c statement_timeout=10s",
        connect_timeout=5,
        application_name="botpe outbox",
    )


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. A lease outlives two requests, so that none is under way when it ends."""

    request: float = 10.0  # until a request without an answer is given up
    lease: float = 30.0

    @property
    def may_start(self) -> float:
        """How long after a lease began a request may still start."""
        return self.lease - 2 * self.request


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many messages a number can take now; `lowest` is the last priority it wants.

    `leaving`: how many of them leave at once, and so are noted as sending when they are claimed.
    """

    organization_id: UUID
    account_id: UUID
    room: int
    lowest: int = 100
    leaving: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that its drain may send, or that was failed on the way (`refused`)."""

    organization_id: UUID
    account_id: UUID
    conversation_id: UUID
    id: UUID
    attempt_id: UUID
    refused: bool
    priority: int
    attempts: int
    type: str
    content: dict[str, Any]
    reply_to: str | None
    to: str | None
    campaign_id: UUID | None = None
    campaign_rate: int | None = None  # messages a second, if the campaign has a rate of its own
    leaving: bool = False  # noted as sending already

    @property
    def is_reply(self) -> bool:
        """Whether somebody waits for it; campaigns can wait."""
        return self.priority < 10


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed message: sent, held, failed, uncertain, or queued again."""

    message: Claimed
    status: str
    wamid: str | None = None
    code: int | None = None
    title: str | None = None
    details: str | None = None
    wait: float | None = None  # seconds until the next try of a queued one
    tried: bool = False  # whether this used up one of its tries


@dataclass(frozen=True, slots=True)
class Recorded:
    """A result that is in the database now."""

    place: int  # among the results given, from 0
    status: str
    more: bool  # the conversation has another message waiting
    seconds: float  # since it was queued
    since_customer: float | None  # since the customer's last word, if this is its first answer


# Codes of ours for messages that were never sent; Meta's are positive.
WINDOW_CLOSED = -101
SUPERSEDED = -102
UNUSABLE = -103
NOBODY = -104
NEVER_LEFT = -105
NUMBER_IS_PAUSED = -106
CANCELLED = -107
OPTED_OUT = -108
NO_OPT_IN = -109
COOLING_DOWN = -110
UNREACHABLE = -111
BLOCKED = -112
BARRED = -113
UNDONE = -114
OVER_PLAN = -115
