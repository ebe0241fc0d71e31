"""Message templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, ends_with, json_list, moment


class Template(Tenant, table=True):
    """A template of a WhatsApp Business Account; every number of that account can send it.

    `components` are what Meta has, or will get; `draft_components` a change to an approved one
    that was not submitted yet. `status` is DRAFT before it is submitted, then Meta's word.
    """

    __tablename__ = "templates"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("account_id", "whatsapp_accounts"),
        Index("uq_templates_name", "organization_id", "waba_id", "name", "language", unique=True),
        Index("ix_templates_wa", "waba_id", "wa_template_id"),
    )

    account_id: UUID  # through whose token it is managed
    waba_id: str
    name: str
    language: str
    category: str = Field(default="", sa_column_kwargs={"server_default": ""})
    parameter_format: str = Field(default="", sa_column_kwargs={"server_default": ""})
    components: list[dict[str, Any]] = json_list()
    draft_components: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True)
    )
    status: str = Field(default="DRAFT", sa_column_kwargs={"server_default": "DRAFT"})
    status_at: datetime | None = moment()  # when Meta last told the status by itself
    rejection_reason: str | None = None
    quality: str | None = None  # GREEN, YELLOW, RED; None: not known
    wa_template_id: str | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class TemplateInsight(SQLModel, table=True):
    """What Meta counts of a template's messages on a day, beside our own count."""

    __tablename__ = "template_insights"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (ends_with("template_id", "templates"),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    template_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    sent: int
    delivered: int
    read: int
    clicked: int
    cost: float | None = None  # in the business account's currency; None: not told


class TemplateVersion(SQLModel, table=True):
    """What a template said from `created_at` on; `submitted_at` is when it went to Meta."""

    __tablename__ = "template_versions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (ends_with("template_id", "templates"),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    template_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    category: str
    components: list[dict[str, Any]] = json_list()
    made_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = moment(default_now=True)
    submitted_at: datetime | None = moment()
