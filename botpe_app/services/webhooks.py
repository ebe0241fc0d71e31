"""Outbound webhooks: who is told of what, the log of it, and telling something again."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from botpe_app import vault
from botpe_app.config import settings
from botpe_app.core.networks import may_reach
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.models import WebhookDelivery, WebhookSubscription
from botpe_app.models.base import new_id, utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import paging, plans
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.views import Page

EVENTS = ("message.received", "message.status", "conversation.updated", "bot.event")
_LONGEST_URL, _MOST = 2000, 20


@dataclass(frozen=True, slots=True)
class WebhookItem:
    """Who is told of what; the secret is shown once, when made."""

    id: str
    url: str
    events: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryItem:
    """What became of telling one event."""

    id: str
    event: str
    payload: dict[str, Any]
    state: str  # pending, delivered, failed
    attempts: int
    next_at: datetime | None
    status_code: int | None
    problem: str
    created_at: datetime
    settled_at: datetime | None


def list_webhooks(session: Session, actor: Actor) -> list[WebhookItem]:
    """The organization's webhooks, newest first."""
    actor.require(Permission.MANAGE_WEBHOOKS)
    ours = select(WebhookSubscription).where(
        WebhookSubscription.organization_id == actor.organization_id
    )
    return [_item(row) for row in session.exec(ours.order_by(col(WebhookSubscription.id).desc()))]


def get_webhook(session: Session, actor: Actor, webhook_id: UUID | str) -> WebhookItem:
    """One webhook. Raises NotFound."""
    actor.require(Permission.MANAGE_WEBHOOKS)
    return _item(get(session, actor, WebhookSubscription, webhook_id))


def create_webhook(
    session: Session, actor: Actor, *, url: str, events: list[str] | None = None
) -> tuple[WebhookItem, str]:
    """A webhook for these events, all unless named, and its secret's only appearance in clear.

    Raises Forbidden, Invalid naming the field, Conflict when there are too many.
    """
    actor.require(Permission.MANAGE_WEBHOOKS)
    if plans.count(session, WebhookSubscription, actor) >= _MOST:
        raise Conflict(f"There are {_MOST} webhooks already. Remove one first.")
    secret, row_id = f"whsec_{secrets.token_urlsafe(32)}", new_id()
    row = WebhookSubscription(
        organization_id=actor.organization_id,
        id=row_id,
        url=_address(url),
        events=_known(list(EVENTS) if events is None else events),
        secret_sealed=vault.seal(secret, place=place(actor.organization_id, row_id)),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return _item(row), secret


def delete_webhook(session: Session, actor: Actor, webhook_id: UUID | str) -> None:
    """Removes a webhook and its log. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_WEBHOOKS)
    row = get_locked(session, actor, WebhookSubscription, webhook_id)
    session.delete(row)
    session.connection().execute(
        delete(WebhookDelivery).where(
            col(WebhookDelivery.organization_id) == row.organization_id,
            col(WebhookDelivery.subscription_id) == row.id,
        )
    )
    session.flush()


def list_deliveries(
    session: Session,
    actor: Actor,
    webhook_id: UUID | str,
    *,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DeliveryItem]:
    """What a webhook was told in the last week, newest first. Raises NotFound, Invalid."""
    actor.require(Permission.MANAGE_WEBHOOKS)
    row = get(session, actor, WebhookSubscription, webhook_id)
    wanted = select(WebhookDelivery).where(
        WebhookDelivery.organization_id == row.organization_id,
        WebhookDelivery.subscription_id == row.id,
    )
    if state:
        wanted = wanted.where(WebhookDelivery.state == state)
    return paging.newest(session, wanted, WebhookDelivery, _delivery, limit=limit, cursor=cursor)


def replay(
    session: Session, actor: Actor, webhook_id: UUID | str, delivery_id: UUID | str
) -> DeliveryItem:
    """Tells an event again, with all its tries. Raises NotFound, Conflict while it is pending."""
    actor.require(Permission.MANAGE_WEBHOOKS)
    row = get_locked(session, actor, WebhookDelivery, delivery_id)
    if row.subscription_id != get(session, actor, WebhookSubscription, webhook_id).id:
        raise NotFound("Delivery not found.")
    if row.state == "pending":
        raise Conflict("This is being told already.")
    row.state, row.attempts, row.next_at, row.settled_at = "pending", 0, utc_now(), None
    session.add(row)
    session.flush()
    nudge(session, Lane.WEBHOOKS)
    return _delivery(row)


def place(organization_id: UUID, webhook_id: UUID) -> str:
    """Where a webhook's secret is sealed to."""
    return f"webhook_subscriptions:{organization_id}:{webhook_id}"


def _address(url: str) -> str:
    """The url, if a stranger may have us post there; a name is looked up when we post."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        host, parts = "", urlsplit("")
    good = parts.scheme in {"http", "https"} and host and parts.username is None
    if (
        not good
        or len(url) > _LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise Invalid("This is an address like https://example.com/hook.", field="url")
    literal = "127.0.0.1" if host.rstrip(".").endswith("localhost") else _literal(host)
    if literal and not may_reach(literal, settings().webhook_networks):
        raise Invalid("This address is not a public one.", field="url")
    return url


def _literal(host: str) -> str | None:
    """The IP address that a host spells in one of its many ways, None for a name."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _known(events: list[str]) -> list[str]:
    if not events or not set(events) <= set(EVENTS):
        raise Invalid(f"Events are {', '.join(EVENTS)}.", field="events")
    return [event for event in EVENTS if event in events]


def _item(row: WebhookSubscription) -> WebhookItem:
    return WebhookItem(str(row.id), row.url, list(row.events), row.created_at)


def _delivery(row: WebhookDelivery) -> DeliveryItem:
    return DeliveryItem(
        str(row.id),
        row.event,
        dict(row.payload),
        row.state,
        row.attempts,
        row.next_at,
        row.status_code,
        row.problem,
        row.created_at,
        row.settled_at,
    )
