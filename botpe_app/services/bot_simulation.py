"""Trying a bot: the engine that answers customers, with nobody at the other end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.conditions.values import mapping
from botpe_app.core.engine import Context, Program
from botpe_app.core.engine.rehearsal import Line, Rehearsal
from botpe_app.core.flow import Problem, parse, parse_draft, problems
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Bot, BotVersion
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.bots import surroundings
from botpe_app.whatsapp import messages as wire

Json = dict[str, Any]
_MOST_INPUTS = 200


@dataclass(frozen=True, slots=True)
class Played:
    """How a conversation with a bot went. `path` are the nodes it came to, in their order."""

    transcript: list[Json]
    path: list[str]
    steps: list[Json]
    variables: Json
    contact: Json
    status: str  # waiting, paused, ended; "" if it never began
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
) -> Played:
    """The conversation these inputs make, with the bot's draft unless a flow is given.

    Raises Forbidden, NotFound, Invalid naming the input.
    """
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    if len(inputs) > _MOST_INPUTS:
        raise Invalid(f"At most {_MOST_INPUTS} inputs.", field="inputs")
    raw = row.flow if flow is None else flow
    organization = organization_of(session, actor)
    rehearsal = Rehearsal(
        Program(parse_draft(raw), str(row.id), "draft"),
        Context(
            contact={"name": "", "phone": "", "tags": [], "custom_fields": {}, **(contact or {})},
            organization={
                "name": organization.name,
                "language": organization.language,
                "variables": {},
            },
            timezone=organization.time_zone,
        ),
        now or utc_now(),
        others=published(session, actor.organization_id),
    )
    rehearsal.play(inputs)
    return _played(rehearsal, problems(raw, surroundings(session, actor)))


def published(session: Session, organization_id: UUID) -> dict[str, Program]:
    """The bots of an organization that others can go to, in the version that answers."""
    found = session.exec(
        select(BotVersion)
        .join(
            Bot,
            (col(BotVersion.organization_id) == col(Bot.organization_id))
            & (col(BotVersion.bot_id) == col(Bot.id))
            & (col(BotVersion.number) == col(Bot.version)),
        )
        .where(BotVersion.organization_id == organization_id)
    )
    return {
        str(one.bot_id): Program(parse(one.flow), str(one.bot_id), str(one.number)) for one in found
    }


def as_sent(kind: str, content: Json) -> Json:
    """The content as a message keeps it. Raises Invalid where WhatsApp would not take it."""
    return wire.validate(kind, content["contacts"] if kind == "contacts" else content)


def _played(rehearsal: Rehearsal, found: list[Problem]) -> Played:
    session = rehearsal.session
    transcript: list[Json] = []
    for line in rehearsal.lines:
        content, problem = _checked(line)
        transcript.append(
            {
                "from": line.speaker,
                "type": line.type,
                "content": content,
                "node_id": line.node_id,
            }
        )
        found = [*found, problem] if problem and problem not in found else found
    held = rehearsal.context
    fields = mapping(held.contact.get("custom_fields"))
    declared = rehearsal.program.scopes
    kept = {name: fields[name] for name in declared if name in fields}
    return Played(
        transcript=transcript,
        path=[step.node_id for step in rehearsal.path if step.arrived],
        steps=[
            {"node_id": one.node_id, "bot_id": one.bot_id, "handle": one.handle,
             "edge_id": one.edge_id, "arrived": one.arrived}
            for one in rehearsal.path
        ],
        variables={
            **kept,
            **mapping(held.organization.get("variables")),
            **(session.variables if session else {}),
        },
        contact=dict(held.contact),
        status=session.status if session else "",
        problems=found,
        notes=[note.message for note in rehearsal.notes],
    )  # fmt: skip


def _checked(line: Line) -> tuple[Json, Problem | None]:
    if line.speaker != "bot":
        return line.content, None
    try:
        return as_sent(line.type, line.content), None
    except Invalid as error:
        field = error.field or line.type
        return line.content, Problem(line.node_id, field, "error", error.message, "bad_message")
