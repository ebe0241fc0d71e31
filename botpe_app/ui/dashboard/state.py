"""The dashboard of one tab."""

from __future__ import annotations

from datetime import UTC, datetime

import reflex as rx

from botpe_app.config import settings
from botpe_app.services import dashboard
from botpe_app.services.views import Problem
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Series
from botpe_app.ui.dashboard import figures
from botpe_app.ui.dashboard.figures import RANGES, Card, Number, Step


class DashboardState(PageState, rx.State):
    """Cards, chart, problems and the first steps."""

    loaded: bool = False
    days: int = RANGES[0]
    cards: rx.Field[list[Card]] = rx.field(default_factory=list)
    labels: rx.Field[list[str]] = rx.field(default_factory=list)
    series: rx.Field[list[Series]] = rx.field(default_factory=list)
    steps: rx.Field[list[Step]] = rx.field(default_factory=list)
    numbers: rx.Field[list[Number]] = rx.field(default_factory=list)
    problems: rx.Field[list[Problem]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows the range the address asks for."""
        asked = self._query().get("days", "")
        self.days = int(asked) if asked in map(str, RANGES) else RANGES[0]
        token = self.router.session.client_token
        live.listen(token, dict.fromkeys(("dashboard", "accounts"), DashboardState.refresh))
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Counts anew; the live relay calls it."""
        await self._read()

    async def _read(self) -> None:
        found = await self._call(dashboard.overview, now=datetime.now(UTC), days=self.days)
        self.cards = figures.cards(found)
        self.labels, self.series = figures.labels(found), figures.series(found)
        self.steps = figures.steps(found, simulated=settings().simulated)
        self.numbers = figures.numbers(found.accounts)
        self.problems = found.problems
        self.loaded = True
