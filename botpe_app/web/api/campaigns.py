"""/api/campaigns: templates for many, and what sending one would do."""

from __future__ import annotations

from botpe_app.core.permissions import Permission
from botpe_app.services import (
    campaign_counts,
    campaign_launching,
    campaign_plans,
    campaign_reports,
    campaigns,
)
from botpe_app.services.campaign_views import CampaignItem, RecipientItem
from botpe_app.services.views import Page
from botpe_app.web.api.campaign_report_shapes import Report
from botpe_app.web.api.campaign_shapes import (
    Campaign,
    CampaignChange,
    NewCampaign,
    Plan,
    Recipient,
    RecipientQuery,
    Retried,
)
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Paging, given

routes = router("/campaigns", "Campaigns")


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


@routes.get("/{campaign_id}/report", response_model=Report)
@needs(Permission.READ)
def report_campaign(call: Caller, campaign_id: Id) -> campaign_reports.Report:
    """What it came to: funnel, errors by cause, hours, markets, planned and real cost."""
    return campaign_reports.report(call.session, call.actor, campaign_id)
