"""/api/campaigns: templates for many, and what sending one would do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import campaign_counts, campaign_launching, campaign_plans, campaigns
from botpe_app.services.campaign_views import CampaignItem, RecipientItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given

routes = router("/campaigns", "Campaigns")

Variables = dict[str, dict[str, str]]


class Counts(Shape):
    """What became of the recipients, who are queued, held, sent, failed, uncertain or skipped.

    Cumulative: sent ≥ delivered ≥ read.
    """

    recipients: int
    queued: int
    held: int
    sent: int
    delivered: int
    read: int
    failed: int
    uncertain: int
    skipped: int
    replied: int
    clicked: int


class Campaign(Shape):
    """A campaign; `variables` is by part (header, body, buttons) and name.

    `status` is draft, scheduled, running, paused, completed (nobody is left to send to) or
    cancelled; `reason` says why it is paused.
    """

    id: Id
    name: str
    account_id: Id
    template_id: Id
    segment_id: Id | None
    contact_ids: list[Id]
    variables: dict[str, Any]
    rate_per_second: int | None
    status: str
    reason: str
    counts: Counts
    scheduled_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    created_at: Moment


class NewCampaign(BaseModel):
    """A campaign to draft."""

    name: str
    account_id: str
    template_id: str
    segment_id: str | None = None
    contact_ids: list[str] | None = Field(None, description="Instead of a segment")
    variables: Variables = Field(
        default_factory=dict, description='Such as {"body": {"1": "{{contact.name|there}}"}}'
    )
    rate_per_second: int | None = None
    scheduled_at: datetime | None = Field(None, description="When a launched one begins")


class CampaignChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    account_id: str | None = None
    template_id: str | None = None
    segment_id: str | None = None
    contact_ids: list[str] | None = None
    variables: Variables | None = None
    rate_per_second: int | None = None
    scheduled_at: datetime | None = None


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


class RecipientError(Shape):
    """Why a message failed."""

    code: int
    title: str
    details: str


class Recipient(Shape):
    """Somebody a campaign is for. `status` is skipped (see `reason`) or as a message's."""

    contact_id: Id
    name: str
    phone: str | None
    status: str
    reason: str
    message_id: Id | None
    error: RecipientError | None
    sent_at: Moment | None
    delivered_at: Moment | None
    read_at: Moment | None
    replied_at: Moment | None
    clicked_at: Moment | None


class RecipientQuery(Paging):
    """Which recipients are wanted."""

    status: str | None = Field(None, description="Only those of this status")


class Retried(Shape):
    """How many failed messages are sent again, and the campaign's status now."""

    retried: int
    status: str


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


@routes.post("/{campaign_id}/launch", response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def launch_campaign(call: Caller, campaign_id: Id) -> CampaignItem:
    """Begin it now, or at `scheduled_at`. Whom it is for is settled when it begins."""
    return campaign_launching.launch(call.session, call.actor, campaign_id)


@routes.post("/{campaign_id}/pause", response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def pause_campaign(call: Caller, campaign_id: Id) -> CampaignItem:
    """Stop sending; it can go on later."""
    return campaign_launching.pause(call.session, call.actor, campaign_id)


@routes.post("/{campaign_id}/resume", response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def resume_campaign(call: Caller, campaign_id: Id) -> CampaignItem:
    """Go on where it stopped."""
    return campaign_launching.resume(call.session, call.actor, campaign_id)


@routes.post("/{campaign_id}/cancel", response_model=Campaign)
@needs(Permission.MANAGE_CAMPAIGNS)
def cancel_campaign(call: Caller, campaign_id: Id) -> CampaignItem:
    """End it for good; who has not got it does not get it."""
    return campaign_launching.cancel(call.session, call.actor, campaign_id)


@routes.post("/{campaign_id}/retry-failed", response_model=Retried)
@needs(Permission.MANAGE_CAMPAIGNS)
def retry_campaign(call: Caller, campaign_id: Id) -> Retried:
    """Send again what failed for a reason that may be gone; never what may have arrived."""
    retried, status = campaign_launching.retry_failed(call.session, call.actor, campaign_id)
    return Retried(retried=retried, status=status)


@routes.get("/{campaign_id}/recipients", response_model=Listed[Recipient])
@needs(Permission.READ)
def list_recipients(
    call: Caller, campaign_id: Id, query: FromQuery[RecipientQuery]
) -> Page[RecipientItem]:
    """Who gets it and what became of it, once it has begun."""
    return campaign_counts.list_recipients(
        call.session, call.actor, campaign_id, **query.model_dump()
    )
