"""/api/ai-settings: the agents' model, effort, limits, budget and tone, of all or of one."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import ai_settings
from botpe_app.services.ai_settings import AiSettingsItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Shape, given

routes = router("/ai-settings", "Agents")


class AgentWay(Shape):
    """How one agent works; empty or null where it does as all do."""

    model: str
    effort: str
    max_tokens: int | None
    monthly_budget_usd: float | None


class AiSettings(Shape):
    """The settings and this month's spending; `budget_state` is ok, warning or exhausted.

    `effort` (low, medium, high) and `max_tokens` are empty and null for each agent's own.
    """

    model: str
    monthly_budget_usd: float
    tone: str
    effort: str
    max_tokens: int | None
    cache_minutes: int
    agents: dict[str, AgentWay]
    spent_usd: float
    budget_state: str
    has_key: bool


class AgentWayChange(BaseModel):
    """What one agent does differently; empty or null: as all do. What is not named stays."""

    model: str | None = None
    effort: str | None = None
    max_tokens: int | None = None
    monthly_budget_usd: float | None = None


class AiSettingsChange(BaseModel):
    """What may be changed; what is not named stays."""

    model: str | None = Field(None, description="Empty for the usual one")
    monthly_budget_usd: float | None = None
    tone: str | None = None
    effort: str | None = Field(None, description="low, medium or high; empty for each agent's own")
    max_tokens: int | None = Field(None, description="Of an answer; null for each agent's own")
    cache_minutes: int | None = Field(
        None, description="How long the same question gets the same answer without spending"
    )
    agents: dict[str, AgentWayChange] | None = Field(None, description="By the agent's name")


@routes.get("", response_model=AiSettings)
@needs(Permission.READ)
def get_settings(call: Caller) -> AiSettingsItem:
    """How your agents work, and what they have cost this month."""
    return ai_settings.get_settings(call.session, call.actor)


@routes.patch("", response_model=AiSettings)
@needs(Permission.MANAGE_AGENTS)
def change_settings(call: Caller, body: AiSettingsChange) -> AiSettingsItem:
    """Change how your agents work. At its budget an agent does its best without Claude."""
    return ai_settings.update_settings(call.session, call.actor, **given(body))
