"""/api/audit-log: who changed what."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import audit
from botpe_app.services.audit import AuditItem
from botpe_app.services.views import Page
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


class AuditQuery(Paging):
    """Which changes are wanted."""

    action: str | None = Field(None, description="contact.updated, or all of contact")
    actor_id: str | None = Field(None, description="A user's or a key's id")
    subject_id: str | None = Field(None, description="The id of what was changed")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@routes.get("", response_model=Listed[AuditEvent])
@needs(Permission.READ_AUDIT_LOG)
def list_audit_log(call: Caller, query: FromQuery[AuditQuery]) -> Page[AuditItem]:
    """Changes of people, keys, numbers, webhooks, contacts and the organization, newest first."""
    return audit.list_events(call.session, call.actor, **query.model_dump())
