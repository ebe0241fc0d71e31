"""The agents' diary: every run with its cost and a sentence of why, and the day's sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict
from botpe_app.models import AgentLog, AgentUsage, Bot
from botpe_app.models.agent import NO_BOT
from botpe_app.models.base import utc_now
from botpe_app.services import paging
from botpe_app.services.access import Actor, as_id, get_locked
from botpe_app.services.views import Page

RUNNING, CANCELLING, CANCELLED, DONE = "running", "cancelling", "cancelled", "done"
_LOST_AFTER = timedelta(minutes=5)  # longer than any run takes


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What was called in a run beside the model, and what came of it."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RunItem:
    """One run of an agent."""

    id: str
    agent: str
    source: str  # local, claude, cache
    state: str  # running, cancelling, cancelled, done; lost where nobody knows what came of it
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    latency_ms: int
    success: bool
    error: str | None
    explanation: str
    created_at: datetime
    tools: list[ToolCall]
    bot_id: str | None
    bot: str  # its name


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
        bot_id=run.bot_id,
        **spent,
    )
    sums = {
        "runs": col(AgentUsage.runs) + 1,
        "input_tokens": col(AgentUsage.input_tokens) + run.input_tokens,
        "output_tokens": col(AgentUsage.output_tokens) + run.output_tokens,
        "cost_usd": col(AgentUsage.cost_usd) + run.cost_usd,
    }
    session.connection().execute(
        row.on_conflict_do_update(
            index_elements=["organization_id", "day", "agent", "bot_id"], set_=sums
        )
    )
    return run


def list_runs(
    session: Session,
    actor: Actor,
    *,
    agent: str | None = None,
    bot_id: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RunItem]:
    """Runs, newest first; of one agent or for one bot if it is named.

    Raises Invalid for a strange cursor.
    """
    actor.require(Permission.READ)
    wanted = select(AgentLog).where(AgentLog.organization_id == actor.organization_id)
    if agent:
        wanted = wanted.where(AgentLog.agent == agent)
    if bot_id:
        wanted = wanted.where(AgentLog.bot_id == bot_id)
    page = paging.newest_rows(session, wanted, AgentLog, limit=limit, cursor=cursor)
    names = _bots(session, actor, {row.bot_id for row in page.data})
    return Page([_item(row, names) for row in page.data], page.next)


@dataclass(frozen=True, slots=True)
class UsageItem:
    """What an agent did on a day (UTC), for a bot if one is named."""

    day: date
    agent: str
    runs: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    bot_id: str | None
    bot: str  # its name; "" for none, or one that is gone


def usage(session: Session, actor: Actor, *, days: int = 30) -> list[UsageItem]:
    """What the agents did in the last days, the oldest day first."""
    actor.require(Permission.READ)
    since = utc_now().astimezone(UTC).date() - timedelta(days=days - 1)
    wanted = select(AgentUsage).where(
        AgentUsage.organization_id == actor.organization_id, col(AgentUsage.day) >= since
    )
    order = (col(AgentUsage.day), col(AgentUsage.agent), col(AgentUsage.bot_id))
    rows = session.exec(wanted.order_by(*order)).all()
    names = _bots(session, actor, {row.bot_id for row in rows})
    return [
        UsageItem(
            row.day,
            row.agent,
            row.runs,
            row.input_tokens,
            row.output_tokens,
            float(Decimal(row.cost_usd)),
            _bot_id(row.bot_id),
            names.get(row.bot_id, ""),
        )
        for row in rows
    ]


def cancel(session: Session, actor: Actor, run_id: UUID | str) -> RunItem:
    """Has a run that is under way end within a second; the agent then does without Claude.

    Raises Forbidden, NotFound, Conflict if it is over.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, AgentLog, run_id)
    if row.state not in (RUNNING, CANCELLING):
        raise Conflict("This run is over.")
    row.state = CANCELLING
    session.add(row)
    session.flush()
    return _item(row, _bots(session, actor, {row.bot_id}))


def is_cancelled(session: Session, organization_id: UUID, run_id: UUID | str | None) -> bool:
    """Whether somebody wants a run to end."""
    row = session.get(AgentLog, (organization_id, as_id(run_id))) if run_id else None
    return row is not None and row.state == CANCELLING


def _state(row: AgentLog) -> str:
    under_way = row.state in (RUNNING, CANCELLING)
    return "lost" if under_way and utc_now() - row.created_at > _LOST_AFTER else row.state


def _bots(session: Session, actor: Actor, ids: set[UUID]) -> dict[UUID, str]:
    """What these bots are called, those that are gone left out."""
    named = select(Bot.id, Bot.name).where(
        Bot.organization_id == actor.organization_id, col(Bot.id).in_(ids)
    )
    return dict(session.exec(named).all())


def _bot_id(found: UUID) -> str | None:
    return None if found == NO_BOT else str(found)


def _item(row: AgentLog, names: dict[UUID, str]) -> RunItem:
    return RunItem(
        str(row.id),
        row.agent,
        row.source,
        _state(row),
        row.model,
        row.input_tokens,
        row.output_tokens,
        float(Decimal(row.cost_usd)),
        row.latency_ms,
        row.success,
        row.error,
        row.explanation,
        row.created_at,
        [ToolCall(**one) for one in row.tools],
        _bot_id(row.bot_id),
        names.get(row.bot_id, ""),
    )
