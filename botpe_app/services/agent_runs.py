"""The agents' diary: every run with its cost and a sentence of why, and the day's sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.models import AgentLog, AgentUsage
from botpe_app.models.base import utc_now
from botpe_app.services import paging
from botpe_app.services.access import Actor
from botpe_app.services.views import Page


@dataclass(frozen=True, slots=True)
class RunItem:
    """One run of an agent."""

    id: str
    agent: str
    source: str  # local, claude
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    latency_ms: int
    success: bool
    error: str | None
    explanation: str
    created_at: datetime


def record(session: Session, actor: Actor, run: AgentLog) -> AgentLog:
    """Writes a run down, and adds it to its day's sums."""
    run.organization_id = actor.organization_id
    session.add(run)
    session.flush()
    spent = {
        "runs": 1,
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "cost_usd": run.cost_usd,
    }
    row = insert(AgentUsage).values(
        organization_id=actor.organization_id,
        day=utc_now().astimezone(UTC).date(),
        agent=run.agent,
        **spent,
    )
    sums = {
        "runs": col(AgentUsage.runs) + 1,
        "input_tokens": col(AgentUsage.input_tokens) + run.input_tokens,
        "output_tokens": col(AgentUsage.output_tokens) + run.output_tokens,
        "cost_usd": col(AgentUsage.cost_usd) + run.cost_usd,
    }
    session.connection().execute(
        row.on_conflict_do_update(index_elements=["organization_id", "day", "agent"], set_=sums)
    )
    return run


def list_runs(
    session: Session,
    actor: Actor,
    *,
    agent: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RunItem]:
    """Runs, newest first; of one agent if it is named. Raises Invalid for a strange cursor."""
    actor.require(Permission.READ)
    wanted = select(AgentLog).where(AgentLog.organization_id == actor.organization_id)
    if agent:
        wanted = wanted.where(AgentLog.agent == agent)
    return paging.newest(session, wanted, AgentLog, _item, limit=limit, cursor=cursor)


@dataclass(frozen=True, slots=True)
class UsageItem:
    """What an agent did on a day (UTC)."""

    day: date
    agent: str
    runs: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


def usage(session: Session, actor: Actor, *, days: int = 30) -> list[UsageItem]:
    """What the agents did in the last days, the oldest day first."""
    actor.require(Permission.READ)
    since = utc_now().astimezone(UTC).date() - timedelta(days=days - 1)
    wanted = select(AgentUsage).where(
        AgentUsage.organization_id == actor.organization_id, col(AgentUsage.day) >= since
    )
    order = (col(AgentUsage.day), col(AgentUsage.agent))
    return [
        UsageItem(
            row.day,
            row.agent,
            row.runs,
            row.input_tokens,
            row.output_tokens,
            float(Decimal(row.cost_usd)),
        )
        for row in session.exec(wanted.order_by(*order))
    ]


def _item(row: AgentLog) -> RunItem:
    return RunItem(
        str(row.id),
        row.agent,
        row.source,
        row.model,
        row.input_tokens,
        row.output_tokens,
        float(Decimal(row.cost_usd)),
        row.latency_ms,
        row.success,
        row.error,
        row.explanation,
        row.created_at,
    )
