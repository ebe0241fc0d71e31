"""Nudges: telling a lane's drain that there is work, after the work is durable.

Postgres holds the work; a nudge only saves waiting. It goes two ways: NOTIFY wakes a drain that
lives, an RQ job starts one that does not. Losing either costs latency until the next sweep.
"""

from __future__ import annotations

import time
from enum import StrEnum
from functools import lru_cache
from typing import Any

import psycopg
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import text
from sqlmodel import Session

from botpe_app.config import settings
from botpe_app.db import after_commit


class Lane(StrEnum):
    """The kinds of work, each with its own queue and processes."""

    CAMPAIGNS = "campaigns"
    INGEST = "ingest"
    CONVERSATIONS = "conversations"
    OUTBOX = "outbox"
    MEDIA = "media"
    WEBHOOKS = "webhooks"
    MAIL = "mail"
    AGENTS = "agents"

    @property
    def channel(self) -> str:
        """The Postgres NOTIFY channel of this lane."""
        return f"botpe_{self.value}"

    @property
    def job(self) -> str:
        """The dotted name of the lane's drain."""
        return f"jobs.{self.value}.drain"


@lru_cache(maxsize=1)
def redis() -> Redis:
    """This process's Redis client. It fails fast: nothing durable waits for it."""
    settings().require("redis_url")
    return Redis.from_url(
        settings().redis_url,
        socket_connect_timeout=1,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


def queue(lane: Lane) -> Queue:
    """The RQ queue of a lane. Arguments travel as JSON: Redis must not be able to run code."""
    return Queue(lane.value, connection=redis(), serializer=JSONSerializer)


def lanes_without_worker() -> list[Lane]:
    """The lanes on which no worker has shown a sign of life lately."""
    keys = {lane: Worker.all_keys(queue=queue(lane)) for lane in Lane}
    # A killed worker stays on RQ's list; its own key ends with its signs of life.
    return [lane for lane in Lane if not keys[lane] or not redis().exists(*keys[lane])]


def wake(connection: psycopg.Connection[Any], lane: Lane) -> None:
    """Has the lane's drain look, if one lives, once this connection's work is committed."""
    connection.execute("select pg_notify(%s, '')", (lane.channel,))


def nudge(session: Session, lane: Lane) -> None:
    """Wakes or starts the lane's drain once this session's work is committed."""
    session.connection().execute(text("select pg_notify(:channel, '')"), {"channel": lane.channel})
    after_commit(session, lambda: start_drain(lane))


# A living drain hears NOTIFY and outlives this many seconds without work, so one RQ job in that
# time is enough; more would only pile up in Redis.
_NUDGE_EVERY_SECONDS = 1.0
_last_nudge: dict[Lane, float] = {}


def start_drain(lane: Lane) -> None:
    """Puts a job on the lane's queue that starts its drain, at most one a second a process."""
    now = time.monotonic()
    if now - _last_nudge.get(lane, float("-inf")) < _NUDGE_EVERY_SECONDS:
        return
    _last_nudge[lane] = now
    queue(lane).enqueue(lane.job, job_timeout=-1, result_ttl=0, failure_ttl=3600)
