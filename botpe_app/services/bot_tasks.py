"""What bots have agents do: written with the turn that wants it, done later, told once.

A task is claimed in a commit before anybody is asked, and dropped if nobody waits for it any
more: a person has the conversation, or the bot's time was up. What comes of it is an input of
the conversation, heard in its order, under its lock, by whoever has it then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.errors import BotpeError
from botpe_app.models import BotInput, BotSession, Conversation
from botpe_app.models.base import new_id
from botpe_app.queue import Lane, nudge
from botpe_app.services import agent_reading, agent_response
from botpe_app.services.access import Actor
from botpe_app.services.agent_asking import About, Asked, Effort, Prepared
from botpe_app.services.joining import on

Json = dict[str, Any]

MOST_ATTEMPTS = 2
LEASE_SECONDS = 30  # longer than any answer may take
_LONGEST_SECONDS = 12.0
_SPARE_SECONDS = 2.0  # of the bot's own patience, for hearing the answer

_CLAIM = text("""
update bot_calls t set attempts = t.attempts + 1, next_at = now() + :lease * interval '1 second'
from (
  select organization_id, id from bot_calls
  where next_at <= now() and jsonb_exists(request, 'mode')
  order by next_at limit :room for update skip locked
) due
where t.organization_id = due.organization_id and t.id = due.id
returning t.organization_id, t.id, t.conversation_id, t.attempts, t.request
""")
_DUE_IN = text(
    "select extract(epoch from min(next_at) - now())::float8 from bot_calls"
    " where jsonb_exists(request, 'mode')"
)
_DONE = text("""
delete from bot_calls where organization_id = :organization and id = :id and attempts = :attempts
returning id
""")


class Task(NamedTuple):
    """A task that is ours to do now; `attempts` counts this one, `request` is a RunAgent."""

    organization_id: UUID
    id: UUID
    conversation_id: UUID
    attempts: int
    request: Json

    @property
    def actor(self) -> Actor:
        """The organization's bot, which may do what its staff may."""
        return Actor(self.organization_id, None, "AGENT", "Bot", kind="bot")


@dataclass(frozen=True, slots=True)
class Begun:
    """A task under way: what to ask; None with why it cannot be asked, or `dropped`."""

    prepared: Prepared[Any] | None
    problem: str = ""
    dropped: bool = False


def claim(session: Session, room: int) -> list[Task]:
    """Up to `room` tasks that are due. The session must see all organizations."""
    values = {"room": room, "lease": LEASE_SECONDS}
    return [Task(*row) for row in session.connection().execute(_CLAIM, values)]


def due_in(session: Session) -> float | None:
    """Seconds until a task is due, 0 if one is; None if there is none."""
    found = session.connection().execute(_DUE_IN).scalar()
    return None if found is None else max(0.0, float(found))


def begin(session: Session, task: Task) -> Begun:
    """Sets the money aside for what the task asks."""
    bot_id = _who_waits(session, task)
    if bot_id is None:
        _done(session, task)
        return Begun(None, dropped=True)
    if task.attempts > MOST_ATTEMPTS:
        return Begun(None, "Nobody knows what became of it.")
    try:
        return Begun(_PREPARE[as_text(task.request.get("mode"))](session, task, bot_id))
    except BotpeError as error:
        return Begun(None, error.message)


def finish(session: Session, task: Task, begun: Begun, asked: Asked[Any] | None) -> None:
    """Tells the bot what came of it, once; the run is written down in any case."""
    told: Json = {"ok": False, "error": begun.problem}
    if asked is not None:
        told = {
            "ok": True,
            "data": _FINISH[as_text(task.request.get("mode"))](session, task, asked),
        }
    if not _done(session, task):
        return  # somebody else has told it
    session.add(
        BotInput(
            organization_id=task.organization_id,
            id=new_id(),
            conversation_id=task.conversation_id,
            kind="callback",
            data={"token": task.request["token"], **told},
        )
    )
    nudge(session, Lane.CONVERSATIONS)


def _who_waits(session: Session, task: Task) -> UUID | None:
    """The bot that still has the conversation, and waits for this very task."""
    return session.exec(
        select(BotSession.bot_id)
        .join(Conversation, on(Conversation, BotSession.conversation_id))
        .where(
            BotSession.organization_id == task.organization_id,
            BotSession.conversation_id == task.conversation_id,
            BotSession.status == "waiting",
            BotSession.token == task.request.get("token"),
            Conversation.owner == "bot",
        )
    ).first()


def _done(session: Session, task: Task) -> bool:
    values = {"organization": task.organization_id, "id": task.id, "attempts": task.attempts}
    return session.connection().execute(_DONE, values).first() is not None


def _effort(task: Task) -> Effort:
    patience = float(task.request.get("timeout_seconds", _LONGEST_SECONDS)) - _SPARE_SECONDS
    return Effort(seconds=max(1.0, min(_LONGEST_SECONDS, patience)))


def _prepare_answer(session: Session, task: Task, bot_id: UUID) -> Prepared[Any]:
    request = task.request
    return agent_response.prepare(
        session,
        task.actor,
        request["text"],
        str(task.conversation_id),
        instructions=request["instructions"],
        use_knowledge=bool(request["use_knowledge"]),
        effort=_effort(task),
        bot_id=bot_id,
    )


def _prepare_class(session: Session, task: Task, bot_id: UUID) -> Prepared[Any]:
    request = task.request
    return agent_reading.prepare_category(
        session,
        task.actor,
        request["text"],
        request["categories"],
        instructions=request["instructions"],
        effort=_effort(task),
        about=About(task.conversation_id, bot_id),
    )


def _prepare_values(session: Session, task: Task, bot_id: UUID) -> Prepared[Any]:
    request = task.request
    return agent_reading.prepare_values(
        session,
        task.actor,
        request["text"],
        request["fields"],
        instructions=request["instructions"],
        effort=_effort(task),
        about=About(task.conversation_id, bot_id),
    )


def _answered(session: Session, task: Task, asked: Asked[Any]) -> Json:
    item = agent_response.finish(session, task.actor, asked)
    return {"text": item.reply, "action": item.action}


def _classified(session: Session, task: Task, asked: Asked[Any]) -> Json:
    category, confidence = agent_reading.finish_category(session, task.actor, asked)
    return {"category": category, "confidence": confidence}


def _extracted(session: Session, task: Task, asked: Asked[Any]) -> Json:
    return {"values": dict(mapping(agent_reading.finish_values(session, task.actor, asked)))}


_PREPARE = {"answer": _prepare_answer, "classify": _prepare_class, "extract": _prepare_values}
_FINISH = {"answer": _answered, "classify": _classified, "extract": _extracted}
