"""Bots: the draft people work on, and its published versions, which never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from botpe_app.models.base import Tenant, json_list, json_object, moment, same_organization


class Bot(Tenant, table=True):
    """A bot of one number. `flow` is its draft; `version` the one that answers, 0 for none."""

    __tablename__ = "bots"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("account_id", "whatsapp_accounts"),
        Index("ix_bots_active", "account_id", postgresql_where=text("status = 'active'")),
        CheckConstraint("status in ('draft','active','paused')", name="status_known"),
    )

    account_id: UUID | None = None
    name: str
    status: str = "draft"
    flow: dict[str, Any] = json_object()
    dialogues: list[dict[str, Any]] = json_list()  # what it is tried with before it is published
    revision: int = 1  # of the draft: counts its saves
    version: int = 0
    created_at: datetime = moment(default_now=True)
    updated_at: datetime = moment(default_now=True)


class BotSecret(Tenant, table=True):
    """What a bot's call proves itself with; flows name it and never hold it."""

    __tablename__ = "bot_secrets"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_bot_secrets_name", "organization_id", "name", unique=True),)

    name: str
    value_sealed: str
    created_at: datetime = moment(default_now=True)


class BotVersion(Tenant, table=True):
    """What was published, as it was."""

    __tablename__ = "bot_versions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        same_organization("bot_id", "bots"),
        Index("uq_bot_versions", "organization_id", "bot_id", "number", unique=True),
    )

    bot_id: UUID
    number: int  # 1, 2, …
    flow: dict[str, Any] = json_object()
    published_by: UUID | None = Field(default=None, foreign_key="users.id")
    created_at: datetime = moment(default_now=True)
