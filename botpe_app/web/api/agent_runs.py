"""/api/agents/runs and /usage: what the agents did, and what it cost."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import agent_runs
from botpe_app.services.agent_runs import RunItem, UsageItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape

routes = router("/agents", "Agents")


class AgentRun(Shape):
    """One run of an agent, its cost and why it answered so."""

    id: Id
    agent: str
    source: str
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    latency_ms: int
    success: bool
    error: str | None
    explanation: str
    created_at: Moment


class RunQuery(Paging):
    """Which runs are wanted."""

    agent: str | None = None


@routes.get("/runs", response_model=Listed[AgentRun])
@needs(Permission.READ)
def list_runs(call: Caller, query: FromQuery[RunQuery]) -> Page[RunItem]:
    """What the agents did, newest first."""
    return agent_runs.list_runs(call.session, call.actor, **query.model_dump())


class Usage(Shape):
    """What an agent did on a day (UTC), summed."""

    day: date
    agent: str
    runs: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


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
