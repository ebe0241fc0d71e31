"""Conversations that bots take part in, as one batch reads them: who, what came in, where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg

from botpe_app.core.engine import CallApi, Note, Program, RunAgent, Send, Session, Step
from botpe_app.services.ingest_batch import columns

Connection = psycopg.Connection[Any]
Json = dict[str, Any]
Key = tuple[UUID, UUID]  # organization, conversation

# Whoever holds the customer or the conversation is waited for by coming again: no deadlocks.
_LOCK: LiteralString = """
select c.organization_id, c.id, c.account_id, c.contact_id, c.status, c.owner, c.owner_epoch,
  c.bot_id, c.assignee_id, c.tags, k.name, k.phone, k.email, k.language, k.tags,
  k.custom_fields, k.marketing_opt_in, o.plan, o.name, o.language, o.time_zone,
  h.timezone, h.days, h.holidays, now()
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
join conversations c on c.organization_id = n.organization_id and c.id = n.id
join contacts k on k.organization_id = c.organization_id and k.id = c.contact_id
join organizations o on o.id = c.organization_id
left join business_hours h on h.organization_id = c.organization_id
order by c.organization_id, c.id
for no key update of c, k skip locked
"""
_INPUTS: LiteralString = """
select i.organization_id, i.conversation_id, i.id, i.kind, i.created_at, m.type, m.content,
  m.text, m.wa_message_id, m.correlation_id, q.content ->> 'name', i.data
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
join bot_inputs i on i.organization_id = n.organization_id and i.conversation_id = n.id
left join messages m on m.organization_id = i.organization_id and m.id = i.id
left join messages q on q.organization_id = m.organization_id and q.wa_message_id = m.reply_to
  and q.type = 'template' and q.direction = 'outgoing'
order by i.id
"""
_SESSIONS: LiteralString = """
select s.organization_id, s.conversation_id, s.id, s.bot_id, s.version, s.state, s.due_at,
  s.asked_message_id, s.started_at, s.hand_off, s.left_as, m.status,
  coalesce(m.sent_at, m.failed_at)
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
join bot_sessions s on s.organization_id = n.organization_id and s.conversation_id = n.id
  and s.status <> 'ended'
left join messages m on m.organization_id = s.organization_id and m.id = s.asked_message_id
"""
_VARIABLES: LiteralString = """
select organization_id, name, value -> 'value' from bot_variables where organization_id = any(%b)
"""


class Input(NamedTuple):
    """Something to hear: a message, a program's answer, a person who gives it back."""

    id: UUID
    kind: str
    heard_at: datetime
    type: str | None
    content: Json | None
    text: str | None
    wamid: str | None
    correlation_id: UUID | None
    template: str | None  # the name of the one it answers
    data: Json  # of a callback


@dataclass(slots=True)
class Live:
    """A session that has not ended; `asked_*`: of the question it waits for."""

    id: UUID
    bot_id: UUID
    version: int
    state: Session
    due_at: datetime | None = None
    asked_message_id: UUID | None = None
    started_at: datetime | None = None
    hand_off: str = ""  # why a person was called first
    left: Json = field(default_factory=dict[str, Any])  # marks, see converse_record
    asked_status: str | None = None
    asked_at: datetime | None = None


class Heard(NamedTuple):
    """What a turn began with; `id` is the message's where it was one, and chance's seed."""

    kind: str  # start, reply, callback, timeout, expiry, pause, continue
    id: UUID
    is_message: bool
    node_id: str  # where the session waited
    data: Json


class Errand(NamedTuple):
    """Something to be done outside, beside the bot's turn: showing that it types."""

    request: Json
    after_seconds: float


class Letter(NamedTuple):
    """An e-mail of the bot's."""

    to: str
    subject: str
    text: str


class Said(NamedTuple):
    """A message that the bot wants sent."""

    id: UUID
    bot_id: UUID
    send: Send
    content: Json
    correlation_id: UUID


class Turned(NamedTuple):
    """What a session heard, and what it answered: kept so that it can be played again."""

    session_id: UUID
    heard: Heard
    said: list[Said]


