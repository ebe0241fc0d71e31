"""Outbound webhooks: who wants to hear of what, and what was told them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from botpe_app.models.base import Tenant, json_object, moment, words


class WebhookSubscription(Tenant, table=True):
    """A program that is told of events; one worker at a time tells it, while the lease lasts."""

    __tablename__ = "webhook_subscriptions"  # pyright: ignore[reportAssignmentType]

    url: str
    events: list[str] = words()
    secret_sealed: str
    created_at: datetime = moment(default_now=True)
    leased_until: datetime | None = moment()


class WebhookDelivery(Tenant, table=True):
    """One event for one subscription, written by triggers with the change itself."""

    __tablename__ = "webhook_deliveries"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "ix_webhook_deliveries_due",
            "organization_id",
            "subscription_id",
            "next_at",
            "id",
            postgresql_where=text("next_at is not null"),
        ),
        Index(
            "ix_webhook_deliveries_log",
            "organization_id",
            "subscription_id",
            text("created_at desc"),
            text("id desc"),
        ),
        Index("ix_webhook_deliveries_age", "created_at"),
        CheckConstraint("state in ('pending','delivered','failed')", name="state_known"),
    )

    # No foreign key: a message must not fail because a subscription goes at the same time.
    subscription_id: UUID
    event: str
    payload: dict[str, Any] = json_object()
    state: str = "pending"
    attempts: int = 0
    next_at: datetime | None = moment()
    status_code: int | None = None  # of the last answer
    problem: str = ""
    created_at: datetime = moment(default_now=True)
    settled_at: datetime | None = moment()
