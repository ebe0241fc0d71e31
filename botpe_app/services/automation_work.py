"""Rules at work: each event in one transaction with all that comes of it.

The event goes with the commit that keeps what its rules did, so a crash repeats it whole or not at
all; a run of the same rule at the same event is refused by an index besides.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlmodel import Session, col, func, select

from botpe_app import db, live
from botpe_app.core.permissions import ADMIN
from botpe_app.models import (
    AutomationEvent,
    AutomationRule,
    AutomationRun,
    Contact,
    Conversation,
    Message,
)
from botpe_app.models.base import utc_now
from botpe_app.services import automation_facts as facts_of
from botpe_app.services.access import Actor
from botpe_app.services.automation_actions import Doing, do
from botpe_app.services.automation_facts import Facts
from botpe_app.services.converse_batch import Connection
from botpe_app.services.joining import on

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
DEEPEST = 3  # rules that lead to rules
MOST_IN_A_ROW, _ROW_MINUTES = 20, 10  # of one rule in one conversation
_HELD = timedelta(seconds=0.1)  # until a conversation that somebody holds is looked at again
_LOOP = "Held: rules lead to each other in a circle."
_TOO_OFTEN = f"Held: {MOST_IN_A_ROW} times in {_ROW_MINUTES} minutes is too often."

_IS_DUE: LiteralString = "select exists (select from automation_events where next_at <= now())"
_DEPTH = text("select set_config('botpe.automation_depth', :depth, true)")
_RECENT = text("""
select count(*) filter (where outcome in ('done', 'partly', 'failed')
    and at > now() - make_interval(mins => :row)),
  count(*) filter (where outcome in ('done', 'partly')
    and at > now() - make_interval(mins => :rest))
from automation_runs where organization_id = :organization and rule_id = :rule
  and conversation_id = :conversation and at > now() - make_interval(mins => greatest(:row, :rest))
""")
# One row for each rule, conversation and wait, however often it is looked for.
_SILENCES = text("""
insert into automation_events (organization_id, id, kind, conversation_id, rule_id, data)
select r.organization_id, key.id, 'silence', c.id, r.id,
  jsonb_build_object('waiting_since', c.waiting_since)
from automation_rules r
join conversations c on c.organization_id = r.organization_id
  and c.status in ('open', 'pending')
  and c.waiting_since <= now() - make_interval(mins => (r.trigger ->> 'minutes')::int)
  and c.waiting_since > now() - make_interval(mins => (r.trigger ->> 'minutes')::int)
    - interval '1 day'
cross join lateral (select md5(r.id::text || c.id || c.waiting_since)::uuid as id) key
where r.event = 'silence' and r.enabled and not exists (select from automation_runs n
  where n.organization_id = r.organization_id and n.rule_id = r.id and n.event_id = key.id)
