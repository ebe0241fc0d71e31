"""A batch of webhook events on their way into the tables: what its parts share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg

Connection = psycopg.Connection[Any]
Rows = list[tuple[Any, ...]]

# News about a message may overtake the message itself: WhatsApp promises no order.
WAITS_AT_MOST = timedelta(minutes=15)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0  # seconds


@dataclass(slots=True)
class Event:
    """A row of webhook_events that is being handled; `now` is the database's clock."""

    id: int
    kind: str
    field: str
    waba_id: str
    phone_number_id: str
    payload: dict[str, Any]
    correlation_id: UUID
    attempts: int  # this one counted
    received_at: datetime
    now: datetime

    def when(self, timestamp: datetime | None) -> datetime:
        """WhatsApp's time of the news, but never later than when we heard it."""
        return min(timestamp or self.received_at, self.received_at)


class Number(NamedTuple):
    """Whose number an event is about."""

    organization_id: UUID
    account_id: UUID


class Outcome(NamedTuple):
    """What became of an event: its state, why in words, and if it is still new, for how long."""

    state: str
    problem: str = ""
    wait: float | None = None  # seconds
    waits: bool = False  # for something else to come: not its own fault, so no failed try


@dataclass(slots=True)
class Batch:
    """The connection (in a transaction), what was decided so far, and whom to tell of it."""

    connection: Connection
    outcomes: dict[int, Outcome] = field(default_factory=dict[int, Outcome])
    topics: dict[tuple[UUID, str], None] = field(default_factory=dict[tuple[UUID, str], None])

    def handled(self, event: Event, remark: str = "") -> None:
        """It is in the tables, or was before."""
        self.outcomes[event.id] = Outcome("handled", remark)

    def ignored(self, event: Event, problem: str) -> None:
        """It stays stored and nothing comes of it."""
        self.outcomes[event.id] = Outcome("ignored", problem)

    def waits(self, event: Event, problem: str) -> None:
        """What it is about is not here yet: tried again, ever less often, then ignored."""
        age = event.now - event.received_at
        if age > WAITS_AT_MOST:
            self.ignored(event, problem)
            return
        wait = min(max(age.total_seconds(), _FIRST_WAIT), _LONGEST_WAIT)
        self.outcomes[event.id] = Outcome("new", problem, wait, waits=True)

    def tell(self, organization_id: UUID, *topics: str) -> None:
        """Has open pages of the organization refreshed once this is committed."""
        self.topics.update({(organization_id, topic): None for topic in topics})

    def run(self, query: LiteralString, rows: Sequence[Sequence[Any]]) -> Rows:
        """The result of a statement that takes the columns of `rows`, each as one array."""
        cursor = self.change(query, rows)
        return cursor.fetchall()

    def change(self, query: LiteralString, rows: Sequence[Sequence[Any]]) -> psycopg.Cursor[Any]:
        """As `run`, for a statement that may return nothing."""
        cursor = self.connection.cursor(binary=True)
        return cursor.execute(query, columns(rows))


def columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as columns. Binary arrays (%b) cost a tenth of what text arrays do."""
    return [list(column) for column in zip(*rows, strict=True)]
