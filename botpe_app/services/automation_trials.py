"""Trying a rule on the past: what it would have fired on. Nothing is done and nothing is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core import automations as grammar
from botpe_app.core.permissions import Permission
from botpe_app.models import AutomationRule, Contact, Conversation, Message
from botpe_app.models.base import utc_now
from botpe_app.services import automation_facts as facts_of
from botpe_app.services.access import Actor, get
from botpe_app.services.automation_facts import Facts, House
from botpe_app.services.automation_views import Trial, WouldFire
from botpe_app.services.joining import on

_MOST_LOOKED_AT, _MOST_SHOWN = 500, 50
_PAST = timedelta(days=30)
_ABOUT = {
    "message": "the last 500 messages of customers",
    "opened": "the last 500 conversations",
    "tagged": "the last 500 conversations, by the tags they and their contacts have now",
    "field": "the last 500 conversations, by the fields that are filled now",
    "silence": "the conversations that wait for an answer now",
    "api": "the last 500 conversations, as if the event came now",
}


class _Past(NamedTuple):
    conversation: Conversation
    contact: Contact
    message: Message | None
    at: datetime


def would_fire(
    session: Session,
    actor: Actor,
    automation_id: UUID | str | None,
    *,
    trigger: object = None,
    conditions: object = None,
    now: datetime | None = None,
) -> Trial:
    """What the rule, or one with this trigger and these conditions, would have fired on.

    Without an id both are of a rule that is still being written. Raises Forbidden, NotFound,
    Invalid naming the field.
    """
    actor.require(Permission.MANAGE_AUTOMATIONS)
    row = get(session, actor, AutomationRule, automation_id) if automation_id else None
    rule = AutomationRule(
        organization_id=actor.organization_id,
        name=row.name if row else "",
        event="",
        trigger=row.trigger if row and trigger is None else grammar.read_trigger(trigger),
        conditions=row.conditions
        if row and conditions is None
        else grammar.read_conditions(conditions),
    )
    rule.event = grammar.EVENTS[rule.trigger["type"]]
    house = facts_of.house_of(session, actor)
    past = _past(session, actor, rule, now or utc_now())
    found: list[WouldFire] = []
    for one in past:
        facts = _facts(session, house, rule, one)
        if facts.fit(rule):
            found.append(_shown(facts))
    return Trial(len(past), len(found), found[:_MOST_SHOWN], _ABOUT[rule.event])


def _past(session: Session, actor: Actor, rule: AutomationRule, now: datetime) -> list[_Past]:
    if rule.event == "message":
        return _messages(session, actor, now)
    talks = (
        select(Conversation, Contact)
        .join(Contact, on(Contact, Conversation.contact_id))
        .where(Conversation.organization_id == actor.organization_id)
    )
    if rule.event == "silence":
        waits = now - timedelta(minutes=rule.trigger["minutes"])
        talks = talks.where(
            col(Conversation.waiting_since) <= waits,
            col(Conversation.status).in_(("open", "pending")),
        ).order_by(col(Conversation.waiting_since))
    else:
        talks = talks.order_by(col(Conversation.id).desc())
    found = session.exec(talks.limit(_MOST_LOOKED_AT))
    return [_Past(talk, contact, None, _when(rule, talk, now)) for talk, contact in found]


def _when(rule: AutomationRule, talk: Conversation, now: datetime) -> datetime:
    return talk.created_at if rule.event == "opened" else now


def _messages(session: Session, actor: Actor, now: datetime) -> list[_Past]:
    wanted = (
        select(Message, Conversation, Contact)
        .join(Conversation, on(Conversation, Message.conversation_id))
        .join(Contact, on(Contact, Conversation.contact_id))
        .where(
            Message.organization_id == actor.organization_id,
            Message.direction == "incoming",
            Message.type != "system",
            col(Message.created_at) > now - _PAST,
        )
        .order_by(col(Message.created_at).desc())
    )
    found = session.exec(wanted.limit(_MOST_LOOKED_AT))
    return [_Past(talk, contact, said, said.created_at) for said, talk, contact in found]


def _facts(session: Session, house: House, rule: AutomationRule, past: _Past) -> Facts:
    talk, contact, message, at = past
    data = _data(rule, talk, contact)
    what = facts_of.happened(
        session, house, rule.event, contact=contact, message=message, at=at, data=data
    )
    return Facts(house, talk, contact, message, what, at)


def _data(rule: AutomationRule, talk: Conversation, contact: Contact) -> dict[str, Any]:
    """What the event would have said, as far as it can be known now."""
    if rule.event == "api":
        return {"event": rule.trigger.get("event", "")}
    if rule.event == "tagged":
        has = [*talk.tags, *contact.tags]
        return {"added": has, "removed": []}
    if rule.event == "field":
        plain = [name for name in ("name", "email", "phone", "language") if getattr(contact, name)]
        return {"fields": [*plain, *(f"custom_fields.{name}" for name in contact.custom_fields)]}
    return {}


def _shown(facts: Facts) -> WouldFire:
    message, talk = facts.message, facts.conversation
    return WouldFire(
        id=str(message.id if message else talk.id),
        conversation_id=str(talk.id),
        contact_name=facts.contact.name or facts.contact.phone or "",
        text=message.text if message else talk.last_message,
        at=facts.at,
    )
