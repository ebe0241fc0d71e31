"""Customers, and the names WhatsApp knows them by."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import (
    Tenant,
    ends_with,
    json_object,
    moment,
    same_organization,
    words,
)


class Contact(Tenant, table=True):
    """A customer. How to reach them: `phone` (E.164), else the identities."""

    __tablename__ = "contacts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_contacts_by_age", "organization_id", text("created_at desc"), text("id desc")),
        Index("ix_contacts_by_name", "organization_id", text("lower(name)"), "id"),
        Index(
            "ix_contacts_by_last_inbound",
            "organization_id",
            text("coalesce(last_inbound_at, '1970-01-01 00:00:00+00'::timestamptz)"),
            "id",
        ),
    )

    name: str = ""
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    tags: list[str] = words()
    custom_fields: dict[str, Any] = json_object()
    marketing_opt_in: bool = False
    # Said no to marketing; None for one who was merely never asked.
    marketing_opted_out_at: datetime | None = moment()
    marketing_after: datetime | None = moment()  # WhatsApp wants them left alone until then
    unreachable_at: datetime | None = moment()  # the last messages could not be delivered
    blocked_at: datetime | None = moment()  # they blocked the business
    # Nothing they write is shown to a model.
    ai_opt_out: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    last_inbound_at: datetime | None = moment()
    created_at: datetime = moment(default_now=True)


class Consent(Tenant, table=True):
    """That a customer allowed marketing messages or stopped them: when, and how we know."""

    __tablename__ = "consents"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("contact_id", "contacts"),
        Index(
            "ix_consents_contact", "organization_id", "contact_id", text("at desc"), text("id desc")
        ),
    )

    contact_id: UUID
    granted: bool
    source: str  # whatsapp, api, user
    evidence: str = Field(default="", sa_column_kwargs={"server_default": ""})
    at: datetime = moment(default_now=True)


class ContactBlock(SQLModel, table=True):
    """That a number of ours takes nothing from a customer."""

    __tablename__ = "contact_blocks"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        ends_with("account_id", "whatsapp_accounts"),
        ends_with("contact_id", "contacts"),
        Index("ix_contact_blocks_contact", "organization_id", "contact_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    account_id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    blocked_at: datetime = moment(default_now=True)


class ContactIdentity(SQLModel, table=True):
    """One name of a contact. `kind` is phone (comparison key), bsuid or parent_bsuid."""

    __tablename__ = "contact_identities"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("contact_id", "contacts"),
        Index("ix_contact_identities_contact", "organization_id", "contact_id"),
    )

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    contact_id: UUID
    address: str  # as WhatsApp spelled it: what a send names as its recipient