@dataclass(slots=True)
class Talk:
    """A conversation under its lock: as it is found, and as it becomes."""

    organization_id: UUID
    id: UUID
    account_id: UUID
    contact_id: UUID
    status: str
    owner: str
    owner_epoch: int
    bot_id: UUID | None
    assignee_id: UUID | None
    tags: list[str]
    contact: Json
    organization: Json
    plan: str
    timezone: str
    hours: Json | None
    now: datetime
    inputs: list[Input] = field(default_factory=list[Input])
    live: Live | None = None
    # What becomes of it.
    sessions: dict[UUID, Live] = field(default_factory=dict[UUID, Live])
    said: list[Said] = field(default_factory=list[Said])
    steps: list[tuple[UUID, Step]] = field(default_factory=list[tuple[UUID, Step]])
    turns: list[Turned] = field(default_factory=list[Turned])
    calls: list[CallApi | RunAgent] = field(default_factory=list[CallApi | RunAgent])
    errands: list[Errand] = field(default_factory=list[Errand])
    mails: list[Letter] = field(default_factory=list[Letter])
    events: list[Json] = field(default_factory=list[Json])  # for other programs
    campaigns: list[str] = field(default_factory=list[str])  # to be added to
    notes: list[str] = field(default_factory=list[str])
    remarks: list[Note] = field(default_factory=list[Note])
    variables: Json = field(default_factory=dict[str, Any])
    contact_changed: bool = False
    # What it sounds like: as it was last read, and each text to hear. Only where a bot asks.
    signals: Json = field(default_factory=dict[str, Any])
    signals_of: dict[UUID, Json] = field(default_factory=dict[UUID, Json])
    consent: bool | None = None  # to marketing, given or stopped
    needs_person: bool = False
    team_id: UUID | None = None  # of which somebody is to have it

    @property
    def key(self) -> Key:
        """What names it."""
        return self.organization_id, self.id

    @property
    def asks_agents(self) -> bool:
        """Whether one of its calls is an agent's task."""
        return any(isinstance(call, RunAgent) for call in self.calls)


@dataclass(slots=True)
class Bots:
    """The bots around a batch: the active ones of each number, and every program in play."""

    active: dict[UUID, list[Program]] = field(
        default_factory=lambda: defaultdict[UUID, list[Program]](list)
    )  # by account
    published: dict[UUID, dict[str, Program]] = field(
        default_factory=lambda: defaultdict[UUID, dict[str, Program]](dict)
    )  # by organization, then by bot
    versions: dict[tuple[str, str], Program] = field(default_factory=dict[tuple[str, str], Program])


def lock(connection: Connection, keys: Sequence[Key]) -> list[Talk]:
    """These conversations, locked, with all that waits in them; those held by others are left."""
    cursor = connection.cursor(binary=True).execute(_LOCK, columns(keys))
    talks = {(row[0], row[1]): _talk(row) for row in cursor}
    if not talks:
        return []
    for row in connection.cursor(binary=True).execute(_INPUTS, columns(talks)):
        talks[row[0], row[1]].inputs.append(Input(*row[2:]))
    for row in connection.cursor(binary=True).execute(_SESSIONS, columns(talks)):
        session_id, bot_id, version, state, *rest = row[2:]
        live = Live(session_id, bot_id, version, Session.read(state), *rest)
        talks[row[0], row[1]].live = live
    _add_variables(connection, talks.values())
    return list(talks.values())


def _talk(row: tuple[Any, ...]) -> Talk:
    name, phone, email, language, tags, fields, opted_in = row[10:17]
    contact = {
        "id": str(row[3]), "name": name, "phone": phone or "", "email": email or "",
        "language": language or "", "tags": list(tags), "custom_fields": fields,
        "marketing_opt_in": opted_in,
    }  # fmt: skip
    plan, organization_name, spoken, zone, hours_zone, days, holidays, now = row[17:]
    hours = None
    if days is not None:
        hours = {"days": days, "holidays": holidays, "timezone": hours_zone or zone}
    organization: Json = {"name": organization_name, "language": spoken, "variables": {}}
    about: tuple[Any, ...] = (contact, organization, plan, zone, hours, now)
    held: tuple[Any, ...] = (*row[:9], list(row[9]), *about)
    return Talk(*held)


def _add_variables(connection: Connection, talks: Iterable[Talk]) -> None:
    by_organization: dict[UUID, Json] = defaultdict(dict)
    organizations = sorted({talk.organization_id for talk in talks})
    cursor = connection.cursor(binary=True).execute(_VARIABLES, (organizations,))
    for organization_id, name, value in cursor:
        by_organization[organization_id][name] = value
    for talk in talks:
        talk.organization["variables"] = dict(by_organization[talk.organization_id])


__all__ = [
    "Bots", "Connection", "Errand", "Heard", "Input", "Json", "Key", "Letter", "Live", "Said",
    "Talk", "Turned", "lock",
]  # fmt: skip
