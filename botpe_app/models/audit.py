"""Who changed what. Rows are only ever added: a trigger refuses anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text

from botpe_app.models.base import Tenant, json_object, moment


class AuditEvent(Tenant, table=True):
    """One change by somebody, written by the table's trigger within the change itself."""

    __tablename__ = "audit_events"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_audit_events_at", "organization_id", text("at desc"), text("id desc")),
        Index("ix_audit_events_subject", "organization_id", "subject_id", text("at desc")),
    )

    at: datetime = moment(default_now=True)
    actor_kind: str  # user, api, system
    actor_id: UUID | None = None
    actor_name: str
    address: str = ""  # where the request came from
    action: str  # such as contact.updated
    subject_id: UUID
    before: dict[str, Any] = json_object()  # what changed, as it was
    after: dict[str, Any] = json_object()
