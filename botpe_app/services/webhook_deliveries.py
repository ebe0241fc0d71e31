"""Telling other programs: who is to be told now, and what became of it.

A subscription is one worker's while its lease lasts, so one slow program holds up nobody else and
is not asked many things at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import vault
from botpe_app.services.webhooks import place

LEASE_SECONDS = 60
_REST_SECONDS = 5  # after a failure
_AT_ONCE = 50
# Until the next try, after each failed one: about a day in all.
BACKOFF = (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)

_CLAIM = text(
    "update webhook_subscriptions set leased_until = now() + make_interval(secs => :lease)"
    " where (organization_id, id) in (select s.organization_id, s.id"
    "   from webhook_subscriptions s"
    "   where (s.leased_until is null or s.leased_until <= now())"
    "   and exists (select from webhook_deliveries d where d.organization_id = s.organization_id"
    "     and d.subscription_id = s.id and d.next_at <= now())"
    "   limit :room for update of s skip locked)"
    " returning organization_id, id, url, secret_sealed"
)
_DUE = text(
    "select id, event, payload, attempts, created_at from webhook_deliveries"
    " where organization_id = :organization and subscription_id = :id and next_at <= now()"
    " order by next_at, created_at limit :most"
)
_RENEW = text(
    "update webhook_subscriptions set leased_until = now() + make_interval(secs => :seconds)"
    " where organization_id = :organization and id = :id"
)
_RECORD = text(
    "update webhook_deliveries set state = cast(:state as text), attempts = :attempts,"
    " status_code = :code, problem = :problem,"
    " next_at = now() + make_interval(secs => cast(:wait as float8)),"
    " settled_at ="
    " case when cast(:state as text) = 'pending' then null else now() end"
    " where organization_id = :organization and id = :delivery"
)
_DUE_IN = text(
    "select extract(epoch from min(greatest(d.next_at, s.leased_until)) - now())"
    " from webhook_subscriptions s cross join lateral ("
    "  select next_at from webhook_deliveries d where d.organization_id = s.organization_id"
    "  and d.subscription_id = s.id and d.next_at is not null order by next_at limit 1) d"
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A program to tell something, leased to whoever holds this."""

    organization_id: UUID
    id: UUID
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event to tell."""

    id: UUID
    event: str
    payload: dict[str, Any]
    attempts: int  # before this one
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program said, or why there is no answer."""

    status_code: int | None
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether it took the event."""
        return self.status_code is not None and 200 <= self.status_code < 300


def claim(session: Session, room: int) -> list[Receiver]:
    """At most `room` programs for which something is due; the session acts as the system."""
    rows = session.connection().execute(_CLAIM, {"room": room, "lease": LEASE_SECONDS})
    return [
        Receiver(
            organization, row_id, url, vault.open_sealed(sealed, place=place(organization, row_id))
        )
        for organization, row_id, url, sealed in rows
    ]


def due(session: Session, receiver: Receiver) -> list[Delivery]:
    """What it is to be told now, oldest first."""
    values = {"organization": receiver.organization_id, "id": receiver.id, "most": _AT_ONCE}
    return [Delivery(*row) for row in session.connection().execute(_DUE, values)]


def due_in(session: Session) -> float | None:
    """In how many seconds something is due, None if nothing waits."""
    found = session.connection().execute(_DUE_IN).scalar()
    return None if found is None else max(0.0, float(found))


def record(session: Session, receiver: Receiver, delivery: Delivery, answer: Answer) -> None:
    """Keeps what became of a try, and says when the next one is; renews the lease."""
    attempts = delivery.attempts + 1
    over = answer.good or attempts > len(BACKOFF)
    values = {
        "state": "delivered" if answer.good else "failed" if over else "pending",
        "attempts": attempts,
        "code": answer.status_code,
        "problem": answer.problem[:500],
        "wait": None if over else BACKOFF[attempts - 1],
        "organization": receiver.organization_id,
        "delivery": delivery.id,
    }
    session.connection().execute(_RECORD, values)
    _lease(session, receiver, LEASE_SECONDS)


def release(session: Session, receiver: Receiver, *, rest: bool) -> None:
    """Gives the program back, for a short rest if it failed."""
    _lease(session, receiver, _REST_SECONDS if rest else 0)


def request_of(
    receiver: Receiver, delivery: Delivery, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """The body to post and its headers, signed over the time and the body."""
    created = delivery.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    said = {
        "id": str(delivery.id),
        "event": delivery.event,
        "created_at": created,
        "data": delivery.payload,
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    seconds = str(int(now.timestamp()))
    signed = hmac.new(receiver.secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "BotPe",
        "X-BotPe-Event": delivery.event,
        "X-BotPe-Delivery": str(delivery.id),
        "X-BotPe-Timestamp": seconds,
        "X-BotPe-Signature": f"sha256={signed.hexdigest()}",
    }
    return body, headers


def _lease(session: Session, receiver: Receiver, seconds: int) -> None:
    values = {
        "organization": receiver.organization_id,
        "id": receiver.id,
        "seconds": seconds,
    }
    session.connection().execute(_RENEW, values)
