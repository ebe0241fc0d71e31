"""How an organization's agents work: which model, how hard it thinks, what it may cost, its tone.

What is set for one agent goes before what is set for all, and that before what is usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast, get_args

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app.claude.client import DEFAULT_MODEL, Thought, configured
from botpe_app.config import settings
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import AgentLog, AiSettings
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor
from botpe_app.services.agent_answers import MOST_MINUTES

MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")  # to choose from
EFFORTS: tuple[str, ...] = get_args(Thought)
AGENTS = ("bot-builder", "classify", "extract", "intent", "response", "support", "template")
FEWEST_TOKENS, MOST_TOKENS = 300, 32_000
_MOST_DOLLARS = 1_000_000
_WARN_AT = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Way:
    """How one agent works; "" and None where it does as all do."""

    model: str = ""
    effort: str = ""
    max_tokens: int | None = None
    monthly_budget_usd: float | None = None


@dataclass(frozen=True, slots=True)
class AiSettingsItem:
    """The settings, and where this month stands. "" and None are what is usual for an agent."""

    model: str
    monthly_budget_usd: float
    tone: str
    effort: str
    max_tokens: int | None
    cache_minutes: int  # how long an answer is kept for the same question; 0: not at all
    agents: dict[str, Way]
    spent_usd: float  # this month, what is being asked at its dearest included
    budget_state: str  # ok, warning (80 %), exhausted
    has_key: bool


def get_settings(session: Session, actor: Actor) -> AiSettingsItem:
    """The organization's settings; the usual ones until somebody sets them."""
    actor.require(Permission.READ)
    return _item(row_of(session, actor), spent(session, actor))


def update_settings(session: Session, actor: Actor, **given: Any) -> AiSettingsItem:
    """Changes model, effort, max_tokens ("" or None: the usual), monthly_budget_usd, tone,
    cache_minutes; or in `agents` those of a Way for an agent.

    Raises Forbidden, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_AGENTS)
    row = locked(session, actor)
    for name, check in _CHECKS.items():
        if name in given and (given[name] is not None or name not in _NEEDED):
            setattr(row, name, check(given[name], name))
    if given.get("agents") is not None:
        row.agents = _ways(row.agents, given["agents"])
    session.add(row)
    session.flush()
    return _item(row, spent(session, actor))


def row_of(session: Session, actor: Actor) -> AiSettings:
    """The organization's row, or what it would be."""
    row = session.get(AiSettings, actor.organization_id)
    return row or AiSettings(organization_id=actor.organization_id)


def locked(session: Session, actor: Actor) -> AiSettings:
    """The row; nobody else spends or changes it until this transaction ends."""
    session.connection().execute(
        insert(AiSettings).values(organization_id=actor.organization_id).on_conflict_do_nothing()
    )
    return session.get_one(
        AiSettings, actor.organization_id, with_for_update=True, populate_existing=True
    )


def spent(
    session: Session, actor: Actor, *, agent: str = "", now: datetime | None = None
) -> Decimal:
    """What this month (UTC) has cost, runs that are under way at their dearest; of one agent if
    it is named."""
    month = (
        (now or utc_now()).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    total = select(func.coalesce(func.sum(col(AgentLog.cost_usd)), 0)).where(
        AgentLog.organization_id == actor.organization_id, col(AgentLog.created_at) >= month
    )
    if agent:
        total = total.where(AgentLog.agent == agent)
    return Decimal(session.exec(total).one())


def way_of(row: AiSettings, agent: str) -> Way:
    """How an agent works, with what is set for all; the model is always named."""
    own = Way(**row.agents.get(agent, {}))
    return Way(
        own.model or _model_of(row),
        own.effort or row.effort,
        own.max_tokens or row.max_tokens,
        own.monthly_budget_usd,
    )


def _model_of(row: AiSettings) -> str:
    return row.model or settings().model or DEFAULT_MODEL


def _item(row: AiSettings, total: Decimal) -> AiSettingsItem:
    budget = row.monthly_budget_usd
    state = "warning" if total >= budget * _WARN_AT else "ok"
    return AiSettingsItem(
        _model_of(row),
        float(budget),
        row.tone,
        row.effort,
        row.max_tokens,
        row.cache_minutes,
        {agent: Way(**row.agents.get(agent, {})) for agent in AGENTS},
        float(total),
        "exhausted" if total >= budget else state,
        configured(),
    )


def _ways(old: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The ways of all agents with what is given for some; what is usual is left out."""
    ways = {agent: dict(way) for agent, way in old.items()}
    for agent, changes in given.items():
        if agent not in AGENTS:
            raise Invalid(f"There are the agents {', '.join(AGENTS)}.", field="agents")
        way = ways.setdefault(agent, {})
        for name in _OF_ONE:
            if name in changes:
                value = changes[name]
                empty = value is None or value == ""
                way[name] = None if empty else _CHECKS[name](value, f"agents.{agent}.{name}")
        ways[agent] = {name: value for name, value in way.items() if value not in (None, "")}
        if isinstance(budget := ways[agent].get("monthly_budget_usd"), Decimal):
            ways[agent]["monthly_budget_usd"] = float(budget)
    return {agent: way for agent, way in ways.items() if way}


def _text(most: int) -> Callable[[Any, str], str]:
    def check(value: Any, field: str) -> str:
        found = clean(value or "")
        if len(found) > most:
            raise Invalid(f"At most {most} characters.", field=field)
        return found

    return check


def _dollars(value: Any, field: str) -> Decimal:
    budget = Decimal(str(value))
    if not (budget.is_finite() and 0 <= budget <= _MOST_DOLLARS):
        raise Invalid(f"From 0 to {_MOST_DOLLARS:,} dollars.", field=field)
    return budget.quantize(Decimal("0.000001"))


def _effort(value: Any, field: str) -> str:
    if value and value not in EFFORTS:
        raise Invalid(f"It is {', '.join(EFFORTS)}, or empty.", field=field)
    return cast("str", value or "")


def _tokens(value: Any, field: str) -> int | None:
    if value is not None and not FEWEST_TOKENS <= value <= MOST_TOKENS:
        raise Invalid(f"From {FEWEST_TOKENS} to {MOST_TOKENS:,} tokens.", field=field)
    return cast("int | None", value)


def _minutes(value: Any, field: str) -> int:
    if not 0 <= value <= MOST_MINUTES:
        raise Invalid(f"From 0 to {MOST_MINUTES:,} minutes.", field=field)
    return cast("int", value)


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "model": _text(80),
    "tone": _text(500),
    "monthly_budget_usd": _dollars,
    "effort": _effort,
    "max_tokens": _tokens,
    "cache_minutes": _minutes,
}
_NEEDED = ("monthly_budget_usd", "cache_minutes")
_OF_ONE = ("model", "effort", "max_tokens", "monthly_budget_usd")
