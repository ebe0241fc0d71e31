"""Template campaigns."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel import Field

from botpe_app.models.base import Tenant, json_object, moment, same_organization


class Campaign(Tenant, table=True):
    """A template for many customers. `variables` say what stands in its places, by part."""

    __tablename__ = "campaigns"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("account_id", "whatsapp_accounts"),
        same_organization("template_id", "templates"),
        Index("ix_campaigns_by_age", "organization_id", text("created_at desc"), text("id desc")),
        CheckConstraint("status in ('draft')", name="status_known"),
    )

    name: str
    account_id: UUID
    template_id: UUID
    contact_ids: list[UUID] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Uuid()), nullable=False, server_default="{}"),
    )
    variables: dict[str, Any] = json_object()
    rate_per_second: int | None = None
    status: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    created_at: datetime = moment(default_now=True)
