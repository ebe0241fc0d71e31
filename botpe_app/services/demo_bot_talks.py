"""Two weeks of conversations with the demo's shop bot, as the engine has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app.core.engine import Context, Program
from botpe_app.core.engine.effects import Step
from botpe_app.core.engine.rehearsal import Line, Rehearsal
from botpe_app.core.flow import parse
from botpe_app.models import BotSession, BotStep, BotTurn, Message
from botpe_app.models.base import new_id
from botpe_app.services import demo_story as story
from botpe_app.services.bot_simulation import checked
from botpe_app.services.bot_views import BotItem

Json = dict[str, Any]
Tell = Callable[[story.Talk], list[Message]]
_Turn = tuple[str, int, int]  # the node that waited; the lines from its first to after its last

_COFFEE = {"list": {"id": "beans", "title": "Coffee beans, 1 kg"}}
_TEA = {"list": {"id": "tea", "title": "Green tea, 100 g"}}
_YES = {"button": {"id": "yes", "title": "Yes, order"}}
_NO = {"button": {"id": "no", "title": "No, thanks"}}
_CHANGE = {"button": {"id": "change", "title": "Change it"}}
# What customers do, from the most usual on; some leave in the middle.
_WAYS: tuple[Sequence[Json | str], ...] = (
    ("shop", _COFFEE, "2", "Torstraße 12, Berlin", _YES),
    ("I want to buy tea", _TEA, "1", "Lange Reihe 4, Hamburg", _YES),
    ("shop", _COFFEE, "three", "3", "Marktplatz 1, Bremen", _YES),
    ("products please", _TEA, "2"),
    ("shop", _COFFEE, "1", "Domstraße 8, Köln", _NO),
    ("catalogue", "Ground coffee, 500 g", "4", "Hauptstraße 77, Leipzig", _YES),
    ("shop",),
    ("shop", _TEA, "1", "Ring 5", "Ringstraße 5, Erfurt", _CHANGE, _COFFEE, "1",
     "Ringstraße 5, Erfurt", _YES),
)  # fmt: skip
_NAMES = (
    "Lea Brandt", "Omar Haddad", "Sofia Costa", "Jan Novák", "Yuki Tanaka", "Amara Okafor",
    "Nils Berg", "Elif Kaya", "Paul Winter", "Carla Rossi", "Tom Becker", "Anika Roy",
)  # fmt: skip
_DAYS = 14


def have(session: Session, bot: BotItem, tell: Tell, now: datetime) -> None:
    """Two or three conversations a day; `tell` makes the messages of one."""
    program = Program(parse(bot.flow), bot.id, str(bot.version))
    for place in range(2 * _DAYS + 4):
        begun = now - timedelta(days=place % _DAYS + 1, minutes=(place * 173) % 600)
        name = _NAMES[place % len(_NAMES)]
        customer = {"name": name, "phone": f"+49157{place:04}{(place * 7919) % 10000:04}"}
        way = _WAYS[(place * 5) % len(_WAYS)]
        played, turns = _played(program, way, customer, begun)
        messages = tell(_told(played.lines, customer, begun, now))
        _keep(session, played, turns, messages, _contact(customer))
    session.flush()


def _contact(customer: dict[str, str]) -> Json:
    return {**customer, "tags": [], "custom_fields": {}}


def _played(
    program: Program, way: Sequence[Json | str], customer: dict[str, str], begun: datetime
) -> tuple[Rehearsal, list[_Turn]]:
    played = Rehearsal(program, Context(contact=_contact(customer)), begun)
    turns: list[_Turn] = []
    for said in way:
        waits = played.session.frames[-1].node_id if played.session else ""
        first = len(played.lines)
        played.play([{"text": said} if isinstance(said, str) else said])
        turns.append((waits, first, len(played.lines)))
    return played, turns


def _told(
    lines: Sequence[Line], customer: dict[str, str], begun: datetime, now: datetime
) -> story.Talk:
    ago = (now - begun).total_seconds() / 60
    told: list[story.Line] = [
        (
            ago - at * 0.6,
            "<" if line.speaker == "contact" else story.JONAS,
            line.type,
            checked(line)[0],
            "received" if line.speaker == "contact" else "read",
        )
        for at, line in enumerate(lines)
    ]
    return story.Talk(customer["name"], customer["phone"], tuple(told), status="resolved")


def _keep(
    session: Session,
    played: Rehearsal,
    turns: Sequence[_Turn],
    messages: Sequence[Message],
    contact: Json,
) -> None:
    """The session with its steps and turns, as if customers had written."""
    held = played.session
    if held is None:
        return
    over = held.status == "paused"
    ending = "closed" if over else held.ending or "timed_out"
    first, bot_id = messages[0], UUID(played.program.bot_id)
    row = BotSession(
        organization_id=first.organization_id,
        conversation_id=first.conversation_id,
        bot_id=bot_id,
        version=int(played.program.version),
        status="ended",
        ending=ending,
        hand_off="node" if over else "",
        state={**held.to_json(), "status": "ended", "ending": ending},
        started_at=first.created_at,
        moved_at=messages[-1].created_at,
    )
    session.add(row)
    session.flush()
    session.add_all(_step(row, step) for step in played.path)
    begun: Json = {"contact": contact, "variables": {}, "start": {"type": "message"}}
    for place, turn in enumerate(turns):
        made = _turn(row, turn, messages, played.lines)
        made.kind, made.data = ("reply", {}) if place else ("start", begun)
        session.add(made)
    for message in messages:
        if message.direction == "outgoing":
            message.sent_by_kind, message.sent_by_id = "bot", bot_id
            session.add(message)


def _step(row: BotSession, step: Step) -> BotStep:
    return BotStep(
        organization_id=row.organization_id,
        session_id=row.id,
        bot_id=row.bot_id,
        node_id=step.node_id,
        node_type=step.node_type,
        handle=step.handle,
        edge_id=step.edge_id,
        arrived=step.arrived,
        at=row.started_at,
    )


def _turn(
    row: BotSession, turn: _Turn, messages: Sequence[Message], lines: Sequence[Line]
) -> BotTurn:
    """What a customer said and what the bot answered."""
    waits, begin, end = turn
    answers = range(begin + 1, end)
    return BotTurn(
        id=new_id(),
        organization_id=row.organization_id,
        session_id=row.id,
        kind="reply",
        heard_id=messages[begin].id,
        is_message=True,
        node_id=waits,
        said=[[str(messages[at].id), lines[at].node_id or ""] for at in answers],
        at=messages[begin].created_at,
    )
