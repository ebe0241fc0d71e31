"""Asking Claude within the budget: `prepare` and `settle` belong into transactions, `ask` does not.

The dearest that a run can cost is set aside before it is asked, under a lock, so that the month's
budget is never exceeded, however many ask at once. What was not used is given back at the end.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from botpe_app import db
from botpe_app.claude import client, prices
from botpe_app.claude.client import Answer, Question, Thought
from botpe_app.claude.prompts import prompt
from botpe_app.errors import Invalid
from botpe_app.models import AgentLog, AiSettings, Contact, Conversation
from botpe_app.models.agent import NO_BOT
from botpe_app.services import agent_answers, agent_runs, ai_settings, plans
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.agent_runs import ToolCall
from botpe_app.services.ai_settings import Way

Output = TypeVar("Output", bound=BaseModel)

LONGEST = 4096  # characters of a text that WhatsApp takes
_NO_TOOL = "refused: it was given no such tool"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much an answer may take; with less than `least_tokens` nobody is asked."""

    most_tokens: int = 1500
    least_tokens: int = 300
    attempts: int = client.ATTEMPTS
    seconds: float | None = None  # the usual deadline unless given
    thought: Thought = "low"


USUAL = Effort()


@dataclass(frozen=True, slots=True)
class About:
    """Whose words a run reads, where that is known, and for which bot."""

    conversation_id: UUID | str | None = None
    bot_id: UUID = NO_BOT


NOBODY = About()


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
    about: About = NOBODY
    organization_id: UUID = NO_BOT
    key: str = ""  # what its answer is kept under; "" if it is not
    before: Output | None = None  # what was answered to the same a while ago


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
    about: About = NOBODY,
) -> Prepared[Output]:
    """Sets the money aside. `data` is what the agent may see, as JSON.

    Where `needless` says why, or the customer it is about wants no AI, nobody is asked. What
    `check` finds is given back to be repaired.
    """
    why = _refused(session, actor, about) or needless
    if not why and not client.configured():
        why = "There is no key for Claude (ANTHROPIC_API_KEY)."
    unasked = Prepared(
        agent, output, version, data, None, why, None, kept, check, about, actor.organization_id
    )
    if why:
        return unasked
    row = ai_settings.locked(session, actor)
    way = ai_settings.way_of(row, agent)
    content = json.dumps(data, ensure_ascii=False)
    if row.cache_minutes:
        key = agent_answers.key_of(agent, version, way.model, way.effort, content)
        unasked = replace(unasked, key=key, before=_before(session, actor, unasked, key, row))
        if unasked.before is not None:
            return unasked
    left, whose = _left(session, actor, row, agent, way)
    question, cost = _affordable(way, version, content, effort, left)
    if question is None:
        return replace(unasked, why_not=f"This month's budget for {whose} is used up.")
    run = AgentLog(
        organization_id=actor.organization_id,
        agent=agent,
        source="claude",
        state=agent_runs.RUNNING,
        model=way.model,
        cost_usd=cost,
        success=False,
        error="It has not come back yet.",
        explanation=f"Asking {way.model} ({version}); the cost is the most that it can be.",
        bot_id=about.bot_id,
    )
    session.add(run)
    session.flush()
    return replace(unasked, question=question, run_id=str(run.id))


def _before(
    session: Session, actor: Actor, unasked: Prepared[Output], key: str, row: AiSettings
) -> Output | None:
    """What was answered to the very same not long ago."""
    found = agent_answers.find(session, actor, key, row.cache_minutes)
    with contextlib.suppress(ValidationError):  # of an output that has other fields by now
        return None if found is None else unasked.output.model_validate(found)
    return None


def _left(
    session: Session, actor: Actor, row: AiSettings, agent: str, way: Way
) -> tuple[Decimal, str]:
    """How many dollars may be spent yet, and whose budget says so."""
    budget = plans.ai_budget(session, actor, row.monthly_budget_usd)
    left = budget - ai_settings.spent(session, actor)
    if way.monthly_budget_usd is None:
        return left, "agents"
    own = Decimal(str(way.monthly_budget_usd)) - ai_settings.spent(session, actor, agent=agent)
    return min((left, "agents"), (own, "this agent"))


