"""How an organization's agents work: which model, how much it may cost, and in which tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app.claude.client import DEFAULT_MODEL, configured
from botpe_app.config import settings
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import AgentLog, AiSettings
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor

MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")  # to choose from
_MOST_DOLLARS = 1_000_000
_WARN_AT = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class AiSettingsItem:
    """The settings, and where this month stands."""

    model: str
    monthly_budget_usd: float
    tone: str
    spent_usd: float  # this month, what is being asked at its dearest included
    budget_state: str  # ok, warning (80 %), exhausted
    has_key: bool


def get_settings(session: Session, actor: Actor) -> AiSettingsItem:
    """The organization's settings; the usual ones until somebody sets them."""
    actor.require(Permission.READ)
    return _item(row_of(session, actor), spent(session, actor))


def update_settings(session: Session, actor: Actor, **given: Any) -> AiSettingsItem:
    """Changes model ("" or None: the usual one), monthly_budget_usd or tone.

    Raises Forbidden, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_AGENTS)
    row = locked(session, actor)
    for name, most in (("model", 80), ("tone", 500)):
        if name in given:
            value = clean(given[name] or "")
            if len(value) > most:
                raise Invalid(f"At most {most} characters.", field=name)
            setattr(row, name, value)
    if given.get("monthly_budget_usd") is not None:
        budget = Decimal(str(given["monthly_budget_usd"]))
        if not 0 <= budget <= _MOST_DOLLARS:
            raise Invalid(f"From 0 to {_MOST_DOLLARS:,} dollars.", field="monthly_budget_usd")
        row.monthly_budget_usd = budget.quantize(Decimal("0.000001"))
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


def spent(session: Session, actor: Actor, *, now: datetime | None = None) -> Decimal:
    """What this month (UTC) has cost, runs that are under way at their dearest."""
    month = (
        (now or utc_now()).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    total = select(func.coalesce(func.sum(col(AgentLog.cost_usd)), 0)).where(
        AgentLog.organization_id == actor.organization_id, col(AgentLog.created_at) >= month
    )
    return Decimal(session.exec(total).one())


def model_of(row: AiSettings) -> str:
    """The model that answers."""
    return row.model or settings().model or DEFAULT_MODEL


def _item(row: AiSettings, total: Decimal) -> AiSettingsItem:
    budget = row.monthly_budget_usd
    state = "warning" if total >= budget * _WARN_AT else "ok"
    return AiSettingsItem(
        model_of(row),
        float(budget),
        row.tone,
        float(total),
        "exhausted" if total >= budget else state,
        configured(),
    )
