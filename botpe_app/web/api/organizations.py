"""/api/organizations/current: the organization one acts in."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import organizations
from botpe_app.services.views import OrganizationItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Id, Moment, Shape, given

routes = router("/organizations", "Organization")


class Organization(Shape):
    """A business. `time_zone` is an IANA name, such as Europe/Berlin; `language` ISO 639-1."""

    id: Id
    name: str
    slug: str
    time_zone: str
    language: str
    plan: str
    created_at: Moment
    undo_seconds: int


class OrganizationChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    time_zone: str | None = None
    language: str | None = None
    undo_seconds: int | None = Field(None, description="How long people may take back a message")


@routes.get("/current", response_model=Organization)
@needs(Permission.READ)
def get_organization(call: Caller) -> OrganizationItem:
    """The organization."""
    return organizations.get_current(call.session, call.actor)


@routes.patch("/current", response_model=Organization)
@needs(Permission.MANAGE_ORGANIZATION)
def change_organization(call: Caller, body: OrganizationChange) -> OrganizationItem:
    """Rename the organization, move its clock or change its language."""
    return organizations.update_current(call.session, call.actor, **given(body))
