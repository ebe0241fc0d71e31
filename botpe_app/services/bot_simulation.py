"""Trying a bot: the engine that answers customers, with nobody at the other end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app.core.engine import Program
from botpe_app.core.engine.rehearsal import Line, Rehearsal
from botpe_app.core.flow import Problem, parse_draft, problems
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Bot
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get
from botpe_app.services.bot_context import context_of, published, sounds_of
from botpe_app.services.bots import surroundings
from botpe_app.whatsapp import messages as wire

Json = dict[str, Any]
_MOST_INPUTS = 200


@dataclass(frozen=True, slots=True)
class Played:
    """How a conversation with a bot went. `path` are the nodes it came to, in their order.

    `began`: how many lines there were before each input. `waits_for`: the node that waits for
    something, its `bot_id` and `type`, and of what `kind` that is: reply, callback, timer, person.
    """

    transcript: list[Json]
    began: list[int]
    path: list[str]
    steps: list[Json]
    variables: Json
    contact: Json
    status: str  # waiting, paused, ended; "" if it never began
    waits_for: Json | None
    problems: list[Problem]
    notes: list[str]


def simulate_bot(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    inputs: Sequence[Json],
    flow: object = None,
    contact: Json | None = None,
    now: datetime | None = None,
    calls: str = "fail",
) -> Played:
    """The conversation these inputs make, with the bot's draft unless a flow is given.

    Where the inputs do not say what a call is answered, it fails, or waits with `calls` "wait".

    Raises Forbidden, NotFound, Invalid naming the input.
    """
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    if len(inputs) > _MOST_INPUTS:
        raise Invalid(f"At most {_MOST_INPUTS} inputs.", field="inputs")
    raw = row.flow if flow is None else flow
    program = Program(parse_draft(raw), str(row.id), "draft")
    others = published(session, actor.organization_id)
    rehearsal = Rehearsal(
        program,
        context_of(session, actor, contact),
        now or utc_now(),
        others=others,
        patient=calls == "wait",
        sounds=sounds_of(session, actor, program, others),
    )
    rehearsal.play(inputs)
    return _played(rehearsal, problems(raw, surroundings(session, actor, row.account_id)))


def as_sent(kind: str, content: Json) -> Json:
    """The content as a message keeps it. Raises Invalid where WhatsApp would not take it."""
    return wire.validate(kind, content["contacts"] if kind == "contacts" else content)


def _played(rehearsal: Rehearsal, found: list[Problem]) -> Played:
    session = rehearsal.session
    transcript: list[Json] = []
    for line in rehearsal.lines:
        content, problem = checked(line)
        transcript.append(told(replace(line, content=content)))
        found = [*found, problem] if problem and problem not in found else found
    return Played(
        transcript=transcript,
        began=rehearsal.began,
        path=[step.node_id for step in rehearsal.path if step.arrived],
        steps=[
            {"node_id": one.node_id, "bot_id": one.bot_id, "handle": one.handle,
             "edge_id": one.edge_id, "arrived": one.arrived}
            for one in rehearsal.path
        ],
        variables=rehearsal.variables(),
        contact=dict(rehearsal.context.contact),
        status=session.status if session else "",
        waits_for=rehearsal.waits_for(),
        problems=found,
        notes=[note.message for note in rehearsal.notes],
    )  # fmt: skip


def told(line: Line) -> Json:
    """A line of a transcript, for upstairs."""
    return {
        "from": line.speaker,
        "type": line.type,
        "content": line.content,
        "node_id": line.node_id,
    }


def checked(line: Line) -> tuple[Json, Problem | None]:
    """The content as a message would keep it, or the problem that WhatsApp has with it."""
    if line.speaker != "bot":
        return line.content, None
    try:
        return as_sent(line.type, line.content), None
    except Invalid as error:
        field = error.field or line.type
        return line.content, Problem(line.node_id, field, "error", error.message, "bad_message")
