"""The agent that reads a bot's figures and proposes what to change.

Each proposal carries an instruction that the bot builder takes. What customers wrote is not
among the figures it is shown: only how often what happened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude.prompts import prompt
from botpe_app.core import bot_advice
from botpe_app.core.bot_advice import Advice
from botpe_app.core.conditions.values import as_text, items, mapping
from botpe_app.core.grounding import leaks
from botpe_app.core.permissions import Permission
from botpe_app.models import Bot
from botpe_app.models.base import utc_now
from botpe_app.services import agent_asking, bot_analytics
from botpe_app.services.access import Actor, get
from botpe_app.services.agent_asking import About, Asked, Prepared
from botpe_app.services.bot_analytics import BotFigures

_VERSION = "improve_v1"
_DAYS = 30
_MOST, _LONGEST_FLOW, _LONGEST_WORDS = 5, 60_000, 1000


class Proposal(BaseModel):
    """One thing to change."""

    title: str
    why: str
    instruction: str
    node_id: str = ""


class Proposals(BaseModel):
    """What Claude proposes, the most useful first."""

    proposals: list[Proposal]


@dataclass(frozen=True, slots=True)
class Improvements:
    """What to change in a bot. Nothing is changed."""

    proposals: list[Advice]
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    figures: BotFigures
    nodes: set[str]


def prepare(session: Session, actor: Actor, bot_id: str) -> Prepared[Proposals]:
    """For the last 30 days of a bot. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_BOTS)
    row, now = get(session, actor, Bot, bot_id), utc_now()
    since = now - timedelta(days=_DAYS)
    figures = bot_analytics.bot_figures(session, actor, bot_id, since=since, until=now)
    nodes = {as_text(mapping(node).get("id")) for node in items(row.flow.get("nodes"))}
    needless = ""
    if figures.sessions < bot_advice.FEWEST:
        needless = f"There were {figures.sessions} conversations in {_DAYS} days, too few to judge."
    elif len(json.dumps(row.flow)) > _LONGEST_FLOW:
        needless = "This flow is too large to be read at once."
    return agent_asking.prepare(
        session,
        actor,
        agent="bot-builder",
        version=_VERSION,
        data={"flow": row.flow, "days": _DAYS, "figures": _counted(figures)},
        output=Proposals,
        kept=_Known(figures, nodes),
        needless=needless,
        check=lambda told: _faults(told, nodes),
        about=About(bot_id=row.id),
    )


def finish(session: Session, actor: Actor, asked: Asked[Proposals]) -> Improvements:
    """Claude's proposals, or what the figures say by themselves; with the run written down."""
    known: _Known = asked.prepared.kept
    if asked.output is None:
        figures = known.figures
        proposals = bot_advice.advice(
            figures.sessions, figures.hand_offs, figures.nodes, figures.questions
        )
        said = f"The figures themselves show {len(proposals)} things to change."
    else:
        proposals = [
            Advice(one.title, one.why, one.instruction, one.node_id)
            for one in asked.output.proposals
            if _is_fit(one) and one.node_id in {"", *known.nodes}
        ]
        said = f"Proposed {len(proposals)} changes from {known.figures.sessions} conversations."
    run_id = agent_asking.settle(session, actor, asked, said)
    return Improvements(proposals[:_MOST], "claude" if asked.output else "local", run_id)


def _counted(figures: BotFigures) -> dict[str, Any]:
    """The figures, without what anybody wrote."""
    return {
        "conversations": figures.sessions,
        "completed": figures.completed,
        "hand_offs": figures.hand_offs,
        "hand_off_reasons": figures.hand_off_reasons,
        "endings": figures.endings,
        "nodes": figures.nodes,
        "questions": [
            {name: count for name, count in one.items() if name not in ("answers", "name")}
            for one in figures.questions
        ],
    }


def _faults(told: Proposals, nodes: set[str]) -> str:
    unknown = [one.node_id for one in told.proposals if one.node_id not in {"", *nodes}]
    return f"there is no node {unknown[0][:80]}" if unknown else ""


def _is_fit(one: Proposal) -> bool:
    words = (one.title, one.why, one.instruction)
    whole = all(1 <= len(text.strip()) <= _LONGEST_WORDS for text in words)
    return whole and not leaks(" ".join(words), prompt(_VERSION))
