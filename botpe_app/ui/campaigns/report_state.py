"""A campaign that has begun, in one tab: live counts, causes, recipients, and its controls."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import BotpeError, NotFound
from botpe_app.services import campaign_counts, campaign_launching, campaign_reports, campaigns
from botpe_app.services.access import Actor
from botpe_app.services.campaign_reports import Report
from botpe_app.services.campaign_views import CampaignItem, RecipientItem
from botpe_app.services.views import Page
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.campaigns import rows
from botpe_app.ui.campaigns.rows import Cause, Line, Recipient, Shown
from botpe_app.ui.components import Series, Toasts
from botpe_app.ui.session import SessionState

PAGE = 50
_VERBS: dict[str, tuple[Any, str]] = {
    "pause": (campaign_launching.pause, "is paused"),
    "resume": (campaign_launching.resume, "goes on"),
    "cancel": (campaign_launching.cancel, "is cancelled"),
}


class ReportState(PageState, rx.State):
    """What became of a campaign so far."""

    campaign: Shown = Shown()
    may_manage: bool = False
    funnel: rx.Field[list[Line]] = rx.field(default_factory=list)
    rest: rx.Field[list[Line]] = rx.field(default_factory=list)
    left_out: rx.Field[list[Line]] = rx.field(default_factory=list)
    causes: rx.Field[list[Cause]] = rx.field(default_factory=list)
    retryable: bool = False
    markets: rx.Field[list[Line]] = rx.field(default_factory=list)
    cost: str = ""
    variants: rx.Field[list[Line]] = rx.field(default_factory=list)
    verdicts: rx.Field[list[str]] = rx.field(default_factory=list)
    hours: rx.Field[list[str]] = rx.field(default_factory=list)
    by_hour: rx.Field[list[Series]] = rx.field(default_factory=list)
    recipients: rx.Field[list[Recipient]] = rx.field(default_factory=list)
    status: str = ""
    page: int = 0
    more: bool = False
    cancelling: bool = False
    _starts: rx.Field[list[str]] = rx.field(default_factory=lambda: [""])
    _next: str = ""

    @rx.event
    async def show(self, campaign_id: str):
        """Shows a campaign."""
        if campaign_id != self.campaign.id:
            self.reset()
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_CAMPAIGNS)
        await self._read(campaign_id)

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the page's state passes on what the live relay told it."""
        if self.campaign.id:
            await self._read(self.campaign.id)

    @rx.event
    async def act(self, verb: str):
        """Pauses, resumes or cancels it."""
        self.cancelling = False
        if verb not in _VERBS:
            return None
        service, said = _VERBS[verb]
        try:
            item = await self._call(service, self.campaign.id)
        except BotpeError as error:
            return Toasts.tell(error.message, "bad")
        await self._read(item.id)
        return Toasts.tell(f"{item.name} {said}")

    @rx.event
    def ask_cancel(self, asked: bool):
        """Asks whether to end it for good."""
        self.cancelling = bool(asked)

    @rx.event
    async def retry(self):
        """Tries again what failed and may work now."""
        try:
            found, _ = await self._call(campaign_launching.retry_failed, self.campaign.id)
        except BotpeError as error:
            return Toasts.tell(error.message, "bad")
        await self._read(self.campaign.id)
        return Toasts.tell(f"{found:,} messages are tried again")

    @rx.event
    async def of_status(self, status: str):
        """Shows only recipients of a status; "" all."""
        self.status = status if status in campaign_counts.STATUSES else ""
        self.page, self._starts = 0, [""]
        await self._read(self.campaign.id)

    @rx.event
    async def forward(self):
        """The next page of recipients."""
        if self._next:
            self.page += 1
            self._starts = [*self._starts[: self.page], self._next]
            await self._read(self.campaign.id)

    @rx.event
    async def back(self):
        """The page of recipients before."""
        self.page = max(self.page - 1, 0)
        await self._read(self.campaign.id)

    async def _read(self, campaign_id: str) -> None:
        cursor = self._starts[self.page] if self.page < len(self._starts) else ""
        try:
            item, found, page = await self._call(_report, campaign_id, self.status, cursor)
        except NotFound:
            self.campaign = Shown()
            return
        self.campaign = rows.shown(item)
        self.funnel, self.rest = rows.funnel(item.counts), rows.rest(item.counts)
        self.left_out, self.causes = rows.left_out(found.skipped), rows.causes(found)
        self.retryable = any(cause.retryable for cause in found.errors)
        self.markets, self.cost = rows.markets(found), rows.cost(found)
        self.variants, self.verdicts = rows.variants(found), rows.verdicts(found)
        zone = (await self.get_state(SessionState))._zone
        self.hours, self.by_hour = rows.hours(found, words.zone(zone))
        self.recipients = [rows.recipient(each) for each in page.data]
        self._next, self.more = page.next or "", page.next is not None


def _report(
    session: Session, actor: Actor, campaign_id: str, status: str, cursor: str
) -> tuple[CampaignItem, Report, Page[RecipientItem]]:
    return (
        campaigns.get_campaign(session, actor, campaign_id),
        campaign_reports.report(session, actor, campaign_id),
        campaign_counts.list_recipients(
            session, actor, campaign_id, status=status or None, limit=PAGE, cursor=cursor or None
        ),
    )
