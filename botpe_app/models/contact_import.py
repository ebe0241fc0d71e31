"""Sheets of customers too long for an answer that is waited for: brought in by a worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from botpe_app.models.base import Tenant, json_list, moment


class ContactImport(Tenant, table=True):
    """A sheet that lies in the storage until it is done with, and how far it is.

    `done` counts rows that are dealt with, in the transaction that dealt with them.
    """

    __tablename__ = "contact_imports"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_contact_imports_due", "next_at", postgresql_where=text("next_at is not null")),
        Index(
            "ix_contact_imports_newest",
            "organization_id",
            text("created_at desc"),
            text("id desc"),
        ),
        CheckConstraint(
            "status in ('waiting','running','completed','failed','cancelled')", name="status_known"
        ),
    )

    status: str = "waiting"
    rows: int
    done: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    errors: list[dict[str, Any]] = json_list()  # of the first skipped ones
    problem: str = ""  # why it failed
    actor_kind: str
    actor_id: UUID | None = None
    actor_role: str
    actor_name: str
    attempts: int = 0  # since it last got on
    next_at: datetime | None = moment()
    created_at: datetime = moment(default_now=True)
    finished_at: datetime | None = moment()
