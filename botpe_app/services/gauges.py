"""What /metrics tells: counts taken in Postgres and Redis, so every web process tells the same."""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlmodel import Session

from botpe_app.queue import Lane, queue, redis
from botpe_app.services import metrics

EVENT_STATES = ("new", "handled", "ignored", "failed")
MESSAGE_STATES = {
    "incoming": ("received",),
    "outgoing": (
        *("queued", "sending", "held", "sent", "delivered", "read"),
        *("failed", "uncertain"),
    ),
}
_KEPT, _KEPT_SECONDS = "botpe:counts", 600
_COSTLY_SECONDS = 0.05
_SHARE = 20  # counting may take one twentieth of the time


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by state, when they were counted (seconds since 1970) and how long that took."""

    events: dict[str, int]
    messages: dict[str, int]  # by "direction status"
    at: float
    took: float

    @property
    def due(self) -> bool:
        """Whether it is time to count again, so that counting keeps to its share."""
        return time.time() - self.at > max(1.0, _SHARE * self.took)


@dataclass(frozen=True, slots=True)
class Sample:
    """One number of a metric."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric in Prometheus' terms; every state is among its samples, also at 0."""

    name: str
    kind: str  # gauge, histogram
    help: str
    samples: list[Sample]


_EVENTS = text("select state, count(*) from webhook_events group by state")
# Who looks from outside sees a claimed message as queued.
_MESSAGES = text(
    "select direction || ' ' || case status when 'claimed' then 'queued' else status end,"
    " sum(n)::bigint from (select direction, status, count(*) as n from messages"
    " group by direction, status) each group by 1"
)
_WAITING: Mapping[Lane, str] = {
    Lane.CAMPAIGNS: "select count(*), extract(epoch from now() - min(c.started_at))"
    " from campaign_recipients r join campaigns c on c.organization_id = r.organization_id"
    " and c.id = r.campaign_id and c.status = 'running' where r.state = 'waiting'",
    Lane.INGEST: "select count(*), extract(epoch from now() - min(received_at))"
    " from webhook_events where state = 'new'",
    Lane.CONVERSATIONS: "select count(*), extract(epoch from now() - min(created_at))"
    " from bot_inputs",
    Lane.OUTBOX: "select count(*), extract(epoch from now() - min(created_at))"
    " from messages where status = 'queued'",
    Lane.MEDIA: "select count(*), extract(epoch from now() - min(created_at))"
    " from media where next_at is not null",
    Lane.WEBHOOKS: "select count(*), extract(epoch from now() - min(created_at))"
    " from webhook_deliveries where next_at is not null",
    Lane.MAIL: "select count(*), extract(epoch from now() - min(created_at))"
    " from mails where next_at is not null",
    Lane.AGENTS: "select count(*), extract(epoch from now() - min(created_at))"
    " from bot_calls where jsonb_exists(request, 'mode')",
}


def counts(session: Session) -> Counts:
    """The rows by state now; kept for all processes. The session must see all organizations."""
    started = time.perf_counter()
    connection = session.connection()
    events = {row[0]: row[1] for row in connection.execute(_EVENTS)}
    messages = {row[0]: row[1] for row in connection.execute(_MESSAGES)}
    found = Counts(events, messages, time.time(), time.perf_counter() - started)
    with contextlib.suppress(RedisError):  # then everybody counts for themselves
        redis().set(_KEPT, json.dumps(asdict(found)), ex=_KEPT_SECONDS)
    return found


def kept_counts() -> Counts | None:
    """The last counts of any process, if taking them anew would keep a scraper waiting."""
    try:
        kept = redis().get(_KEPT)
    except RedisError:
        return None
    found = Counts(**json.loads(kept)) if isinstance(kept, bytes) else None
    return found if found and found.took > _COSTLY_SECONDS else None


def read(session: Session, known: Counts) -> list[Metric]:
    """Every metric, the rows by state from `known`. The session must see all organizations."""
    events = [Sample(known.events.get(state, 0), {"state": state}) for state in EVENT_STATES]
    messages = [
        Sample(known.messages.get(f"{way} {state}", 0), {"direction": way, "status": state})
        for way, states in MESSAGE_STATES.items()
        for state in states
    ]
    age = [Sample(max(0.0, time.time() - known.at))]
    return [
        Metric("botpe_webhook_events", "gauge", "Webhook events by state.", events),
        Metric("botpe_messages", "gauge", "Messages by direction and status.", messages),
        Metric("botpe_counts_age_seconds", "gauge", "Since when the two above are so.", age),
        *_queues(session),
        *_histograms(session),
    ]


def _queues(session: Session) -> list[Metric]:
    """How much waits in each lane, and since when: its rows, or its jobs where it has no rows."""
    depths: list[Sample] = []
    ages: list[Sample] = []
    for lane in Lane:
        count, age = waiting(session, lane)
        depths.append(Sample(count, {"queue": lane.value}))
        ages.append(Sample(age, {"queue": lane.value}))
    return [
        Metric("botpe_queue_depth", "gauge", "What waits in a lane.", depths),
        Metric("botpe_queue_oldest_seconds", "gauge", "Since when the oldest waits.", ages),
    ]


def waiting(session: Session, lane: Lane) -> tuple[float, float]:
    """How much waits in a lane and for how many seconds the oldest; NaN while nobody can tell."""
    if query := _WAITING.get(lane):
        count, age = session.connection().execute(text(query)).one()
        return count, max(0.0, float(age or 0))
    try:
        return queue(lane).count, 0.0
    except RedisError:
        return math.nan, math.nan


def _histograms(session: Session) -> list[Metric]:
    return [_histogram(found) for found in metrics.histograms(session)]


def _histogram(found: metrics.Histogram) -> Metric:
    samples = [
        Sample(count, {"le": "+Inf" if math.isinf(bound) else f"{bound:g}"}, "_bucket")
        for bound, count in found.buckets
    ]
    samples += [Sample(found.total, suffix="_sum"), Sample(found.count, suffix="_count")]
    return Metric(found.name, "histogram", found.help, samples)
