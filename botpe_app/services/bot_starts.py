"""Starting bots from outside: another program's call, and times of day."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Session, col, select

from botpe_app.core import alarms
from botpe_app.core.engine import Start, triggered
from botpe_app.core.flow import parse
from botpe_app.core.flow.schema import Flow, Schedule
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import (
    Bot,
    BotSession,
    BotVersion,
    Contact,
    Conversation,
    Organization,
    Segment,
)
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import accounts, contacts, messages, segment_query
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.bots import answering_flow
from botpe_app.services.joining import answering

log = logging.getLogger(__name__)

_LARGEST_DATA = 32_000  # characters of JSON
_LATE = timedelta(hours=1)  # an alarm that was missed for longer is not made up for
_START = text("select start_bot(:organization, :bot, :people, :about)").bindparams(
    bindparam("people", type_=ARRAY(Uuid())), bindparam("about", type_=JSONB)
)
_RING = text(
    "insert into bot_alarms (organization_id, bot_id, trigger_id, rung_for)"
    " values (:organization, :bot, :trigger, :at)"
    " on conflict (organization_id, bot_id, trigger_id) do update set rung_for = excluded.rung_for"
    " where bot_alarms.rung_for < excluded.rung_for returning 1"
)
_WITH_SCHEDULE: dict[str, Any] = {"triggers": [{"type": "schedule"}]}


@dataclass(frozen=True, slots=True)
class StartItem:
    """A bot that is about to begin in a conversation."""

    bot_id: str
    conversation_id: str
    contact_id: str


def start_bot(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    conversation_id: str | None = None,
    contact_id: str | None = None,
    to: str | None = None,
    trigger_id: str = "",
    data: dict[str, Any] | None = None,
    interrupt: bool = False,
) -> StartItem:
    """Begins a bot with one customer; `data` becomes `{{trigger.data}}`.

    Raises Forbidden, NotFound, Invalid naming the field, Conflict for a bot that does not answer
    or has no API trigger, for a conversation that a person has, or where a bot is already, unless
    `interrupt` ends that.
    """
    actor.require(Permission.ANSWER)
    row = get(session, actor, Bot, bot_id)
    start = Start(type="api", trigger_id=trigger_id)
    if row.status != "active":
        raise Conflict("This bot answers nobody. Publish it, or let it answer again.")
    if triggered(parse(answering_flow(session, row)), start) is None:
        raise Conflict("This bot has no such API trigger.", field="trigger_id")
    if len(json.dumps(data or {})) > _LARGEST_DATA:
        raise Invalid(f"At most {_LARGEST_DATA} characters of JSON.", field="data")
    talk = _talk(session, actor, row, _one_of(conversation_id, contact_id, to))
    _check_free(session, talk, interrupt=interrupt)
    about = {"type": "api", "trigger_id": trigger_id, "data": data or {}, "interrupt": interrupt}
    _begin(session, row, [talk.contact_id], about)
    nudge(session, Lane.CONVERSATIONS)
    return StartItem(str(row.id), str(talk.id), str(talk.contact_id))


def hand_to(session: Session, actor: Actor, bot_id: UUID | str, conversation_id: UUID) -> StartItem:
    """Begins a bot in a conversation, in the place of the bot that is there: by its API trigger,
    or where it has none by its first.

    Raises as `start_bot`.
    """
    flow = parse(answering_flow(session, get(session, actor, Bot, bot_id)))
    by_program = (one.id for one in flow.triggers if one.type == "api")
    first = next(by_program, flow.triggers[0].id if flow.triggers else "")
    return start_bot(
        session,
        actor,
        bot_id,
        conversation_id=str(conversation_id),
        trigger_id=first,
        interrupt=True,
    )


def ring(session: Session, *, now: datetime | None = None) -> int:
    """Begins the bots whose time of day has come, each once; how many customers that concerns.

    The session acts as the system.
    """
    now = now or utc_now()
    found = session.exec(
        select(Bot, BotVersion, Organization.time_zone)
        .join(BotVersion, answering())
        .join(Organization, col(Organization.id) == col(Bot.organization_id))
        .where(Bot.status == "active", col(BotVersion.flow).contains(_WITH_SCHEDULE))
    ).all()
    return sum(_ring(session, row, version, zone, now) for row, version, zone in found)


def _ring(session: Session, row: Bot, version: BotVersion, zone: str, now: datetime) -> int:
    flow = parse(version.flow)
    begun = 0
    for trigger in flow.triggers:
        if not isinstance(trigger, Schedule):
            continue
        at = alarms.last_time(now, _zone(flow, zone), trigger.time, trigger.days)
        due = version.created_at < at and now - at <= _LATE
        if due and _first_for(session, row, trigger, at):
            people = _people(session, row, trigger)
            begun += _begin(session, row, people, {"type": "schedule", "trigger_id": trigger.id})
            told = {"bot_id": str(row.id), "trigger_id": trigger.id, "customers": len(people)}
            log.info("bot_schedule", extra=told)
    return begun


def _first_for(session: Session, row: Bot, trigger: Schedule, at: datetime) -> bool:
    """Whether nobody has rung for this moment, which is then taken."""
    key = {"organization": row.organization_id, "bot": row.id, "trigger": trigger.id, "at": at}
    return session.connection().execute(_RING, key).first() is not None


def _zone(flow: Flow, zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(flow.settings.timezone or zone)
    except (ValueError, OSError):
        return ZoneInfo("UTC")


def _people(session: Session, row: Bot, trigger: Schedule) -> list[UUID]:
    """The contacts of the segment, without one those with a conversation on the bot's number.

    Nobody who blocked us or wants no news.
    """
    wanted = select(Contact.id).where(
        Contact.organization_id == row.organization_id,
        col(Contact.blocked_at).is_(None),
        col(Contact.marketing_opted_out_at).is_(None),
    )
    if trigger.segment_id:
        segment = session.get(Segment, (row.organization_id, as_id(trigger.segment_id)))
        if segment is None:
            return []
        return list(session.exec(wanted.where(segment_query.means(segment.filter))))
    theirs = select(Conversation.contact_id).where(
        Conversation.organization_id == row.organization_id,
        Conversation.account_id == row.account_id,
        Conversation.status != "closed",
    )
    return list(session.exec(wanted.where(col(Contact.id).in_(theirs))))


def _begin(session: Session, row: Bot, people: list[UUID], about: dict[str, Any]) -> int:
    if not people:
        return 0
    asked = {"organization": row.organization_id, "bot": row.id, "people": people, "about": about}
    return int(session.connection().execute(_START, asked).scalar_one())


_Whom = tuple[str, str]


def _one_of(conversation_id: str | None, contact_id: str | None, to: str | None) -> _Whom:
    given = {"conversation_id": conversation_id, "contact_id": contact_id, "to": to}
    named = [(name, value) for name, value in given.items() if value]
    if len(named) != 1:
        raise Invalid("Name one of conversation_id, contact_id and to.", field="contact_id")
    return named[0]


def _talk(session: Session, actor: Actor, row: Bot, whom: _Whom) -> Conversation:
    """The customer's conversation on the bot's number, locked."""
    kind, value = whom
    if kind == "conversation_id":
        talk = get(session, actor, Conversation, value)
        if talk.account_id != row.account_id or talk.status == "closed":
            told = "This conversation is closed, or on another number than the bot."
            raise Invalid(told, field="conversation_id")
    else:
        account = accounts.choose(session, actor, row.account_id)
        contact = (
            get(session, actor, Contact, value)
            if kind == "contact_id"
            else contacts.find_or_make(session, actor, value)
        )
        talk = messages.open_conversation(session, account, contact)
    return get_locked(session, actor, Conversation, talk.id)


def _check_free(session: Session, talk: Conversation, *, interrupt: bool) -> None:
    if talk.owner == "human":
        raise Conflict("A person has this conversation.")
    live = select(BotSession.id).where(
        BotSession.organization_id == talk.organization_id,
        BotSession.conversation_id == talk.id,
        BotSession.status != "ended",
    )
    if talk.owner == "bot" and not interrupt and session.exec(live).first():
        raise Conflict("A bot is in this conversation already; `interrupt` ends that.")
