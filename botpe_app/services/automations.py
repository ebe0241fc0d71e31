"""Automation rules: keeping them in order, and telling them of events from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, func, select

from botpe_app import live
from botpe_app.core import automations as grammar
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import (
    AutomationEvent,
    AutomationRule,
    AutomationRun,
    Bot,
    Contact,
    Conversation,
    Team,
    Template,
    WebhookSubscription,
)
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import accounts, contacts, inbox, messages
from botpe_app.services.access import Actor, get, get_locked, get_named
from botpe_app.services.automation_views import RuleItem
from botpe_app.services.saving import short_text

_MOST = 100
_LONGEST_REST = 30 * 24 * 60
_LARGEST_DATA = 10_000  # characters of JSON


def list_rules(session: Session, actor: Actor) -> list[RuleItem]:
    """The organization's rules, in their order."""
    actor.require(Permission.READ)
    ours = select(AutomationRule).where(AutomationRule.organization_id == actor.organization_id)
    rows = session.exec(ours.order_by(col(AutomationRule.position), col(AutomationRule.id))).all()
    fired = _fired(session, actor, [row.id for row in rows])
    return [_item(row, *fired.get(row.id, (0, None))) for row in rows]


def get_rule(session: Session, actor: Actor, automation_id: UUID | str) -> RuleItem:
    """One rule. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, AutomationRule, automation_id)
    return _item(row, *_fired(session, actor, [row.id]).get(row.id, (0, None)))


def create_rule(
    session: Session,
    actor: Actor,
    *,
    name: str,
    trigger: object,
    actions: object,
    conditions: object = None,
    enabled: bool = True,
    **others: Any,
) -> RuleItem:
    """A new rule, after those there are. Raises Forbidden, Invalid naming the field, Conflict."""
    actor.require(Permission.MANAGE_AUTOMATIONS)
    ours = AutomationRule.organization_id == actor.organization_id
    count, last = session.exec(
        select(func.count(), func.coalesce(func.max(AutomationRule.position), -1)).where(ours)
    ).one()
    if count >= _MOST:
        raise Conflict(f"There are {_MOST} automations already. Remove one first.")
    row = AutomationRule(
        organization_id=actor.organization_id,
        name="",
        enabled=enabled,
        position=min(last + 1, 2**31 - 1),
        event="",
    )
    given = {"name": name, "trigger": trigger, "conditions": conditions, "actions": actions}
    _change(session, actor, row, {**given, **others})
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, actor.organization_id, "automations")
    return _item(row, 0, None)


def update_rule(
    session: Session, actor: Actor, automation_id: UUID | str, **fields: Any
) -> RuleItem:
    """Changes what is named. Raises Forbidden, NotFound, Invalid naming the field."""
    actor.require(Permission.MANAGE_AUTOMATIONS)
    row = get_locked(session, actor, AutomationRule, automation_id)
    _change(session, actor, row, fields)
    if fields.get("enabled") is not None:
        row.enabled = fields["enabled"]
    row.updated_at = utc_now()
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "automations")
    return get_rule(session, actor, row.id)


def delete_rule(session: Session, actor: Actor, automation_id: UUID | str) -> None:
    """Removes a rule and its log. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_AUTOMATIONS)
    session.delete(get_locked(session, actor, AutomationRule, automation_id))
    session.flush()
    live.publish(session, actor.organization_id, "automations")


def raise_event(
    session: Session,
    actor: Actor,
    *,
    event: str,
    conversation_id: str | None = None,
    contact_id: str | None = None,
    phone: str | None = None,
    data: dict[str, Any] | None = None,
) -> str:
    """Tells the rules of an event of the caller's; the id of the conversation it is about.

    Raises Forbidden, NotFound, Invalid naming the field.
    """
    actor.require(Permission.ANSWER)
    event = short_text(event, field="event", most=80)
    if len(json.dumps(data or {})) > _LARGEST_DATA:
        raise Invalid(f"At most {_LARGEST_DATA:,} characters of JSON.", field="data")
    row = _conversation(session, actor, conversation_id, contact_id, phone)
    heard = select(AutomationRule.id).where(
        AutomationRule.organization_id == actor.organization_id,
        AutomationRule.event == "api",
        col(AutomationRule.enabled),
    )
    if session.exec(heard.limit(1)).first():
        session.add(
            AutomationEvent(
                organization_id=actor.organization_id,
                kind="api",
                conversation_id=row.id,
                data={"event": event, "data": data or {}},
            )
        )
        session.flush()
        nudge(session, Lane.CONVERSATIONS)
    return str(row.id)


