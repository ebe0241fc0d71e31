"""/api/analytics: how it goes, in figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import (
    analytics,
    bot_analytics,
    bots_analytics,
    campaign_reports,
    conversation_analytics,
    spans,
    template_analytics,
)
from botpe_app.services.bot_analytics import BotFigures
from botpe_app.web.api import analytics_shapes as shapes
from botpe_app.web.api.bot_figure_shapes import BotAnalytics
from botpe_app.web.api.campaign_report_shapes import Report
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id

routes = router("/analytics", "Analytics")


class Span(BaseModel):
    """Which days or times are meant, the last 30 days unless said. A day is the organization's."""

    since: Annotated[str | None, Field(alias="from")] = None
    until: Annotated[str | None, Field(alias="to")] = None


@routes.get("/overview", response_model=shapes.Overview)
@needs(Permission.READ)
def get_overview(call: Caller, query: FromQuery[Span]) -> analytics.Overview:
    """Messages, contacts and AI, day by day and against the stretch before."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    return analytics.overview(call.session, call.actor, **span)


@routes.get("/conversations", response_model=shapes.ConversationFigures)
@needs(Permission.READ)
def get_conversation_figures(
    call: Caller, query: FromQuery[Span]
) -> conversation_analytics.ConversationFigures:
    """How many, how soon they are answered and resolved, by whom, and when customers write."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    return conversation_analytics.conversation_figures(call.session, call.actor, **span)


@routes.get("/templates", response_model=shapes.TemplatesFigures)
@needs(Permission.READ)
def get_template_figures(
    call: Caller, query: FromQuery[Span]
) -> template_analytics.TemplatesFigures:
    """What became of each template's messages, who answered, and what they cost."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    return template_analytics.template_figures(call.session, call.actor, **span)


@routes.get("/campaigns/{campaign_id}", response_model=Report)
@needs(Permission.READ)
def get_campaign_figures(call: Caller, campaign_id: Id) -> campaign_reports.Report:
    """What a campaign came to: the same as its report."""
    return campaign_reports.report(call.session, call.actor, campaign_id)


@routes.get("/bots", response_model=shapes.BotsFigures)
@needs(Permission.READ)
def get_bots_figures(call: Caller, query: FromQuery[Span]) -> bots_analytics.BotsFigures:
    """How bots do side by side: conversations, how many needed nobody, time to finish."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    return bots_analytics.bots_figures(call.session, call.actor, **span)


@routes.get("/bots/{bot_id}", response_model=BotAnalytics)
@needs(Permission.READ)
def get_bot_analytics(call: Caller, bot_id: Id, query: FromQuery[Span]) -> BotFigures:
    """How far customers come with a bot, where they leave, what they answer, who is called."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    return bot_analytics.bot_figures(call.session, call.actor, bot_id, **span)
