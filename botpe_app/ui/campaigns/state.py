"""The list of campaigns of one tab."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import NotFound
from botpe_app.services import campaigns, templates
from botpe_app.services.access import Actor
from botpe_app.services.campaign_views import CampaignItem
from botpe_app.services.views import Page
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.campaigns import rows
from botpe_app.ui.campaigns.report_state import ReportState
from botpe_app.ui.campaigns.rows import Row
from botpe_app.ui.campaigns.wizard_state import WizardState
from botpe_app.ui.session import SessionState

PAGE, MOST = 30, 200
TOPICS = ("campaigns", "inbox")  # statuses of their messages come as the inbox's


class CampaignsState(PageState, rx.State):
    """What campaigns there are, and which one is open how."""

    loaded: bool = False
    may_manage: bool = False
    mode: str = ""  # "", draft, begun, missing
    campaigns: rx.Field[list[Row]] = rx.field(default_factory=list)
    more_there: bool = False
    _shown: int = PAGE

    @rx.event
    async def enter(self):
        """Shows the list, the wizard, or the campaign that the address names."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_CAMPAIGNS)
        live.listen(self.router.session.client_token, dict.fromkeys(TOPICS, CampaignsState.refresh))
        asked = self._query().get("c", "")[:64]
        if not asked:
            self.mode = ""
            await self._read()
            return None
        if asked == "new":
            self.mode = "draft" if self.may_manage else ""
            return WizardState.begin("")
        return await self._open(asked)

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        if self.mode == "":
            await self._read()
        shown = [ReportState.refresh(topics)] if self.mode == "begun" else []
        # This stands in the place of the frame's own handler, which counts what is unread.
        return [*shown, SessionState.refresh(topics)] if "inbox" in topics else shown

    @rx.event
    async def more(self):
        """Shows more campaigns."""
        self._shown = min(self._shown + PAGE, MOST)
        await self._read()

    async def _open(self, campaign_id: str):
        item = await self._call(_found, campaign_id)
        if item is None:
            self.mode = "missing"
            return None
        if item.status in ("draft", "scheduled") and self.may_manage:
            self.mode = "draft"
            return WizardState.begin(campaign_id)
        self.mode = "begun"
        return ReportState.show(campaign_id)

    async def _read(self) -> None:
        page, named = await self._call(_list, self._shown)
        self.campaigns = [rows.row(item, named) for item in page.data]
        self.more_there = page.next is not None and self._shown < MOST
        self.loaded = True


def _list(session: Session, actor: Actor, limit: int) -> tuple[Page[CampaignItem], dict[str, str]]:
    page = campaigns.list_campaigns(session, actor, limit=limit)
    known = templates.list_templates(session, actor, limit=200).data
    return page, {item.id: f"{item.name} ({item.language})" for item in known}


def _found(session: Session, actor: Actor, campaign_id: str) -> CampaignItem | None:
    try:
        return campaigns.get_campaign(session, actor, campaign_id)
    except NotFound:
        return None
