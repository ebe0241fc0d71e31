"""/settings/ai of one tab."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.services import agent_runs, ai_settings
from botpe_app.services.agent_runs import RunItem, UsageItem
from botpe_app.services.ai_settings import MODELS, AiSettingsItem
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.components.charts import Series
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import Editing

_DAYS, _RUNS = 30, 20
NAMES = {
    "bot-builder": "Bot builder",
    "classify": "Sorting in bots",
    "extract": "Reading in bots",
    "intent": "Intents",
    "response": "Answers",
    "support": "Help in the inbox",
    "template": "Templates",
}
MODEL_CHOICES = [(model, model) for model in MODELS]


@dataclass(frozen=True)
class Share:
    """What one agent did in these days."""

    name: str
    runs: str
    cost: str


@dataclass(frozen=True)
class Run:
    """One run, as the list shows it."""

    id: str
    agent: str
    by: str
    cost: str
    took: str
    good: bool
    explanation: str
    at: str


class AiState(Editing, rx.State):
    """The settings, what was spent, and what the agents did."""

    may_manage: bool = False
    has_key: bool = False
    model: str = ""
    budget: str = ""
    tone: str = ""
    spent: str = ""
    share: str = "0%"  # of the budget
    share_now: int = 0
    standing: str = "ok"  # ok, warning, exhausted
    labels: rx.Field[list[str]] = rx.field(default_factory=list)
    runs_by_day: rx.Field[list[Series]] = rx.field(default_factory=list)
    cost_by_day: rx.Field[list[Series]] = rx.field(default_factory=list)  # in cents
    shares: rx.Field[list[Share]] = rx.field(default_factory=list)
    runs: rx.Field[list[Run]] = rx.field(default_factory=list)
    more: bool = False
    _next: str | None = None

    @rx.event
    async def enter(self):
        """Shows how the agents work, and what they did."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_AGENTS)
        self._show(await self._call(ai_settings.get_settings))
        used = await self._call(agent_runs.usage, days=_DAYS)
        self.labels, self.runs_by_day, self.cost_by_day = _by_day(used)
        self.shares = _by_agent(used)
        page = await self._call(agent_runs.list_runs, limit=_RUNS)
        self.runs = [_run(item) for item in page.data]
        self._next, self.more = page.next, page.next is not None
        self.errors, self.loaded = {}, True

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Changes model, budget and tone."""
        given: dict[str, Any] = {
            "model": str(form.get("model", "")),
            "tone": str(form.get("tone", "")),
        }
        try:
            given["monthly_budget_usd"] = float(str(form.get("monthly_budget_usd", "")))
        except ValueError:
            self.errors = {"monthly_budget_usd": "A number of dollars, such as 10."}
            return None
        item = await self._try(ai_settings.update_settings, **given)
        if item is None:
            return None
        self._show(item)
        return Toasts.tell("The agents work like this from now on")

    @rx.event
    async def show_more(self):
        """Reads the next runs."""
        page = await self._call(agent_runs.list_runs, limit=_RUNS, cursor=self._next)
        self.runs = [*self.runs, *(_run(item) for item in page.data)]
        self._next, self.more = page.next, page.next is not None

    def _show(self, item: AiSettingsItem) -> None:
        self.model, self.tone, self.has_key = item.model, item.tone, item.has_key
        self.budget = f"{item.monthly_budget_usd:g}"
        self.spent = f"${item.spent_usd:,.2f} of ${item.monthly_budget_usd:,.2f}"
        whole = item.monthly_budget_usd
        self.share_now = min(100, round(100 * item.spent_usd / whole)) if whole else 100
        self.share = f"{self.share_now}%"
        self.standing = item.budget_state


def _by_day(used: list[UsageItem]) -> tuple[list[str], list[Series], list[Series]]:
    """What the days are called; how often the agents ran on each, and for how many cents."""
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in reversed(range(_DAYS))]
    runs: dict[date, int] = defaultdict(int)
    cents: dict[date, float] = defaultdict(float)
    for one in used:
        runs[one.day] += one.runs
        cents[one.day] += 100 * one.cost_usd
    return (
        [f"{day.day} {day:%b}" for day in days],
        [Series("Runs", "in", [runs[day] for day in days])],
        [Series("Cost", "out", [round(cents[day], 2) for day in days])],
    )


def _by_agent(used: list[UsageItem]) -> list[Share]:
    runs: dict[str, int] = defaultdict(int)
    cost: dict[str, float] = defaultdict(float)
    for one in used:
        runs[one.agent] += one.runs
        cost[one.agent] += one.cost_usd
    order = sorted(runs, key=lambda agent: (-cost[agent], -runs[agent]))
    return [
        Share(NAMES.get(agent, agent), f"{runs[agent]:,}", f"${cost[agent]:,.4f}")
        for agent in order
    ]


def _run(item: RunItem) -> Run:
    return Run(
        item.id,
        NAMES.get(item.agent, item.agent),
        item.model or "Without Claude",
        f"${item.cost_usd:,.4f}" if item.cost_usd else "–",
        f"{item.latency_ms / 1000:.1f} s" if item.latency_ms else "–",
        item.success,
        item.explanation,
        words.stamp(item.created_at),
    )
