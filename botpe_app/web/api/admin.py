"""/api/admin: the platform, to its owner."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import platform
from botpe_app.services.platform import OrganizationOverview, PersonOverview
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given

routes = router("/admin", "Platform")


class OrganizationSeen(Shape):
    """An organization, to the platform's owner."""

    id: Id
    name: str
    slug: str
    plan: str
    people: int
    numbers: int
    created_at: Moment


class OrganizationSeenChange(BaseModel):
    """What may be changed; `plan` is free, starter, professional or enterprise."""

    name: str | None = None
    plan: str | None = None


class HomeSeen(Shape):
    """Where a person belongs, and as what."""

    id: Id
    name: str
    role: str


class PersonSeen(Shape):
    """A person, across organizations."""

    id: Id
    email: str
    name: str
    is_superadmin: bool
    organizations: list[HomeSeen]
    created_at: Moment


class Stats(Shape):
    """How much there is; messages and events by state."""

    organizations: int
    users: int
    numbers: int
    contacts: int
    conversations: int
    messages: dict[str, int]
    webhook_events: dict[str, int]


class Search(Paging):
    """Which are wanted."""

    q: str | None = Field(None, description="Part of a name, slug or address")


@routes.get("/organizations", response_model=Listed[OrganizationSeen])
@needs(Permission.OVERSEE_PLATFORM)
def list_organizations(call: Caller, query: FromQuery[Search]) -> Page[OrganizationOverview]:
    """Every organization, newest first."""
    return platform.list_organizations(call.session, call.actor, **query.model_dump())


@routes.get("/organizations/{organization_id}", response_model=OrganizationSeen)
@needs(Permission.OVERSEE_PLATFORM)
def see_organization(call: Caller, organization_id: Id) -> OrganizationOverview:
    """One organization."""
    return platform.get_organization(call.session, call.actor, organization_id)


@routes.patch("/organizations/{organization_id}", response_model=OrganizationSeen)
@needs(Permission.OVERSEE_PLATFORM)
def move_organization(
    call: Caller, organization_id: Id, body: OrganizationSeenChange
) -> OrganizationOverview:
    """Rename an organization, or move it to another plan."""
    return platform.update_organization(call.session, call.actor, organization_id, **given(body))


@routes.get("/users", response_model=Listed[PersonSeen])
@needs(Permission.OVERSEE_PLATFORM)
def list_everybody(call: Caller, query: FromQuery[Search]) -> Page[PersonOverview]:
    """Everybody across organizations, newest first."""
    return platform.list_people(call.session, call.actor, **query.model_dump())


@routes.get("/stats")
@needs(Permission.OVERSEE_PLATFORM)
def platform_stats(call: Caller) -> Stats:
    """How much there is of everything."""
    return Stats.model_validate(platform.stats(call.session, call.actor))
