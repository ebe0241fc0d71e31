"""From stored webhook events to messages, statuses and contacts, a batch at a time.

One drain at a time holds the lead. A batch is one transaction: what it does to the tables and
that its events are handled become durable together, so a crash repeats it and changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

from botpe_app import db
from botpe_app.services.ingest_batch import Batch, Connection, Event, Number, Outcome
from botpe_app.services.ingest_changes import change, is_change
from botpe_app.services.ingest_messages import Arrival, arrive
from botpe_app.services.ingest_others import take_note
from botpe_app.services.ingest_sightings import note_sightings
from botpe_app.services.ingest_statuses import News, advance
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.payloads import parse_message, parse_status
from botpe_app.whatsapp.payloads.lines import lines

log = logging.getLogger(__name__)

BATCH = 500
MOST_ATTEMPTS = 5
_ALONE = 10
_LEAD = 0x626F7470_65696E67  # the advisory lock's number: "botpeing"

# Tries are counted in a commit of their own, so that one that kills the process counts too.
_CLAIM: LiteralString = """
update webhook_events e set attempts = e.attempts + 1
from (
  select id from webhook_events
  where state = 'new' and next_at <= now() and (attempts > 0) = %s
  order by next_at, id limit %s for update skip locked
) due
where e.id = due.id
returning e.id, e.kind, e.field, e.waba_id, e.phone_number_id, e.payload, e.correlation_id,
  e.attempts, e.received_at, now()
"""
_NUMBERS: LiteralString = """
select phone_number_id, organization_id, id,
  coalesce(last_webhook_at < now() - interval '1 minute', true)
from whatsapp_accounts where phone_number_id = any(%b)
"""
_RECORD: LiteralString = """
update webhook_events e set
  state = n.state, problem = n.problem,
  attempts = case when n.waits then 0 else e.attempts end,
  next_at = coalesce(now() + n.wait * interval '1 second', e.next_at),
  handled_at = case when n.state = 'new' then null else now() end
from unnest(%b::bigint[], %b::text[], %b::text[], %b::float8[], %b::bool[])
  as n (id, state, problem, wait, waits)
