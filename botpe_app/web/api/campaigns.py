"""/api/campaigns: templates for many, and what sending one would do."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import campaign_plans, campaigns
from botpe_app.services.campaigns import CampaignItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given

routes = router("/campaigns", "Campaigns")

Variables = dict[str, dict[str, str]]


class Campaign(Shape):
    """A campaign; `variables` is by part (header, body, buttons) and name."""

    id: Id
    name: str
    account_id: Id
    template_id: Id
    contact_ids: list[Id]
    variables: dict[str, Any]
    rate_per_second: int | None
    status: str
    created_at: Moment


class NewCampaign(BaseModel):
    """A campaign to draft."""

    name: str
    account_id: str
    template_id: str
    contact_ids: list[str]
    variables: Variables = Field(
        default_factory=dict, description='Such as {"body": {"1": "{{contact.name|there}}"}}'
    )
    rate_per_second: int | None = None


class CampaignChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    account_id: str | None = None
    template_id: str | None = None
    contact_ids: list[str] | None = None
    variables: Variables | None = None
    rate_per_second: int | None = None


class MarketCost(Shape):
    """What the messages to one market cost."""

    market: str
    messages: int
    rate: float
    amount: float


class Cost(Shape):
    """An estimate from the rate card of `valid_from`, if all are delivered."""

    currency: str
    amount: float
    by_market: list[MarketCost]
    valid_from: str


class CampaignProblem(Shape):
    """Something to know before sending. An error keeps it from being sent."""

    field: str
    severity: str
    message: str


class Sample(Shape):
    """How one customer would read it."""

    contact_id: Id
    rendered: str


class Plan(Shape):
    """What launching now would do; recipients = eligible + all skipped."""

    recipients: int
    eligible: int
    skipped: dict[str, int]
    estimated_cost: Cost
    estimated_seconds: int
    problems: list[CampaignProblem]
    sample: list[Sample]


@routes.get("", response_model=Listed[Campaign])
@needs(Permission.READ)
def list_campaigns(call: Caller, query: FromQuery[Paging]) -> Page[CampaignItem]:
    """Campaigns, newest first."""
    return campaigns.list_campaigns(call.session, call.actor, **query.model_dump())


@routes.post("", status_code=201, response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def create_campaign(call: Caller, body: NewCampaign) -> CampaignItem:
    """Draft a campaign."""
    return campaigns.create_campaign(call.session, call.actor, **body.model_dump())


@routes.get("/{campaign_id}", response_model=Campaign)
@needs(Permission.READ)
def get_campaign(call: Caller, campaign_id: Id) -> CampaignItem:
    """One campaign."""
    return campaigns.get_campaign(call.session, call.actor, campaign_id)


@routes.patch("/{campaign_id}", response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def change_campaign(call: Caller, campaign_id: Id, body: CampaignChange) -> CampaignItem:
    """Change a draft."""
    return campaigns.update_campaign(call.session, call.actor, campaign_id, **given(body))


@routes.delete("/{campaign_id}", status_code=204)
@needs(Permission.MANAGE_CAMPAIGNS)
def delete_campaign(call: Caller, campaign_id: Id) -> None:
    """Remove a draft."""
    campaigns.delete_campaign(call.session, call.actor, campaign_id)


@routes.post("/{campaign_id}/dry-run", response_model=Plan)
@needs(Permission.READ)
def plan_campaign(call: Caller, campaign_id: Id) -> campaign_plans.Plan:
    """Who would get it, who would not and why, what it costs and how long it takes."""
    return campaign_plans.dry_run(call.session, call.actor, campaign_id)
