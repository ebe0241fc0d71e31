"""Real conversations with a bot, had again with its draft: what would change, before it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.core.engine import Context, Program, Start, from_message
from botpe_app.core.engine.rehearsal import Line, starting
from botpe_app.core.engine.replaying import Heard, first_difference, recorded, replay
from botpe_app.core.flow import Problem, parse_draft, problems
from botpe_app.core.permissions import Permission
from botpe_app.models import Bot, BotSession, BotStep, BotTurn, Contact, Conversation, Message
from botpe_app.services import signals
from botpe_app.services.access import Actor, get
from botpe_app.services.bot_context import Sounds, context_of, published, sounds_of
from botpe_app.services.bot_simulation import checked, told
from botpe_app.services.bots import surroundings
from botpe_app.services.converse_record import seed_of
from botpe_app.services.joining import on

Json = dict[str, Any]
MOST_CONVERSATIONS = 200


@dataclass(frozen=True, slots=True)
class ReplayedConversation:
    """One conversation as it was and as it would be; `difference` is the first line that is not
    the same, None if the customer would notice nothing."""

    session_id: str
    conversation_id: str
    contact: str
    version: int
    started_at: datetime
    same: bool
    difference: Json | None
    recorded: list[Json]
    replayed: list[Json]
    recorded_path: list[str]
    replayed_path: list[str]
    recorded_status: str  # waiting, paused, ended
    replayed_status: str  # also "" where the bot would not answer at all
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Replays:
    """All of them, newest first, and how many of each kind there are."""

    summary: Json
    conversations: list[ReplayedConversation]
    problems: list[Problem]


def replay_bot(
    session: Session, actor: Actor, bot_id: UUID | str, *, flow: object = None, count: int = 20
) -> Replays:
    """The last `count` conversations with the bot's draft, or with the flow given.

    Raises Forbidden, NotFound.
    """
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    raw = row.flow if flow is None else flow
    program = Program(parse_draft(raw), str(row.id), "draft")
    others = published(session, actor.organization_id)
    sounds = sounds_of(session, actor, program, others)
    records = _Records(session, actor, row.id, min(count, MOST_CONVERSATIONS), sounds)
    around = context_of(session, actor, None)
    found = [_again(one, records, program, around, others) for one in records.sessions]
    return Replays(
        _summary(found), found, problems(raw, surroundings(session, actor, row.account_id))
    )


class _Records:
    """What is kept of a bot's last conversations."""

    def __init__(
        self, session: Session, actor: Actor, bot_id: UUID, count: int, sounds: Sounds | None
    ) -> None:
        self.session, self.actor, self.sounds = session, actor, sounds
        ours = BotSession.organization_id == actor.organization_id
        first_turn = select(BotTurn.id).where(
            BotTurn.organization_id == actor.organization_id,
            BotTurn.session_id == col(BotSession.id),
            BotTurn.kind == "start",
        )
        newest = (
            select(BotSession)
            .where(ours, BotSession.bot_id == bot_id, first_turn.exists())
            .order_by(col(BotSession.started_at).desc(), col(BotSession.id).desc())
            .limit(count)
        )
        self.sessions = list(session.exec(newest))
        self.turns = self._turns()
        self.messages = self._messages()
        self.templates = self._templates()
        self.paths = self._paths(bot_id)
        self.names = self._names()

    def _of(self, table: Any) -> Any:
        ids = [one.id for one in self.sessions]
        ours = table.organization_id == self.actor.organization_id
        wanted = select(table).where(ours, col(table.session_id).in_(ids))
        return self.session.exec(wanted.order_by(col(table.id)))

    def _turns(self) -> dict[UUID, list[BotTurn]]:
        found: dict[UUID, list[BotTurn]] = defaultdict(list)
        for turn in cast("Sequence[BotTurn]", self._of(BotTurn)):
            found[turn.session_id].append(turn)
        return found

    def _messages(self) -> dict[str, Message]:
        turns = [turn for turns in self.turns.values() for turn in turns]
        ids = {turn.heard_id for turn in turns if turn.is_message}
        ids |= {UUID(said[0]) for turn in turns for said in turn.said}
        wanted = select(Message).where(
            Message.organization_id == self.actor.organization_id, col(Message.id).in_(ids)
        )
        return {str(one.id): one for one in self.session.exec(wanted)}

    def _templates(self) -> dict[str, str]:
        """The names of the templates that were answered, by wamid."""
        answered = {one.reply_to for one in self.messages.values() if one.reply_to}
        wanted = select(Message).where(
            Message.organization_id == self.actor.organization_id,
            col(Message.wa_message_id).in_(answered),
            Message.type == "template",
        )
        return {
            str(one.wa_message_id): as_text(one.content.get("name"))
            for one in self.session.exec(wanted)
        }

    def _paths(self, bot_id: UUID) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = defaultdict(list)
        for step in cast("Sequence[BotStep]", self._of(BotStep)):
            if step.arrived and step.bot_id == bot_id:
                found[step.session_id].append(step.node_id)
        return found

    def _names(self) -> dict[UUID, str]:
        talks = {one.conversation_id for one in self.sessions}
        wanted = (
            select(Conversation.id, Contact.name, Contact.phone)
            .join(Contact, on(Contact, Conversation.contact_id))
            .where(
                Conversation.organization_id == self.actor.organization_id,
                col(Conversation.id).in_(talks),
            )
        )
        return {talk: name or phone or "" for talk, name, phone in self.session.exec(wanted)}

    def conversation(self, turn: BotTurn, message: Message | None) -> Json:
        """The conversation as the turn found it; what no bot asked of its text then, as of now."""
        held = {**mapping(turn.data.get("conversation"))}
        if self.sounds and message and message.text and not set(signals.NONE) <= set(held):
            held |= self.sounds(message.text)
        return held


