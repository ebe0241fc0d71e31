"""The agent that builds bots: from a description, or from an instruction what to change in one.

What it hands out is either a flow that our own check accepts, or the nearest bot of the library,
and for an edit the flow as it was. Nothing is stored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, field_validator
from sqlmodel import Session

from botpe_app.core import bot_drafts
from botpe_app.core.conditions.values import items, mapping
from botpe_app.core.flow import Known, Problem, parse_draft, problems
from botpe_app.core.flow.layout import laid_out
from botpe_app.core.flow.nodes import ApiCallNode
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Bot
from botpe_app.services import (
    agent_asking,
    ai_settings,
    bot_dialogues,
    bot_library,
    bots,
    knowledge,
    teams,
)
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.agent_asking import Asked, Effort, Prepared
from botpe_app.services.agent_runs import ToolCall
from botpe_app.services.bot_dialogues import Dialogue, Played

Json = dict[str, Any]
_VERSION = "builder_v1"
_LONGEST, _LONGEST_FLOW = 4000, 60_000
_EFFORT = Effort(most_tokens=6000, least_tokens=1500, attempts=3, seconds=60.0, thought="medium")
_MOST_DIALOGUES, _MOST_QUESTIONS, _MOST_FAULTS = 5, 5, 12


class WrittenBot(BaseModel):
    """What Claude writes; `flow` is a text of JSON."""

    plan: str = ""
    flow: str
    questions: list[str] = []
    dialogues: list[Dialogue] = []

    @field_validator("flow", mode="before")
    @classmethod
    def _as_text(cls, flow: object) -> object:
        return json.dumps(flow) if isinstance(flow, dict) else flow


@dataclass(frozen=True, slots=True)
class BuiltBot:
    """A flow, what is wrong with it, what its owner has to say yet, and conversations it passes.

    `changes` names the nodes that an edit added, removed and changed.
    """

    flow: Json
    plan: str
    problems: list[Problem]
    questions: list[str]
    dialogues: list[Played]
    changes: dict[str, list[str]]
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    text: str
    business: str
    existing: Json | None
    known: Known


def prepare(
    session: Session,
    actor: Actor,
    *,
    description: str | None = None,
    instruction: str | None = None,
    bot_id: str | None = None,
    flow: object = None,
) -> Prepared[WrittenBot]:
    """For a new bot's `description`, or an `instruction` for a bot's draft or a flow.

    Raises Forbidden, NotFound, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_BOTS)
    existing = get(session, actor, Bot, bot_id).flow if bot_id is not None else None
    if flow is not None:
        existing = bots.draft(flow)
    field = "description" if existing is None else "instruction"
    text = (description if existing is None else instruction) or ""
    text = text.strip()
    if not 1 <= len(text) <= _LONGEST:
        raise Invalid(f"Say in 1 to {_LONGEST} characters what is wanted.", field=field)
    if existing is not None and len(json.dumps(existing)) > _LONGEST_FLOW:
        raise Invalid("This flow is too large to be rewritten at once.", field="flow")
    business = organization_of(session, actor).name
    wanted = _Wanted(text, business, existing, bots.surroundings(session, actor))
    documents = knowledge.list_items(session, actor, limit=20).data
    data: Json = {
        field: text,
        "business": business,
        "teams": [
            {"team_id": team.id, "name": team.name} for team in teams.list_teams(session, actor)
        ][:20],
        "knowledge": [document.title for document in documents],
        "tone": ai_settings.row_of(session, actor).tone,
    }
    if existing is not None:
        data["flow"] = existing
    return agent_asking.prepare(
        session,
        actor,
        agent="bot-builder",
        version=_VERSION,
        data=data,
        output=WrittenBot,
        kept=wanted,
        check=lambda written: "; ".join(_faults(written, wanted)),
        effort=_EFFORT,
    )


def finish(session: Session, actor: Actor, asked: Asked[WrittenBot]) -> BuiltBot:
    """The bot, with the run written down."""
    wanted: _Wanted = asked.prepared.kept
    written = asked.output
    flow = _flow_of(written) if written else None
    usable = flow is not None and not _errors(problems(flow, wanted.known))
    if written is not None and flow is not None and usable:
        placed = laid_out(flow, _places(wanted.existing))
        played = [bot_dialogues.play(placed, one) for one in written.dialogues[:_MOST_DIALOGUES]]
        asking = [one for one in written.questions if one.strip()][:_MOST_QUESTIONS]
        plan = written.plan.strip() or "Wrote the bot."
    else:
        placed, plan, asking, played = _by_ourselves(wanted)
    before = wanted.existing or {}
    found = problems(placed, wanted.known)
    passed = sum(one.passed for one in played)
    tools = [
        ToolCall("check_flow", f"{len(_errors(found))} errors"),
        ToolCall("try_dialogues", f"{passed} of {len(played)} passed"),
    ]
    run_id = agent_asking.settle(session, actor, asked, plan, used=usable, tools=tools)
    return BuiltBot(
        placed,
        plan,
        [*found, *_calls_out(placed, wanted), *bot_dialogues.failures(played)],
        asking,
        played,
        bot_drafts.difference(before, placed),
        "claude" if usable else "local",
        run_id,
    )


def _by_ourselves(wanted: _Wanted) -> tuple[Json, str, list[str], list[Played]]:
    if wanted.existing is not None:
        plan = "Left the bot as it is: a change in words needs Claude."
        return wanted.existing, plan, [], []
    start = bot_library.named(bot_drafts.nearest(wanted.text))
    flow = laid_out(bot_drafts.filled_in(start.flow, wanted.text, wanted.business))
    example = Dialogue(name=start.name, says=start.example, expects="")
    plan = f"Took the library's bot “{start.name}”: {start.description} Please adapt its words."
    return flow, plan, bot_drafts.questions(start.id), [bot_dialogues.play(flow, example)]


def _faults(written: WrittenBot, wanted: _Wanted) -> list[str]:
    """What has to be repaired before it is a bot, in words for who wrote it."""
    flow = _flow_of(written)
    if flow is None:
        return ["`flow` is not the JSON of a flow with nodes"]
    errors = _errors(problems(flow, wanted.known))
    if errors:
        return [
            f"node {one.node_id or '(none)'}, {one.field}: {one.message}"
            for one in errors[:_MOST_FAULTS]
        ]
    played = [bot_dialogues.play(flow, one) for one in written.dialogues[:_MOST_DIALOGUES]]
    return [one.message for one in bot_dialogues.failures(played)]


def _flow_of(written: WrittenBot) -> Json | None:
    try:
        flow: object = json.loads(written.flow)
        return bots.draft(flow) if cast("Json", flow).get("nodes") else None
    except (ValueError, Invalid, AttributeError, RecursionError):
        return None


def _errors(found: list[Problem]) -> list[Problem]:
    return [one for one in found if one.severity == "error"]


def _calls_out(flow: Json, wanted: _Wanted) -> list[Problem]:
    """A warning for each call to a program that nobody named."""
    named = f"{wanted.text} {json.dumps(wanted.existing)}"
    return [
        Problem(node.id, "url", "warning", f"It calls {host}, which you did not name.", "call")
        for node in parse_draft(flow).nodes
        if isinstance(node, ApiCallNode)
        if (host := urlsplit(node.data.url).netloc) and host not in named
    ]


def _places(flow: Json | None) -> dict[str, Json]:
    """Where the nodes of an existing flow lie."""
    nodes = map(mapping, items((flow or {}).get("nodes")))
    return {
        str(node["id"]): dict(mapping(node["position"]))
        for node in nodes
        if "id" in node and mapping(node.get("position"))
    }
