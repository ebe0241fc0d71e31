"""Figures and recipients as CSV, beside the routes that answer them as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services import (
    analytics,
    bot_analytics,
    campaign_counts,
    campaign_reports,
    conversation_analytics,
    figure_sheets,
    spans,
    template_analytics,
)
from botpe_app.services.views import Page
from botpe_app.web.api import csv_files
from botpe_app.web.api.analytics import Span
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id

routes = router("", "Sheets")

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_FIGURES = {
    "overview": analytics.overview,
    "conversations": conversation_analytics.conversation_figures,
    "templates": template_analytics.template_figures,
}


def _sheet(name: str, found: object) -> Response:
    return csv_files.whole(name, figure_sheets.figures(found))


@routes.get("/analytics/overview.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def overview_sheet(call: Caller, query: FromQuery[Span]) -> Response:
    """The overview as lines of part, row, figure and value."""
    return _analytics(call, query, "overview")


@routes.get("/analytics/conversations.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def conversations_sheet(call: Caller, query: FromQuery[Span]) -> Response:
    """The figures of conversations as lines of part, row, figure and value."""
    return _analytics(call, query, "conversations")


@routes.get("/analytics/templates.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def templates_sheet(call: Caller, query: FromQuery[Span]) -> Response:
    """The figures of templates as lines of part, row, figure and value."""
    return _analytics(call, query, "templates")


@routes.get("/analytics/bots/{bot_id}/figures.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def bot_sheet(call: Caller, bot_id: Id, query: FromQuery[Span]) -> Response:
    """A bot's figures as lines of part, row, figure and value."""
    span = spans.read(call.session, call.actor, query.since, query.until)
    found = bot_analytics.bot_figures(call.session, call.actor, bot_id, **span)
    return _sheet("bot", found)


@routes.get("/campaigns/{campaign_id}/report.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def report_sheet(call: Caller, campaign_id: Id) -> Response:
    """A campaign's report as lines of part, row, figure and value."""
    return _sheet("report", campaign_reports.report(call.session, call.actor, campaign_id))


class WhichRecipients(BaseModel):
    """Which recipients are wanted."""

    status: str | None = None


@routes.get("/campaigns/{campaign_id}/recipients.csv", response_model=None, responses=_CSV)
@needs(Permission.READ)
def recipients_sheet(
    call: Caller, campaign_id: Id, query: FromQuery[WhichRecipients]
) -> StreamingResponse:
    """Every recipient of a campaign, perhaps of one status, and what became of it."""
    campaign_counts.list_recipients(
        call.session, call.actor, campaign_id, status=query.status, limit=1
    )  # what is wrong is told before the file begins
    actor = call.actor

    def part(session: Session, cursor: str) -> Page[str]:
        return figure_sheets.recipients(
            session, actor, str(campaign_id), status=query.status, cursor=cursor
        )

    return csv_files.streamed("recipients", figure_sheets.recipients_head(), part, actor)


def _analytics(call: Caller, query: Span, name: str) -> Response:
    span = spans.read(call.session, call.actor, query.since, query.until)
    return _sheet(name, _FIGURES[name](call.session, call.actor, **span))
