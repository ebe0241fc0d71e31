"""/api/agents/runs and /usage: what the agents did, and what it cost."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import agent_runs
from botpe_app.services.agent_runs import RunItem, UsageItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape

routes = router("/agents", "Agents")


class ToolCalled(Shape):
    """What was called in a run beside the model, and what came of it."""

    name: str
    outcome: str


class AgentRun(Shape):
    """One run of an agent, its cost and why it answered so.

    `source` is claude, cache (the same was asked a while ago) or local; `state` is running,
    cancelling, cancelled, done, or lost where nobody knows what came of it.
    """

    id: Id
    agent: str
    source: str
    state: str
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    latency_ms: int
    success: bool
    error: str | None
    explanation: str
    created_at: Moment
    tools: list[ToolCalled]
    bot_id: Id | None
    bot: str


class RunQuery(Paging):
    """Which runs are wanted."""

    agent: str | None = None
    bot_id: UUID | None = None


@routes.get("/runs", response_model=Listed[AgentRun])
@needs(Permission.READ)
def list_runs(call: Caller, query: FromQuery[RunQuery]) -> Page[RunItem]:
    """What the agents did, newest first."""
    return agent_runs.list_runs(call.session, call.actor, **query.model_dump())


@routes.post("/runs/{run_id}/cancel", response_model=AgentRun)
@needs(Permission.ANSWER)
def cancel_run(call: Caller, run_id: Id) -> RunItem:
    """End a run that is under way; no more is spent, and the agent does without Claude."""
    return agent_runs.cancel(call.session, call.actor, run_id)


class Usage(Shape):
    """What an agent did on a day (UTC), summed: for a bot, or null where none had it work."""

    day: date
    agent: str
    runs: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    bot_id: Id | None
    bot: str


class UsageQuery(BaseModel):
    """How far back."""

    days: int = Field(30, ge=1, le=366)


class AllUsage(Shape):
    """Every day on which an agent did something."""

    data: list[Usage]


@routes.get("/usage", response_model=AllUsage)
@needs(Permission.READ)
def get_usage(call: Caller, query: FromQuery[UsageQuery]) -> dict[str, list[UsageItem]]:
    """What the agents did and cost by day, oldest first."""
    return {"data": agent_runs.usage(call.session, call.actor, days=query.days)}