def _affordable(
    way: Way, version: str, content: str, effort: Effort, left: Decimal
) -> tuple[Question | None, Decimal]:
    """What to ask for the dollars that are left, None if they are too few; the most it can cost."""
    wanted = max(way.max_tokens or effort.most_tokens, effort.least_tokens)
    instructions = prompt(version)
    # A repair reads the question and the faulty answer again.
    asking = client.most_input(instructions, content) + wanted + client.CORRECTION
    tokens = min(wanted, prices.affordable(way.model, left / effort.attempts, asking))
    if tokens < effort.least_tokens:
        return None, Decimal(0)
    thought = cast("Thought", way.effort or effort.thought)
    question = Question(
        way.model, instructions, content, tokens, effort.attempts, effort.seconds, thought
    )
    return question, effort.attempts * prices.most(way.model, asking, tokens)


def _refused(session: Session, actor: Actor, about: About) -> str:
    """Why no model may see what the customer wrote, "" if one may."""
    if about.conversation_id is None:
        return ""
    talk = get(session, actor, Conversation, about.conversation_id)
    opted_out = get(session, actor, Contact, talk.contact_id).ai_opt_out
    return "The customer wants no AI to read what they write." if opted_out else ""


def readable(text: str) -> str:
    """A customer's text without what surrounds it. Raises Invalid for none, or too long a one."""
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise Invalid(f"A text of 1 to {LONGEST} characters is needed.", field="text")
    return text


def ask(prepared: Prepared[Output], hear: Callable[[str], None] | None = None) -> Asked[Output]:
    """Claude's answer, or why there is none. Takes seconds at most; never raises.

    `hear` is told the text of the answer while it comes. A run that is cancelled ends at once.
    """
    if prepared.question is None:
        return Asked(prepared, prepared.before, None, prepared.why_not, 0)
    began = time.perf_counter()
    answer = client.ask(
        prepared.question,
        prepared.output,
        prepared.check,
        hear=hear,
        stopped=lambda: _is_unwanted(prepared),
    )
    taken = round(1000 * (time.perf_counter() - began))
    return Asked(prepared, answer.output, answer, answer.problem, taken)


def _is_unwanted(prepared: Prepared[Any]) -> bool:
    with contextlib.suppress(SQLAlchemyError), db.transaction() as session:
        db.act_for(session, prepared.organization_id)
        return agent_runs.is_cancelled(session, prepared.organization_id, prepared.run_id)
    return False


def settle(
    session: Session,
    actor: Actor,
    asked: Asked[Output],
    said: str,
    *,
    used: bool = True,
    tools: Sequence[ToolCall] = (),
) -> str:
    """Writes the run down with what it really cost; `said` tells what came of it. Its id.

    `used`: whether the output, if there is one, was good for anything. `tools`: what was called.
    """
    refused = (
        [ToolCall(name[:80], _NO_TOOL) for name in asked.answer.called] if asked.answer else []
    )
    called = [asdict(one) for one in (*tools, *refused)]
    prepared, local = asked.prepared, asked.output is None or not used
    explanation = f"{asked.why} {said}".strip() if local else f"{said} ({prepared.prompt})"
    if prepared.run_id is None or asked.answer is None:
        again = prepared.before is not None
        run = AgentLog(
            organization_id=actor.organization_id,
            agent=prepared.agent,
            source="cache" if again else "local",
            success=True,
            explanation=f"The same was asked a while ago. {explanation}" if again else explanation,
            tools=called,
            bot_id=prepared.about.bot_id,
        )
        return str(agent_runs.record(session, actor, run).id)
    if prepared.key and not local and asked.output is not None and not asked.why:
        about, output = as_id(prepared.about.conversation_id), asked.output.model_dump(mode="json")
        agent_answers.keep(session, actor, prepared.key, output, about)
    run = get_locked(session, actor, AgentLog, prepared.run_id)
    run.state = agent_runs.CANCELLED if asked.why == client.CANCELLED else agent_runs.DONE
    run.input_tokens, run.output_tokens = asked.answer.input_tokens, asked.answer.output_tokens
    run.cost_usd = Decimal(asked.answer.cost_usd)
    run.latency_ms = asked.latency_ms
    run.success, run.error = not local, asked.why or None
    run.explanation, run.tools = explanation, called
    return str(agent_runs.record(session, actor, run).id)