where e.id = n.id
"""
_DUE: LiteralString = """
select extract(epoch from min(next_at) - now())::float8 from webhook_events where state = 'new'
"""

Topics = list[tuple[UUID, str]]


def connect() -> Connection:
    """An autocommit connection of the system for the functions of this room."""
    options = f"{db.BY_INDEX} {db.DISK_LATER} -c statement_timeout=60s"
    return db.connect_as_system(autocommit=True, options=options, name="botpe ingest")


def take_lead(connection: Connection) -> bool:
    """Whether this connection is now the one that ingests; it stays so until it is closed."""
    row = connection.execute("select pg_try_advisory_lock(%s)", (_LEAD,)).fetchone()
    return bool(row and row[0])


def work(connection: Connection, limit: int = BATCH) -> tuple[int, Topics]:
    """Handles up to `limit` events that are due and were never tried: how many, whom to tell."""
    return _work(connection, tried_before=False, limit=limit)


def work_again(connection: Connection) -> tuple[int, Topics]:
    """The same for a few that were tried before, each alone: one of them may be what failed."""
    taken, topics = 0, Topics()
    for _ in range(_ALONE):
        one, told = _work(connection, tried_before=True, limit=1)
        if not one:
            break
        taken, topics = taken + one, topics + told
    return taken, topics


def forget_plans(connection: Connection) -> None:
    """Has statements planned anew: a plan from when a table was small reads all of it for ever."""
    connection.execute("discard plans")


def due_in(connection: Connection) -> float | None:
    """Seconds until an event is due, 0 if one is; None if none waits."""
    row = connection.execute(_DUE).fetchone()
    return None if row is None or row[0] is None else max(0.0, row[0])


def _work(connection: Connection, *, tried_before: bool, limit: int) -> tuple[int, Topics]:
    cursor = connection.cursor(binary=True).execute(_CLAIM, (tried_before, limit))
    events = sorted((Event(*row) for row in cursor), key=lambda event: event.id)
    dead = [event for event in events if event.attempts > MOST_ATTEMPTS]
    _record(connection, {event.id: _given_up(event, "It stopped the worker.") for event in dead})
    alive = [event for event in events if event.attempts <= MOST_ATTEMPTS]
    return len(events), _handle(connection, alive) if alive else []


def _handle(connection: Connection, events: Sequence[Event]) -> Topics:
    """All in one transaction; if that fails, each half, down to the one that fails alone."""
    try:
        with connection.transaction():
            batch = Batch(connection)
            _apply(batch, events)
            _record(connection, batch.outcomes)
        return list(batch.topics)
    except Exception as error:
        if connection.closed:
            raise
        if len(events) > 1:
            half = len(events) // 2
            return _handle(connection, events[:half]) + _handle(connection, events[half:])
        event = events[0]
        known = {"event_id": event.id, "correlation_id": str(event.correlation_id)}
        log.warning("event_failed", extra=known, exc_info=error)
        _record(connection, {event.id: _again(event, error)})
        return []


def _again(event: Event, error: Exception) -> Outcome:
    reason = f"{type(error).__name__}: {error}"[:500]
    if event.attempts >= MOST_ATTEMPTS:
        return _given_up(event, reason)
    return Outcome("new", reason, 2.0**event.attempts)


def _given_up(event: Event, reason: str) -> Outcome:
    log.error("event_given_up", extra={"event_id": event.id, "attempts": event.attempts})
    return Outcome("failed", f"Given up after {MOST_ATTEMPTS} tries. {reason}")


def _apply(batch: Batch, events: Sequence[Event]) -> None:
    """Messages first, then what is about messages."""
    numbers = _numbers(batch, events)
    arrivals: list[Arrival] = []
    news: list[News] = []
    for event in events:
        number = numbers.get(event.phone_number_id)
        if event.kind not in ("message", "status"):
            told = lines(event.field, loose.mapping(event.payload, "value")) if number else []
            if number and told:
                arrivals += [Arrival(event, number, x, event.when(x.timestamp)) for x in told]
            else:
                take_note(batch, event, number)
        elif number is None:
            called = event.phone_number_id or "without an id"
            batch.ignored(event, f"No WhatsApp number {called} is connected here.")
        elif event.kind == "message":
            incoming = parse_message(event.payload)
            arrivals.append(Arrival(event, number, incoming, event.when(incoming.timestamp)))
        else:
            update = parse_status(event.payload)
            news.append(News(event, number, update, event.when(update.timestamp)))
    _in_order(batch, arrivals, news)


def _in_order(batch: Batch, arrivals: Iterable[Arrival], news: Sequence[News]) -> None:
    messages: list[Arrival] = []
    changes: list[Arrival] = []
    for arrival in arrivals:
        if arrival.incoming.type == "request_welcome":
            batch.ignored(arrival.event, "It only says that somebody opened the chat.")
        else:
            (changes if is_change(arrival) else messages).append(arrival)
    if messages:
        arrive(batch, messages)
    if changes:
        change(batch, changes)
    if news:
        advance(batch, news)


def _numbers(batch: Batch, events: Sequence[Event]) -> dict[str, Number]:
    wanted = sorted({event.phone_number_id for event in events})
    rows = batch.connection.cursor(binary=True).execute(_NUMBERS, (wanted,))
    found = {name: (Number(owner, number), long_ago) for name, owner, number, long_ago in rows}
    note_sightings(batch, [number for number, long_ago in found.values() if long_ago])
    return {name: number for name, (number, _) in found.items()}


def _record(connection: Connection, outcomes: dict[int, Outcome]) -> None:
    if not outcomes:
        return
    rows: list[tuple[Any, ...]] = [
        (event_id, outcome.state, outcome.problem, outcome.wait, outcome.waits)
        for event_id, outcome in outcomes.items()
    ]
    Batch(connection).change(_RECORD, rows)
