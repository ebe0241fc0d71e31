"""Webhook events as they arrived, one row for each single update of a post."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import json_object, moment


class WebhookEvent(SQLModel, table=True):
    """An update from WhatsApp: new, then handled, ignored (unusable) or failed (we gave up).

    `event_key` is what makes a redelivery the same row. Not a tenant row: whose it is, is
    found when it is handled.
    """

    __tablename__ = "webhook_events"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_webhook_events_due", "next_at", "id", postgresql_where=text("state = 'new'")),
        Index("ix_webhook_events_state", "state", "received_at"),
        CheckConstraint("state in ('new','handled','ignored','failed')", name="state_known"),
        {"postgresql_with": {"fillfactor": "85", "autovacuum_vacuum_scale_factor": "0.02"}},
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    event_key: str = Field(unique=True)
    field: str
    kind: str  # message, status, error, other, malformed
    waba_id: str = ""
    phone_number_id: str = ""
    contact_key: str = ""
    payload: dict[str, Any] = json_object()
    correlation_id: UUID
    state: str = Field(default="new", sa_column_kwargs={"server_default": "new"})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    problem: str = Field(default="", sa_column_kwargs={"server_default": ""})
    next_at: datetime = moment(default_now=True)
    received_at: datetime = moment(default_now=True)
    handled_at: datetime | None = moment()


class MetricBucket(SQLModel, table=True):
    """One bucket of a histogram, counted here so that every web process tells the same."""

    __tablename__ = "metric_buckets"  # pyright: ignore[reportAssignmentType]

    name: str = Field(primary_key=True)
    le: float = Field(primary_key=True)  # upper bound in seconds; 'infinity' counts all
    count: int = Field(default=0, sa_type=BigInteger)
    total: float = 0.0  # sum of what fell in this bucket, seconds