def _conversation(
    session: Session,
    actor: Actor,
    conversation_id: str | None,
    contact_id: str | None,
    phone: str | None,
) -> Conversation:
    if conversation_id:
        return get(session, actor, Conversation, conversation_id)
    if contact_id:
        contact = get(session, actor, Contact, contact_id)
    elif phone:
        contact = contacts.find_or_make(session, actor, phone)
    else:
        raise Invalid("Name a conversation, a contact or a phone number.", field="conversation_id")
    theirs = select(Conversation).where(
        Conversation.organization_id == actor.organization_id,
        Conversation.contact_id == contact.id,
        Conversation.status != "closed",
    )
    found = session.exec(theirs.order_by(col(Conversation.last_message_at).desc()).limit(1)).first()
    return found or messages.open_conversation(
        session, accounts.choose(session, actor, None), contact
    )


def _change(session: Session, actor: Actor, row: AutomationRule, fields: dict[str, Any]) -> None:
    if fields.get("name") is not None:
        row.name = short_text(fields["name"], field="name", most=80)
    if fields.get("trigger") is not None or not row.event:
        row.trigger = grammar.read_trigger(fields.get("trigger"))
        row.event = grammar.EVENTS[row.trigger["type"]]
    if "conditions" in fields:
        row.conditions = grammar.read_conditions(fields["conditions"])
    if fields.get("actions") is not None or not row.actions:
        row.actions = grammar.read_actions(fields.get("actions"))
        _check_references(session, actor, row.actions)
    if fields.get("rest_minutes") is not None:
        row.rest_minutes = _within(fields["rest_minutes"], "rest_minutes", _LONGEST_REST)
    if fields.get("stops") is not None:
        row.stops = fields["stops"]
    if fields.get("position") is not None:
        row.position = _within(fields["position"], "position", 2**31 - 1)


def _within(value: int, field: str, most: int) -> int:
    if not 0 <= value <= most:
        raise Invalid(f"This is 0 to {most:,}.", field=field)
    return value


def _check_references(session: Session, actor: Actor, actions: list[dict[str, Any]]) -> None:
    """Raises Invalid for a person, team, bot or the like that is not the organization's."""
    for place, action in enumerate(actions):
        if action.get("user_id"):
            inbox.member(session, actor, action["user_id"], f"actions.{place}.user_id")
        for name, table in _REFERENCES.items():
            if action.get(name):
                get_named(session, actor, table, action[name], f"actions.{place}.{name}")


_REFERENCES: dict[str, type[SQLModel]] = {
    "bot_id": Bot,
    "webhook_id": WebhookSubscription,
    "team_id": Team,
    "template_id": Template,
}


_Fired = dict[UUID, tuple[int, datetime | None]]


def _fired(session: Session, actor: Actor, ids: Iterable[UUID]) -> _Fired:
    counted = (
        select(AutomationRun.rule_id, func.count(), func.max(AutomationRun.at))
        .where(
            AutomationRun.organization_id == actor.organization_id,
            col(AutomationRun.rule_id).in_(list(ids)),
            col(AutomationRun.outcome).in_(("done", "partly")),
        )
        .group_by(col(AutomationRun.rule_id))
    )
    return {rule: (count, last) for rule, count, last in session.exec(counted)}


def _item(row: AutomationRule, fired: int, last: datetime | None) -> RuleItem:
    return RuleItem(
        id=str(row.id),
        name=row.name,
        enabled=row.enabled,
        position=row.position,
        trigger=dict(row.trigger),
        conditions=dict(row.conditions),
        actions=[dict(action) for action in row.actions],
        rest_minutes=row.rest_minutes,
        stops=row.stops,
        fired=fired,
        last_fired_at=last,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
