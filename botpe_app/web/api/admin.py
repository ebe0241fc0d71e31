"""/api/admin: the platform, to its owner."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import platform, platform_health
from botpe_app.services.findings import Finding
from botpe_app.services.platform import OrganizationOverview, PersonOverview
from botpe_app.services.platform_health import FailedJob, LaneHealth, NumberOverview
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

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


class NumberSeen(Shape):
    """A WhatsApp number of any organization."""

    id: Id
    organization_id: Id
    organization_name: str
    name: str
    phone: str
    status: str
    paused_reason: str | None
    quality: str | None
    messaging_limit: str | None
    created_at: Moment


class FindingSeen(Shape):
    """One thing that was looked at; `state` is ok, warn or bad."""

    check: str
    state: str
    message: str
    mend: str


class LaneSeen(Shape):
    """A lane of work."""

    lane: str
    waiting: int
    oldest_seconds: int
    has_worker: bool
    failed: int


class Health(Shape):
    """Whether the platform is healthy: what was looked at, and the lanes."""

    healthy: bool
    findings: list[FindingSeen]
    lanes: list[LaneSeen]


class FailedJobSeen(Shape):
    """Work that was given up after its tries."""

    lane: str
    id: str
    what: str
    problem: str
    attempts: int
    at: Moment


class Again(BaseModel):
    """Which work to try again."""

    lane: str
    id: str


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


@routes.get("/numbers", response_model=Listed[NumberSeen])
@needs(Permission.OVERSEE_PLATFORM)
def list_numbers(call: Caller, query: FromQuery[Search]) -> Page[NumberOverview]:
    """Every organization's WhatsApp numbers, newest first."""
    return platform_health.list_numbers(call.session, call.actor, **query.model_dump())


@routes.get("/health")
@needs(Permission.OVERSEE_PLATFORM)
def platform_health_now(call: Caller) -> Health:
    """What `botpe doctor` finds, and how the lanes of work stand."""
    findings: list[Finding] = platform_health.health(call.session, call.actor)
    lanes: list[LaneHealth] = platform_health.lanes(call.session, call.actor)
    return Health(
        healthy=all(one.state != "bad" for one in findings),
        findings=[FindingSeen.model_validate(one) for one in findings],
        lanes=[LaneSeen.model_validate(one) for one in lanes],
    )


@routes.get("/failed-jobs", response_model=Listed[FailedJobSeen])
@needs(Permission.OVERSEE_PLATFORM)
def list_failed_jobs(call: Caller, query: FromQuery[Paging]) -> Page[FailedJob]:
    """The newest work of each lane that was given up."""
    return page_of(platform_health.failed_jobs(call.session, call.actor), query)


@routes.post("/failed-jobs/retry", status_code=204)
@needs(Permission.OVERSEE_PLATFORM)
def retry_failed_job(call: Caller, body: Again) -> None:
    """Try a piece of work again from the beginning."""
    platform_health.retry(call.session, call.actor, lane=body.lane, id=body.id)
