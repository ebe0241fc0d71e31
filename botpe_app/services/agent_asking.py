"""Asking Claude within the budget: `prepare` and `settle` belong into transactions, `ask` does not.

The dearest that a run can cost is set aside before it is asked, under a lock, so that the month's
budget is never exceeded, however many ask at once. What was not used is given back at the end.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude import client, prices
from botpe_app.claude.client import Answer, Question
from botpe_app.claude.prompts import prompt
from botpe_app.models import AgentLog
from botpe_app.services import agent_runs, ai_settings
from botpe_app.services.access import Actor, get_locked

Output = TypeVar("Output", bound=BaseModel)

_MOST_TOKENS, _LEAST_TOKENS = 1500, 300


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Output]):
    """A run of an agent: what to ask, or None and why not."""

    agent: str
    output: type[Output]
    prompt: str
    data: Any
    question: Question | None
    why_not: str
    run_id: str | None
    kept: Any = None  # what the agent knows and Claude need not


@dataclass(frozen=True, slots=True)
class Asked(Generic[Output]):
    """A run that was asked; `output` is None where our own best must do, and `why` says so."""

    prepared: Prepared[Output]
    output: Output | None
    answer: Answer[Output] | None
    why: str
    latency_ms: int


def prepare(
    session: Session,
    actor: Actor,
    *,
    agent: str,
    version: str,
    data: Any,
    output: type[Output],
    kept: Any = None,
    needless: str = "",
) -> Prepared[Output]:
    """Sets the money aside. `data` is what the agent may see, as JSON.

    Where `needless` says why, nobody is asked.
    """
    if needless or not client.configured():
        why = needless or "There is no key for Claude (ANTHROPIC_API_KEY)."
        return Prepared(agent, output, version, data, None, why, None, kept)
    row = ai_settings.locked(session, actor)
    instructions, content = prompt(version), json.dumps(data, ensure_ascii=False)
    model = ai_settings.model_of(row)
    left = row.monthly_budget_usd - ai_settings.spent(session, actor)
    # A repair reads the question and the malformed answer again.
    asking = client.most_input(instructions, content) + _MOST_TOKENS
    tokens = min(_MOST_TOKENS, prices.affordable(model, left / client.ATTEMPTS, asking))
    if tokens < _LEAST_TOKENS:
        why = "This month's budget for agents is used up."
        return Prepared(agent, output, version, data, None, why, None, kept)
    run = AgentLog(
        organization_id=actor.organization_id,
        agent=agent,
        source="claude",
        model=model,
        cost_usd=client.ATTEMPTS * prices.cost(model, asking, tokens),
        success=False,
        error="It has not come back yet.",
        explanation=f"Asking {model} ({version}); the cost is the most that it can be.",
    )
    session.add(run)
    session.flush()
    question = Question(model, instructions, content, tokens)
    return Prepared(agent, output, version, data, question, "", str(run.id), kept)


def ask(prepared: Prepared[Output]) -> Asked[Output]:
    """Claude's answer, or why there is none. Takes seconds at most; never raises."""
    if prepared.question is None:
        return Asked(prepared, None, None, prepared.why_not, 0)
    began = time.perf_counter()
    answer = client.ask(prepared.question, prepared.output)
    taken = round(1000 * (time.perf_counter() - began))
    return Asked(prepared, answer.output, answer, answer.problem, taken)


def settle(session: Session, actor: Actor, asked: Asked[Output], said: str) -> str:
    """Writes the run down with what it really cost; `said` tells what came of it. Its id."""
    local = asked.output is None
    explanation = f"{asked.why} {said}".strip() if local else f"{said} ({asked.prepared.prompt})"
    if asked.prepared.run_id is None or asked.answer is None:
        run = AgentLog(
            organization_id=actor.organization_id,
            agent=asked.prepared.agent,
            source="local",
            success=True,
            explanation=explanation,
        )
        return str(agent_runs.record(session, actor, run).id)
    run = get_locked(session, actor, AgentLog, asked.prepared.run_id)
    run.input_tokens, run.output_tokens = asked.answer.input_tokens, asked.answer.output_tokens
    run.cost_usd = Decimal(asked.answer.cost_usd)
    run.latency_ms = asked.latency_ms
    run.success, run.error = not local, asked.why or None
    run.explanation = explanation
    return str(agent_runs.record(session, actor, run).id)
