"""Analytics of one tab; the address says which figures, and of which days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import reflex as rx

from botpe_app.db import Session
from botpe_app.errors import Invalid
from botpe_app.services import (
    analytics,
    bots_analytics,
    campaigns,
    conversation_analytics,
    spans,
    template_analytics,
)
from botpe_app.services.access import Actor
from botpe_app.ui import words
from botpe_app.ui.analytics import figures
from botpe_app.ui.analytics.figures import Card, Plot, Row, Sheet
from botpe_app.ui.base import PageState
from botpe_app.ui.session import SessionState

TABS = ("overview", "conversations", "bots", "campaigns", "templates")
RANGES = (7, 30, 90)  # days, today included


class AnalyticsState(PageState, rx.State):
    """A tab's cards, charts and table."""

    loaded: bool = False
    tab: str = TABS[0]
    days: int = 30  # 0 for days of one's own choice
    since: str = ""
    until: str = ""
    problem: str = ""
    cards: rx.Field[list[Card]] = rx.field(default_factory=list)
    plots: rx.Field[list[Plot]] = rx.field(default_factory=list)
    heat: rx.Field[list[list[int]]] = rx.field(default_factory=list)
    table: str = ""
    heads: rx.Field[list[str]] = rx.field(default_factory=list)
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    cells: rx.Field[list[list[str]]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows what the address asks for."""
        asked = self._query()
        tab = asked.get("tab", TABS[0])
        self.tab = tab if tab in TABS else TABS[0]
        zone = words.zone((await self.get_state(SessionState))._zone)
        today = datetime.now(UTC).astimezone(zone).date()
        self.since, self.until = asked.get("from", "")[:10], asked.get("to", "")[:10]
        days = asked.get("days", "")
        self.days = int(days) if days in map(str, RANGES) else 0 if self.since else 30
        if self.days or not self.until:
            length = self.days or 30
            self.until = f"{today}"
            self.since = self.since if not self.days else f"{today - timedelta(days=length - 1)}"
        await self._read()

    @rx.event
    def choose(self, form: dict[str, str]):
        """Shows the days that a form names."""
        since, until = str(form.get("from", ""))[:10], str(form.get("to", ""))[:10]
        return rx.redirect(self._address({"from": since, "to": until}))

    def _address(self, asked: dict[str, str]) -> str:
        query = urlencode({"tab": self.tab, **{k: v for k, v in asked.items() if v}})
        return f"/analytics?{query}"

    async def _read(self) -> None:
        try:
            sheet = await self._call(_sheet, self.tab, self.since, self.until)
        except Invalid as error:
            self.problem, self.loaded = error.message, True
            return
        self.problem = ""
        self.cards, self.plots, self.heat = sheet.cards, sheet.plots, sheet.heat
        self.table, self.heads, self.rows = sheet.table, sheet.heads, sheet.rows
        self.cells = sheet.cells
        self.loaded = True


def _sheet(session: Session, actor: Actor, tab: str, since: str, until: str) -> Sheet:
    span = spans.read(session, actor, since, until)
    match tab:
        case "conversations":
            found = conversation_analytics.conversation_figures(session, actor, **span)
            return figures.conversations(found)
        case "bots":
            return figures.bots(bots_analytics.bots_figures(session, actor, **span))
        case "templates":
            return figures.templates(template_analytics.template_figures(session, actor, **span))
        case "campaigns":
            page = campaigns.list_campaigns(session, actor, limit=200)
            begun = [
                item
                for item in page.data
                if item.started_at and span["since"] <= item.started_at < span["until"]
            ]
            return figures.campaigns(begun)
        case _:
            return figures.overview(analytics.overview(session, actor, **span))
