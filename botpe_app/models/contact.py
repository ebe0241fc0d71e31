"""Customers, and the names WhatsApp knows them by."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from botpe_app.models.base import Tenant, json_object, moment, same_organization, words


class Contact(Tenant, table=True):
    """A customer. How to reach them: `phone` (E.164), else the identities."""

    __tablename__ = "contacts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_contacts_by_age", "organization_id", text("created_at desc"), text("id desc")),
        Index("ix_contacts_tags", "tags", postgresql_using="gin"),
    )

    name: str = ""
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    tags: list[str] = words()
    custom_fields: dict[str, Any] = json_object()
    marketing_opt_in: bool = False
    last_inbound_at: datetime | None = moment()
    created_at: datetime = moment(default_now=True)


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