on conflict do nothing
""")


def note_silences() -> int:
    """Notes for which conversations nobody answered in the minutes of a rule; how many."""
    with db.transaction() as session:
        db.act_as_system(session)
        return session.connection().execute(_SILENCES).rowcount


def is_due(connection: Connection) -> bool:
    """Whether an event waits to be looked at."""
    row = connection.execute(_IS_DUE).fetchone()
    return bool(row and row[0])


def work(most: int = 100) -> int:
    """Has the rules looked at for up to `most` events that are due; how many were handled."""
    handled = 0
    while handled < most and _one():
        handled += 1
    return handled


def _one() -> bool:
    event: AutomationEvent | None = None
    try:
        with db.transaction() as session:
            event = _claim(session)
            if event is None:
                return False
            _handle(session, event)
    except Exception as error:
        if event is None:
            raise
        log.warning("automation_failed", extra={"event_id": str(event.id)}, exc_info=error)
        _put_off(event)
    return True


def _claim(session: Session) -> AutomationEvent | None:
    db.act_as_system(session)
    due = (
        select(AutomationEvent)
        .where(col(AutomationEvent.next_at) <= func.now())
        .order_by(
            col(AutomationEvent.next_at),
            col(AutomationEvent.created_at),
            col(AutomationEvent.message_id),
        )
    )
    return session.exec(due.limit(1).with_for_update(skip_locked=True)).first()


def _put_off(event: AutomationEvent) -> None:
    """Tries are counted apart, and after the last one the event is given up."""
    this = (
        col(AutomationEvent.organization_id) == event.organization_id,
        col(AutomationEvent.id) == event.id,
    )
    with db.transaction() as session:
        db.act_as_system(session)
        attempts = event.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            log.error("automation_given_up", extra={"event_id": str(event.id)})
            session.connection().execute(delete(AutomationEvent).where(*this))
            return
        wait = func.make_interval(0, 0, 0, 0, 0, 0, 2**attempts)
        later = update(AutomationEvent).where(*this)
        session.connection().execute(later.values(attempts=attempts, next_at=func.now() + wait))


def _handle(session: Session, event: AutomationEvent) -> None:
    db.act_for(session, event.organization_id)
    held = _hold(session, event)
    if held is None:
        event.next_at = utc_now() + _HELD
        session.add(event)
        return
    session.delete(event)
    conversation, contact = held
    if event.kind == "silence" and not _still_waits(conversation, event):
        return
    rules = _rules(session, event)
    if not rules:
        return
    facts = _facts(session, event, conversation, contact)
    session.connection().execute(_DEPTH, {"depth": str(event.depth + 1)})
    for rule in rules:
        if _take(session, event, rule, facts) and rule.stops:
            break
    live.publish(session, event.organization_id, "automations")


def _hold(session: Session, event: AutomationEvent) -> tuple[Conversation, Contact] | None:
    """Both, locked; None while somebody else holds one: coming again cannot deadlock."""
    wanted = (
        select(Conversation, Contact)
        .join(Contact, on(Contact, Conversation.contact_id))
        .where(
            Conversation.organization_id == event.organization_id,
            Conversation.id == event.conversation_id,
        )
        .with_for_update(skip_locked=True, key_share=True)
    )
    return session.exec(wanted).first()


def _still_waits(conversation: Conversation, event: AutomationEvent) -> bool:
    since = conversation.waiting_since
    return (
        conversation.status in ("open", "pending")
        and since is not None
        and since == datetime.fromisoformat(event.data["waiting_since"])
    )


def _rules(session: Session, event: AutomationEvent) -> list[AutomationRule]:
    wanted = select(AutomationRule).where(
        AutomationRule.organization_id == event.organization_id,
        AutomationRule.event == event.kind,
        col(AutomationRule.enabled),
    )
    if event.rule_id:
        wanted = wanted.where(AutomationRule.id == event.rule_id)
    order = (col(AutomationRule.position), col(AutomationRule.id))
    return list(session.exec(wanted.order_by(*order)))


def _facts(
    session: Session, event: AutomationEvent, conversation: Conversation, contact: Contact
) -> Facts:
    actor = _actor(event.organization_id)
    house = facts_of.house_of(session, actor)
    message = (
        session.get(Message, (event.organization_id, event.message_id))
        if event.message_id
        else None
    )
    what = facts_of.happened(
        session,
        house,
        event.kind,
        contact=contact,
        message=message,
        at=event.created_at,
        data=dict(event.data),
    )
    return Facts(house, conversation, contact, message, what, utc_now())


def _actor(organization_id: UUID, rule: AutomationRule | None = None) -> Actor:
    name, key = (rule.name, rule.id) if rule else ("Automations", None)
    return Actor(organization_id, None, ADMIN, name, kind="system", key_id=key)


def _take(session: Session, event: AutomationEvent, rule: AutomationRule, facts: Facts) -> bool:
    """Whether the rule fired; what came of it is kept."""
    if not facts.fit(rule):
        if event.kind == "silence":
            _keep(session, event, rule, "passed", [])  # or it would be noted again
        return False
    often, rested_not = _recently(session, event, rule)
    if rested_not and rule.rest_minutes:
        if event.kind == "silence":
            _keep(session, event, rule, "passed", [])
        return False
    if event.depth >= DEEPEST or often >= MOST_IN_A_ROW:
        why = _LOOP if event.depth >= DEEPEST else _TOO_OFTEN
        _keep(session, event, rule, "held", [{"type": "guard", "problem": why}])
        return False
    db.act_in_the_name_of(session, "automation", rule.id, rule.name)
    doing = Doing(session, _actor(event.organization_id, rule), facts)
    steps = [{"type": one["type"], "problem": do(doing, one)} for one in rule.actions]
    failed = sum(bool(step["problem"]) for step in steps)
    outcome = "done" if not failed else "failed" if failed == len(steps) else "partly"
    _keep(session, event, rule, outcome, steps)
    return True


def _recently(session: Session, event: AutomationEvent, rule: AutomationRule) -> tuple[int, int]:
    """How often it fired here lately, and within the time it is to rest."""
    values = {
        "organization": event.organization_id,
        "rule": rule.id,
        "conversation": event.conversation_id,
        "row": _ROW_MINUTES,
        "rest": rule.rest_minutes,
    }
    often, rested_not = session.connection().execute(_RECENT, values).one()
    return often, rested_not


def _keep(
    session: Session,
    event: AutomationEvent,
    rule: AutomationRule,
    outcome: str,
    steps: list[dict[str, Any]],
) -> None:
    session.add(
        AutomationRun(
            organization_id=event.organization_id,
            rule_id=rule.id,
            event_id=event.id,
            conversation_id=event.conversation_id,
            outcome=outcome,
            steps=steps,
        )
    )
    session.flush()
