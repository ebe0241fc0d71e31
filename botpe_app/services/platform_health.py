"""Whether the platform is healthy, to its owner: findings, lanes, numbers, and work given up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid, NotFound
from botpe_app.models import Organization, WhatsAppAccount
from botpe_app.queue import Lane, lanes_without_worker, nudge
from botpe_app.services import doctor, gauges, paging
from botpe_app.services.access import Actor
from botpe_app.services.findings import Finding
from botpe_app.services.platform import oversee
from botpe_app.services.views import Page

_MOST_FAILED = 100


@dataclass(frozen=True, slots=True)
class LaneHealth:
    """A lane: what waits in it, since when, who works there, and what was given up."""

    lane: str
    waiting: int
    oldest_seconds: int
    has_worker: bool
    failed: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """Work that was given up after its tries."""

    lane: str
    id: str
    what: str
    problem: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NumberOverview:
    """A WhatsApp number of any organization. Its token never comes out."""

    id: str
    organization_id: str
    organization_name: str
    name: str
    phone: str
    status: str
    paused_reason: str | None
    quality: str | None
    messaging_limit: str | None
    created_at: datetime


class _Work(NamedTuple):
    """Where a lane's work lies, and how it is tried again."""

    failed: str  # id, what, problem, attempts, at
    how_many: str
    again: str


_GIVEN_UP: dict[Lane, _Work] = {
    Lane.INGEST: _Work(
        "select id::text, field || ' ' || kind, problem, attempts, received_at"
        " from webhook_events where state = 'failed' order by received_at desc limit :most",
        "select count(*) from webhook_events where state = 'failed'",
        "update webhook_events set state = 'new', attempts = 0, next_at = now()"
        " where id::text = :id and state = 'failed'",
    ),
    Lane.MEDIA: _Work(
        "select id::text, kind || ' ' || filename, problem, attempts, created_at"
        " from media where state = 'failed' order by created_at desc limit :most",
        "select count(*) from media where state = 'failed'",
        "update media set state = 'new', attempts = 0, problem = '', next_at = now()"
        " where id::text = :id and state = 'failed' and wa_media_id is not null",
    ),
    Lane.WEBHOOKS: _Work(
        "select id::text, event, problem, attempts, created_at"
        " from webhook_deliveries where state = 'failed' order by created_at desc limit :most",
        "select count(*) from webhook_deliveries where state = 'failed'",
        "update webhook_deliveries set state = 'pending', attempts = 0, settled_at = null,"
        " next_at = now() where id::text = :id and state = 'failed'",
    ),
    Lane.MAIL: _Work(
        "select id::text, 'to ' || recipient, problem, attempts, created_at"
        " from mails where next_at is null order by created_at desc limit :most",
        "select count(*) from mails where next_at is null",
        "update mails set attempts = 0, next_at = now()"
        " where id::text = :id and next_at is null and good_until > now()",
    ),
}


def health(session: Session, actor: Actor) -> list[Finding]:
    """What `botpe doctor` finds, without asking Meta. Raises Forbidden."""
    actor.require(Permission.OVERSEE_PLATFORM)
    return doctor.examine(running=True, ask_graph=False).findings


def lanes(session: Session, actor: Actor) -> list[LaneHealth]:
    """Every lane. Raises Forbidden."""
    oversee(session, actor)
    idle = _without_worker()
    return [_lane(session, lane, lane not in idle) for lane in Lane]


def failed_jobs(session: Session, actor: Actor) -> list[FailedJob]:
    """The newest work of each lane that was given up. Raises Forbidden."""
    oversee(session, actor)
    found = [
        FailedJob(lane.value, *row)
        for lane, work in _GIVEN_UP.items()
        for row in session.connection().execute(text(work.failed), {"most": _MOST_FAILED})
    ]
    return sorted(found, key=lambda job: job.at, reverse=True)


def retry(session: Session, actor: Actor, *, lane: str, id: str) -> None:
    """Has a piece of work tried again from the beginning.

    Raises Forbidden, Invalid for a lane without such work, NotFound.
    """
    oversee(session, actor)
    known = {one.value: one for one in _GIVEN_UP}
    if lane not in known:
        raise Invalid(f"A lane is one of {', '.join(known)}.", field="lane")
    again = text(_GIVEN_UP[known[lane]].again)
    if not session.connection().execute(again, {"id": id}).rowcount:
        raise NotFound("This work is not among what was given up, or cannot be tried again.")
    nudge(session, known[lane])


def list_numbers(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[NumberOverview]:
    """Every organization's numbers, newest first. Raises Forbidden, Invalid."""
    oversee(session, actor)
    wanted = select(WhatsAppAccount)
    if q:
        named = (col(WhatsAppAccount.name), col(WhatsAppAccount.phone))
        wanted = wanted.where(or_(*(one.icontains(q, autoescape=True) for one in named)))
    names: dict[UUID, str] = {}

    def item(row: WhatsAppAccount) -> NumberOverview:
        if row.organization_id not in names:
            names[row.organization_id] = session.get_one(Organization, row.organization_id).name
        return NumberOverview(
            str(row.id),
            str(row.organization_id),
            names[row.organization_id],
            row.name,
            row.phone,
            row.status,
            row.paused_reason,
            row.quality,
            row.messaging_limit,
            row.created_at,
        )

    return paging.newest(session, wanted, WhatsAppAccount, item, limit=limit, cursor=cursor)


def _lane(session: Session, lane: Lane, has_worker: bool) -> LaneHealth:
    waiting, oldest = gauges.waiting(session, lane)
    work = _GIVEN_UP.get(lane)
    failed = session.connection().execute(text(work.how_many)).scalar_one() if work else 0
    if math.isnan(waiting):
        waiting = oldest = 0.0
    return LaneHealth(lane.value, int(waiting), int(oldest), has_worker, failed)


def _without_worker() -> list[Lane]:
    try:
        return lanes_without_worker()
    except RedisError:
        return list(Lane)
