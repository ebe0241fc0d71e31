"""Asking Claude within the budget: `prepare` and `settle` belong into transactions, `ask` does not.

The dearest that a run can cost is set aside before it is asked, under a lock, so that the month's
budget is never exceeded, however many ask at once. What was not used is given back at the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude import client, prices
from botpe_app.claude.client import Answer, Question
from botpe_app.claude.prompts import prompt
from botpe_app.errors import Invalid
from botpe_app.models import AgentLog
from botpe_app.services import agent_runs, ai_settings, plans
from botpe_app.services.access import Actor, get_locked

Output = TypeVar("Output", bound=BaseModel)

LONGEST = 4096  # characters of a text that WhatsApp takes


@dataclass(frozen=True, slots=True)
class Effort:
    """How much an answer may take; with less than `least_tokens` nobody is asked."""

    most_tokens: int = 1500
    least_tokens: int = 300
    attempts: int = client.ATTEMPTS
    seconds: float | None = None  # the usual deadline unless given
    thought: Literal["low", "medium", "high"] = "low"


USUAL = Effort()


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
    check: Callable[[Output], str] | None = None  # what is wrong with an output


@dataclass(frozen=True, slots=True)
class Asked(Generic[Output]):
    """A run that was asked; `output` is None where our own best must do, and `why` says so.

    An output that has faults yet stands beside the `why` that tells them.
    """

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
    check: Callable[[Output], str] | None = None,
    effort: Effort = USUAL,
) -> Prepared[Output]:
    """Sets the money aside. `data` is what the agent may see, as JSON.

    Where `needless` says why, nobody is asked. What `check` finds is given back to be repaired.
    """
    if needless or not client.configured():
        why = needless or "There is no key for Claude (ANTHROPIC_API_KEY)."
        return Prepared(agent, output, version, data, None, why, None, kept)
    row = ai_settings.locked(session, actor)
    instructions, content = prompt(version), json.dumps(data, ensure_ascii=False)
    model = ai_settings.model_of(row)
    budget = plans.ai_budget(session, actor, row.monthly_budget_usd)
    left = budget - ai_settings.spent(session, actor)
    # A repair reads the question and the faulty answer again.
    asking = client.most_input(instructions, content) + effort.most_tokens + client.CORRECTION
    paid = prices.affordable(model, left / effort.attempts, asking)
    tokens = min(effort.most_tokens, paid)
    if tokens < effort.least_tokens:
        why = "This month's budget for agents is used up."
        return Prepared(agent, output, version, data, None, why, None, kept)
    run = AgentLog(
        organization_id=actor.organization_id,
        agent=agent,
        source="claude",
        model=model,
        cost_usd=effort.attempts * prices.most(model, asking, tokens),
        success=False,
        error="It has not come back yet.",
        explanation=f"Asking {model} ({version}); the cost is the most that it can be.",
    )
    session.add(run)
    session.flush()
    question = Question(
        model, instructions, content, tokens, effort.attempts, effort.seconds, effort.thought
    )
    return Prepared(agent, output, version, data, question, "", str(run.id), kept, check)


def readable(text: str) -> str:
    """A customer's text without what surrounds it. Raises Invalid for none, or too long a one."""
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise Invalid(f"A text of 1 to {LONGEST} characters is needed.", field="text")
    return text


def ask(prepared: Prepared[Output]) -> Asked[Output]:
    """Claude's answer, or why there is none. Takes seconds at most; never raises."""
    if prepared.question is None:
        return Asked(prepared, None, None, prepared.why_not, 0)
    began = time.perf_counter()
    answer = client.ask(prepared.question, prepared.output, prepared.check)
    taken = round(1000 * (time.perf_counter() - began))
    return Asked(prepared, answer.output, answer, answer.problem, taken)


def settle(
    session: Session, actor: Actor, asked: Asked[Output], said: str, *, used: bool = True
) -> str:
    """Writes the run down with what it really cost; `said` tells what came of it. Its id.

    `used`: whether the output, if there is one, was good for anything.
    """
    local = asked.output is None or not used
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
