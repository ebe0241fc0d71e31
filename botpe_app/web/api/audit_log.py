"""/api/audit-log: who changed what."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session
from starlette.responses import StreamingResponse

from botpe_app.core.permissions import Permission
from botpe_app.services import audit
from botpe_app.services.audit import AuditItem
from botpe_app.services.views import Page
from botpe_app.web.api import csv_files
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape

routes = router("/audit-log", "Audit log")


class AuditEvent(Shape):
    """One change; `before` and `after` hold what changed, never a secret."""

    id: Id
    at: Moment
    actor_kind: str
    actor_id: Id | None
    actor_name: str
    address: str
    action: str
    subject_id: Id
    before: dict[str, Any]
    after: dict[str, Any]


class AuditFilter(BaseModel):
    """Which changes are wanted."""

    q: str | None = Field(None, description="Part of who did it, or of what was or is there")
    action: str | None = Field(None, description="contact.updated, or all of contact")
    actor_id: str | None = Field(None, description="A user's or a key's id")
    subject_id: str | None = Field(None, description="The id of what was changed")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditQuery(AuditFilter, Paging):
    """A page of them."""


@routes.get("", response_model=Listed[AuditEvent])
@needs(Permission.READ_AUDIT_LOG)
def list_audit_log(call: Caller, query: FromQuery[AuditQuery]) -> Page[AuditItem]:
    """Changes of people, keys, numbers, webhooks, contacts and the organization, newest first."""
    return audit.list_events(call.session, call.actor, **query.model_dump())


@routes.get(
    "/export",
    response_model=None,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
@needs(Permission.READ_AUDIT_LOG)
def export_audit_log(call: Caller, query: FromQuery[AuditFilter]) -> StreamingResponse:
    """The same changes as CSV."""
    wanted = query.model_dump()
    audit.list_events(call.session, call.actor, limit=1, **wanted)  # refuses what cannot be
    actor = call.actor

    def part(session: Session, cursor: str) -> Page[str]:
        return audit.part(session, actor, cursor, **wanted)

    return csv_files.streamed("audit-log", audit.HEADER, part, actor)