def _again(
    row: BotSession,
    records: _Records,
    program: Program,
    around: Context,
    others: dict[str, Program],
) -> ReplayedConversation:
    turns = records.turns[row.id]
    heard = [_heard(turn, records) for turn in turns]
    context = _context(around, mapping(turns[0].data))
    again = replay(program, heard, context, others, finished=row.status == "ended")
    before, after = recorded(heard), _as_sent(again.lines)
    place = first_difference(before, after)
    return ReplayedConversation(
        session_id=str(row.id),
        conversation_id=str(row.conversation_id),
        contact=records.names.get(row.conversation_id, ""),
        version=row.version,
        started_at=row.started_at,
        same=place is None,
        difference=_difference(place, before, after),
        recorded=[told(line) for line in before],
        replayed=[told(line) for line in after],
        recorded_path=records.paths[row.id],
        replayed_path=[s.node_id for s in again.path if s.arrived and s.bot_id == program.bot_id],
        recorded_status=row.status,
        replayed_status=again.session.status if again.session else "",
        notes=[note.message for note in again.notes],
    )


def _context(around: Context, begun: Mapping[str, Any]) -> Context:
    """The customer and the variables as they were when it began."""
    organization = {**around.organization, "variables": mapping(begun.get("variables"))}
    contact = {**around.contact, **mapping(begun.get("contact"))}
    return replace(around, contact=contact, organization=organization)


def _as_sent(lines: Sequence[Line]) -> list[Line]:
    """Without what WhatsApp would not take: that is never sent."""
    found = [(line, *checked(line)) for line in lines]
    return [replace(line, content=content) for line, content, problem in found if not problem]


def _difference(place: int | None, before: list[Line], after: list[Line]) -> Json | None:
    if place is None:
        return None
    return {
        "line": place,
        "recorded": told(before[place]) if place < len(before) else None,
        "replayed": told(after[place]) if place < len(after) else None,
    }


def _heard(turn: BotTurn, records: _Records) -> Heard:
    messages = records.messages
    message = messages.get(str(turn.heard_id)) if turn.is_message else None
    line, start = None, None
    if message:
        line = Line("contact", message.type, message.content)
        said = from_message(
            message.type, message.content, message.text, message.wa_message_id or ""
        )
        referral = mapping(message.content.get("referral"))
        start = starting(said, referral, records.templates.get(message.reply_to or "", ""))
    elif turn.kind == "start":
        start = Start.model_validate({**mapping(turn.data.get("start"))})
    answers = [(messages.get(said[0]), said[1]) for said in turn.said]
    return Heard(
        turn.kind,
        turn.at,
        seed_of(turn.heard_id),
        turn.node_id,
        line,
        start,
        turn.data,
        records.conversation(turn, message),
        mapping(turn.data.get("changed")),
        [Line("bot", one.type, one.content, node) for one, node in answers if one],
    )


def _summary(found: list[ReplayedConversation]) -> Json:
    """How many there are, would go the same or not, would not begin, and how they would end."""
    return {
        "conversations": len(found),
        "same": sum(one.same for one in found),
        "changed": sum(not one.same for one in found),
        "not_started": sum(not one.replayed_status for one in found),
        "ended": {
            "recorded": sum(one.recorded_status == "ended" for one in found),
            "replayed": sum(one.replayed_status == "ended" for one in found),
        },
        "with_a_person": {
            "recorded": sum(one.recorded_status == "paused" for one in found),
            "replayed": sum(one.replayed_status == "paused" for one in found),
        },
    }
