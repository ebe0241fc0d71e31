"""/api/agents: what the agents make of a text, and what they did."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import agent_runs, agents
from botpe_app.services.agent_runs import RunItem
from botpe_app.services.agents import Understood
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape

routes = router("/agents", "Agents")


class FoundEntity(Shape):
    """Something that a text names, and where it stands in it."""

    name: str
    value: str
    start: int
    end: int


class Understanding(Shape):
    """What a text means. `intent` is null where it means none of yours."""

    intent: str | None
    confidence: float
    candidates: list[tuple[str, float]]
    entities: list[FoundEntity]
    sentiment: str
    urgency: str
    language: str | None
    source: str
    run_id: Id


class Utterance(BaseModel):
    """A customer's words."""

    text: str


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


@routes.post("/intent", response_model=Understanding)
@needs(Permission.ANSWER)
def understand(call: Caller, body: Utterance) -> Understood:
    """What a text means: intent, entities, feeling, urgency and language; needs no key."""
    return agents.understand(call.session, call.actor, body.text)


@routes.get("/runs", response_model=Listed[AgentRun])
@needs(Permission.READ)
def list_runs(call: Caller, query: FromQuery[RunQuery]) -> Page[RunItem]:
    """What the agents did, newest first."""
    return agent_runs.list_runs(call.session, call.actor, **query.model_dump())
