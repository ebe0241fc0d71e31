"""Template campaigns and whom they are for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_object, moment, same_organization


class Campaign(Tenant, table=True):
    """A template for many customers: a segment's, or those named.

    `variables` say what stands in the template's places, by part. From its start on the
    recipients are rows of their own; `reason` says why it is paused.
    """

    __tablename__ = "campaigns"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("account_id", "whatsapp_accounts"),
        same_organization("template_id", "templates"),
        same_organization("segment_id", "segments"),
        Index("ix_campaigns_by_age", "organization_id", text("created_at desc"), text("id desc")),
        Index(
            "ix_campaigns_active",
            "status",
            "scheduled_at",
            postgresql_where=text("status in ('running','scheduled')"),
        ),
        CheckConstraint(
            "status in ('draft','scheduled','running','paused','completed','cancelled')",
            name="status_known",
        ),
    )

    name: str
    account_id: UUID
    template_id: UUID
    segment_id: UUID | None = None
    contact_ids: list[UUID] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Uuid()), nullable=False, server_default="{}"),
    )
    variables: dict[str, Any] = json_object()
    rate_per_second: int | None = None
    status: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    scheduled_at: datetime | None = moment()
    started_at: datetime | None = moment()
    resumed_at: datetime | None = moment()  # the last time it began to run
    seen_quality: str = Field(default="", sa_column_kwargs={"server_default": ""})  # then
    finished_at: datetime | None = moment()
    rules: dict[str, Any] = json_object()  # canary, quiet_hours, frequency_cap, local_time
    # While it is not 0, only the first so many get it; at `canary_until` it is looked at them.
    canary_size: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    canary_until: datetime | None = moment()
    created_at: datetime = moment(default_now=True)


class CampaignVariant(SQLModel, table=True):
    """One of several texts that a campaign's recipients get in turn."""

    __tablename__ = "campaign_variants"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("campaign_id", "campaigns"),
        same_organization("template_id", "templates"),
    )

    organization_id: UUID = Field(primary_key=True)
    campaign_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    name: str
    template_id: UUID
    variables: dict[str, Any] = json_object()


class CampaignRecipient(SQLModel, table=True):
    """A contact whom a campaign is for, since it began; its message says what became of it.

    `place` is its turn, at random. Not tied to the contact's row: it goes with that without one.
    """

    __tablename__ = "campaign_recipients"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("campaign_id", "campaigns"),
        Index(
            "ix_campaign_recipients_waiting",
            "organization_id",
            "campaign_id",
            "place",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_campaign_recipients_contact",
            "organization_id",
            "contact_id",
            "message_id",
            postgresql_where=text("message_id is not null"),
        ),
        Index(
            "ix_campaign_recipients_later",
            "organization_id",
            "campaign_id",
            "not_before",
            postgresql_where=text("state = 'later'"),
        ),
        CheckConstraint("state in ('waiting','later','queued','skipped')", name="state_known"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    organization_id: UUID = Field(primary_key=True)
    campaign_id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    place: int
    variant: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    state: str = Field(default="waiting", sa_column_kwargs={"server_default": "waiting"})
    not_before: datetime | None = moment()  # `later`: when their clock lets it
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})  # why skipped
    message_id: UUID | None = None
    replied_at: datetime | None = moment()
    clicked_at: datetime | None = moment()  # pressed a button of the message
