"""/api/ai-settings: the agents' model, budget and tone."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import ai_settings
from botpe_app.services.ai_settings import AiSettingsItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Shape, given

routes = router("/ai-settings", "Agents")


class AiSettings(Shape):
    """The settings and this month's spending; `budget_state` is ok, warning or exhausted."""

    model: str
    monthly_budget_usd: float
    tone: str
    spent_usd: float
    budget_state: str
    has_key: bool


class AiSettingsChange(BaseModel):
    """What may be changed; what is not named stays."""

    model: str | None = Field(None, description="Empty for the usual one")
    monthly_budget_usd: float | None = None
    tone: str | None = None


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
