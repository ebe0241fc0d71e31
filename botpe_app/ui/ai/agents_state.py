"""/settings/ai of one tab."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.services import agent_runs, ai_settings
from botpe_app.services.agent_runs import RunItem, UsageItem
from botpe_app.services.ai_settings import EFFORTS, MODELS, AiSettingsItem, Way
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
EFFORT_CHOICES = [(effort, effort.capitalize()) for effort in EFFORTS]
OF_ONE = "way_"  # before the names of the fields in the form of one agent
_NUMBERS = {"monthly_budget_usd": float, "max_tokens": int, "cache_minutes": int}
_OF_ONE = ("model", "effort", "max_tokens", "monthly_budget_usd")
_OF_ALL = (*_OF_ONE, "tone", "cache_minutes")


@dataclass(frozen=True)
class Share:
    """What one agent did in these days, or one bot had them do."""

    name: str
    runs: str
    cost: str


@dataclass(frozen=True)
class Working:
    """How one agent works; "" where it does as all do."""

    agent: str = ""
    name: str = ""
    model: str = ""
    effort: str = ""
    max_tokens: str = ""
    budget: str = ""
    words: str = ""


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
    tools: str
    at: str
    state: str


class AiState(Editing, rx.State):
    """The settings, what was spent, and what the agents did."""

    may_manage: bool = False
    may_answer: bool = False
    has_key: bool = False
    model: str = ""
    budget: str = ""
    tone: str = ""
    effort: str = ""
    max_tokens: str = ""
    cache_minutes: str = ""
    ways: rx.Field[list[Working]] = rx.field(default_factory=list)
    way: Working = Working()  # whose form it is
    spent: str = ""
    share: str = "0%"  # of the budget
    share_now: int = 0
    standing: str = "ok"  # ok, warning, exhausted
    labels: rx.Field[list[str]] = rx.field(default_factory=list)
    runs_by_day: rx.Field[list[Series]] = rx.field(default_factory=list)
    cost_by_day: rx.Field[list[Series]] = rx.field(default_factory=list)  # in cents
    shares: rx.Field[list[Share]] = rx.field(default_factory=list)
    bots: rx.Field[list[Share]] = rx.field(default_factory=list)
    runs: rx.Field[list[Run]] = rx.field(default_factory=list)
    more: bool = False
    _next: str | None = None

    @rx.event
    async def enter(self):
        """Shows how the agents work, and what they did."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_AGENTS)
        self.may_answer = may(session._role, Permission.ANSWER)
        self._show(await self._call(ai_settings.get_settings))
        used = await self._call(agent_runs.usage, days=_DAYS)
        self.labels, self.runs_by_day, self.cost_by_day = _by_day(used)
        self.shares = _shares((one.agent, NAMES.get(one.agent, one.agent), one) for one in used)
        self.bots = _shares_of_bots(used)
        await self._read_runs()
        self._open("")
        self.loaded = True

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Changes how all agents work."""
        if await self._change(form, _OF_ALL, lambda given: given):
            return Toasts.tell("The agents work like this from now on")
        return None

    @rx.event
    def edit_way(self, agent: str):
        """Opens the form of one agent."""
        self.way = next((way for way in self.ways if way.agent == agent), Working())
        self._open(self.way.agent)

    @rx.event
    async def save_way(self, form: dict[str, Any]):
        """Changes how one agent works."""
        way = self.way
        form = {name.removeprefix(OF_ONE): value for name, value in form.items()}
        if await self._change(form, _OF_ONE, lambda given: {"agents": {way.agent: given}}):
            self.editing = ""
            return Toasts.tell(f"{way.name}: from now on like this")
        return None

    @rx.event
    async def cancel(self, run_id: str):
        """Ends a run that is under way."""
        try:
            await self._call(agent_runs.cancel, run_id)
        finally:
            await self._read_runs()

    async def _change(
        self,
        form: dict[str, Any],
        names: tuple[str, ...],
        placed: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> bool:
        """Whether the form could be taken; its faults are shown where it could not."""
        given: dict[str, Any] = {}
        for name in names:
            said = str(form.get(name, "")).strip()
            try:
                given[name] = _NUMBERS[name](said) if name in _NUMBERS and said else said
            except ValueError:
                self.errors = {name: "A number is needed."}
                return False
            if name in _NUMBERS and not said:
                given[name] = None
        item = await self._try(ai_settings.update_settings, **placed(given))
        if item is None:
            self.errors = {name.rpartition(".")[2]: why for name, why in self.errors.items()}
            return False
        self._show(item)
        return True

    async def _read_runs(self) -> None:
        page = await self._call(agent_runs.list_runs, limit=_RUNS)
        self.runs = [_run(item) for item in page.data]
        self._next, self.more = page.next, page.next is not None

    @rx.event
    async def show_more(self):
        """Reads the next runs."""
        page = await self._call(agent_runs.list_runs, limit=_RUNS, cursor=self._next)
        self.runs = [*self.runs, *(_run(item) for item in page.data)]
        self._next, self.more = page.next, page.next is not None

    def _show(self, item: AiSettingsItem) -> None:
        self.model, self.tone, self.has_key = item.model, item.tone, item.has_key
        self.effort, self.max_tokens = item.effort, _number(item.max_tokens)
        self.cache_minutes = str(item.cache_minutes)
        self.ways = [_working(agent, way) for agent, way in item.agents.items()]
        self.budget = f"{item.monthly_budget_usd:g}"
        self.spent = f"${item.spent_usd:,.2f} of ${item.monthly_budget_usd:,.2f}"
        whole = item.monthly_budget_usd
        self.share_now = min(100, round(100 * item.spent_usd / whole)) if whole else 100
        self.share = f"{self.share_now}%"
        self.standing = item.budget_state


def _working(agent: str, way: Way) -> Working:
    budget = "" if way.monthly_budget_usd is None else f"{way.monthly_budget_usd:g}"
    said = (
        way.model,
        way.effort and f"{way.effort} effort",
        way.max_tokens and f"up to {way.max_tokens:,} tokens",
        budget and f"at most ${budget} a month",
    )
    return Working(
        agent,
        NAMES[agent],
        way.model,
        way.effort,
        _number(way.max_tokens),
        budget,
        ", ".join(str(one) for one in said if one) or "As all do",
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


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


def _shares_of_bots(used: list[UsageItem]) -> list[Share]:
    """Two bots may have one name; those that are gone share a line."""
    return _shares(
        (one.bot_id if one.bot else "", one.bot or "A bot that is gone", one)
        for one in used
        if one.bot_id
    )


def _shares(used: Iterable[tuple[str, str, UsageItem]]) -> list[Share]:
    """What each agent or bot did, by its key and name, the dearest first."""
    names: dict[str, str] = {}
    runs: dict[str, int] = defaultdict(int)
    cost: dict[str, float] = defaultdict(float)
    for key, name, one in used:
        names[key] = name
        runs[key] += one.runs
        cost[key] += one.cost_usd
    order = sorted(runs, key=lambda key: (-cost[key], -runs[key]))
    return [Share(names[key], f"{runs[key]:,}", f"${cost[key]:,.4f}") for key in order]


def _run(item: RunItem) -> Run:
    return Run(
        item.id,
        f"{NAMES.get(item.agent, item.agent)} · {item.bot}"
        if item.bot
        else NAMES.get(item.agent, item.agent),
        "Answered before" if item.source == "cache" else item.model or "Without Claude",
        f"${item.cost_usd:,.4f}" if item.cost_usd else "–",
        f"{item.latency_ms / 1000:.1f} s" if item.latency_ms else "–",
        item.success,
        item.explanation,
        " · ".join(f"{tool.name.replace('_', ' ')}: {tool.outcome}" for tool in item.tools),
        words.stamp(item.created_at),
        item.state,
    )
