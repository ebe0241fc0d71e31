"""Campaigns into the outbox: the next of their recipients written to, a batch at a time.

A batch is one transaction under the campaign's row: its messages and that its recipients have
them become durable together. So a kill doubles and loses nobody, and pause, crash and restart are
the same thing: those who wait, wait. The outbox never holds more than a few seconds' worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from botpe_app import db
from botpe_app.core.plans import PLANS, over_messages
from botpe_app.models.base import new_id
from botpe_app.queue import Lane, wake
from botpe_app.services import campaign_guard, campaign_running, plans
from botpe_app.services.campaign_caps import capped
from botpe_app.services.campaign_running import Running
from botpe_app.services.ingest_batch import Batch
from botpe_app.whatsapp.payloads import dumps

Connection = psycopg.Connection[Any]

MOST_AT_ONCE = 1000
_LAST_PLACE = 2**31 - 1
_PRIORITY = 10

_RUNNING: LiteralString = "select organization_id, id from campaigns where status = 'running'"
_AHEAD: LiteralString = """
select count(*) from (select from messages where organization_id = %s
  and sent_by_kind = 'campaign' and sent_by_id = %s and status = 'queued' limit %s) waiting
"""
_SOME_WAIT: LiteralString = """
select exists (select from campaign_recipients
  where organization_id = %s and campaign_id = %s and state = 'waiting')
"""
# Each row's own is looked up by a subquery with a limit: joined, an index over all the number's
# conversations was read for each.
_NEXT: LiteralString = """
select r.contact_id as id, k.id is not null as known, coalesce(k.name, '') as name, k.phone,
  k.email, k.language, coalesce(k.custom_fields, '{}') as custom_fields,
  coalesce(k.marketing_opt_in, false) as marketing_opt_in, k.marketing_opted_out_at,
  k.marketing_after, k.unreachable_at, k.blocked_at, v.id as conversation_id, r.variant
from (select contact_id, place, variant from campaign_recipients
  where organization_id = %(organization)s and campaign_id = %(campaign)s and state = 'waiting'
    and place <= %(last)s
  order by place limit %(limit)s) r
left join lateral (select * from contacts
  where organization_id = %(organization)s and id = r.contact_id limit 1) k on true
left join lateral (select id from conversations
  where organization_id = %(organization)s and account_id = %(account)s
    and contact_id = r.contact_id and status <> 'closed' limit 1) v on true
order by r.place
"""
# It comes up in the inbox when the customer answers, not before. One who writes just now makes
# their conversation themselves: the message goes there, below.
_START: LiteralString = """
insert into conversations (organization_id, account_id, contact_id, id, last_message,
  last_message_id, last_inbound_at, status, owner, owner_epoch, unread_count, last_direction)
select n.organization_id, n.account_id, n.contact_id, n.id, n.line, n.message_id,
  (select max(p.last_inbound_at) from conversations p
   where p.organization_id = n.organization_id and p.contact_id = n.contact_id
     and p.account_id = n.account_id),
  'resolved', 'nobody', 0, 0, 'outgoing'
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::uuid[])
  as n (organization_id, account_id, contact_id, id, line, message_id)
on conflict do nothing
"""
_WRITE: LiteralString = """
insert into messages (organization_id, id, conversation_id, account_id, contact_id, sent_by_id,
  correlation_id, direction, status, sent_by_kind, priority, attempts, type, content, text)
select n.organization_id, n.id, coalesce((select v.id from conversations v
    where n.started and v.organization_id = n.organization_id and v.account_id = n.account_id
      and v.contact_id = n.contact_id and v.status <> 'closed' limit 1),
    n.conversation_id), n.account_id, n.contact_id,
  n.campaign_id, n.campaign_id, 'outgoing', 'queued', 'campaign', n.priority, 0, 'template',
  convert_from(n.content, 'UTF8')::jsonb, n.text
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::int[],
  %b::bytea[], %b::text[], %b::bool[])
  as n (organization_id, id, conversation_id, account_id, contact_id, campaign_id, priority,
    content, text, started)
"""
_DONE: LiteralString = """
update campaign_recipients r set
  state = case when n.not_before is not null then 'later'
    when n.message_id is null then 'skipped' else 'queued' end,
  reason = n.reason, message_id = n.message_id, not_before = n.not_before
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[])
  as n (organization_id, campaign_id, contact_id, message_id, reason, not_before)
where r.organization_id = n.organization_id and r.campaign_id = n.campaign_id
  and r.contact_id = n.contact_id
"""


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Whose turn it is; an Addressee. Not `known`: the contact is gone."""

    id: UUID
    known: bool
    name: str
    phone: str | None
    email: str | None
    language: str | None
    custom_fields: dict[str, Any]
    marketing_opt_in: bool
    marketing_opted_out_at: datetime | None
    marketing_after: datetime | None
    unreachable_at: datetime | None
    blocked_at: datetime | None
    conversation_id: UUID | None
    variant: int


@dataclass(frozen=True, slots=True)
class Fed:
    """What was done: how many recipients had their turn, and whom to tell."""

    running: int
    taken: int
    topics: list[tuple[UUID, str]]


def connect() -> Connection:
    """An autocommit connection of the system for the functions of this room."""
    options = f"{db.BY_INDEX} -c statement_timeout=60s"
    return db.connect_as_system(autocommit=True, options=options, name="botpe campaigns")


def work(connection: Connection, *, look: bool = True) -> Fed:
    """Feeds every running campaign a batch, as far as the outbox has room for it.

    `look`: also whether too much of it fails, which pauses it.
    """
    running = connection.execute(_RUNNING).fetchall()
    taken = 0
    topics: list[tuple[UUID, str]] = []
    for organization_id, campaign_id in running:
        with connection.transaction():
            campaign = campaign_running.take(connection, organization_id, campaign_id)
            if campaign and (turns := _go_on(connection, campaign, look)) is not None:
                taken += turns
                topics.append((organization_id, "campaigns"))
    if taken:
        wake(connection, Lane.OUTBOX)
    return Fed(len(running), taken, topics)


def _go_on(connection: Connection, campaign: Running, look: bool) -> int | None:
    """How many had their turn; None if nothing changed."""
    left = _left(connection, campaign)
    if reason := _why_stop(connection, campaign, look=look, left=left):
        campaign_running.pause(connection, campaign, reason)
        return 0
    if campaign.is_quiet:
        return None
    row = connection.execute(_AHEAD, (*campaign.key, campaign.ahead)).fetchone()
    room = min(MOST_AT_ONCE, campaign.ahead - (row[0] if row else 0))
    if 4 * room < min(MOST_AT_ONCE, campaign.ahead):
        return None
    campaign_running.wake(connection, campaign)
    turns = feed(connection, campaign, min(room, max(left, 1)))
    if turns:
        return turns
    if campaign.canary_size:
        return campaign_running.watch_canary(connection, campaign)
    return campaign_running.finish(connection, campaign)


def _left(connection: Connection, campaign: Running) -> int:
    """How many more messages the organization's plan allows now, as far as a batch goes."""
    if PLANS[campaign.plan].messages is None:
        return MOST_AT_ONCE
    return plans.messages_left(connection, campaign.organization_id, campaign.plan)


def _why_stop(connection: Connection, campaign: Running, *, look: bool, left: int) -> str:
    reason = campaign_guard.of_standing(campaign.standing)
    if not reason and look:
        reason = campaign_guard.of_failures(connection, *campaign.key, campaign.since)
    if not reason and left <= 0 and _some_wait(connection, campaign):
        return f"{over_messages(campaign.plan)} Ask for a larger one, or resume it next month."
    return reason


def _some_wait(connection: Connection, campaign: Running) -> bool:
    row = connection.execute(_SOME_WAIT, campaign.key).fetchone()
    return bool(row and row[0])


def feed(connection: Connection, campaign: Running, most: int) -> int:
    """Writes to the next recipients, or notes why not; how many had their turn."""
    values = {
        "organization": campaign.organization_id,
        "campaign": campaign.id,
        "account": campaign.account_id,
        "limit": most,
        "last": campaign.canary_size or _LAST_PLACE,
    }
    cursor = connection.cursor(binary=True, row_factory=class_row(_Recipient))
    turns = cursor.execute(_NEXT, values).fetchall()
    if not turns:
        return 0
    letters, clock = campaign.letters(), campaign.clock
    full = capped(connection, campaign.organization_id, campaign.rules, [who.id for who in turns])
    batch, now = Batch(connection), campaign.now
    conversations: list[Sequence[Any]] = []
    messages: list[Sequence[Any]] = []
    outcomes: list[Sequence[Any]] = []
    for who in turns:
        if clock.is_local and (opens := clock.opens_at(clock.zone_of(who), now)) > now:
            outcomes.append((campaign.organization_id, campaign.id, who.id, None, "", opens))
            continue
        letter = letters[who.variant]
        values_of = letter.values(who)
        reason = letter.why_not(who, values_of, full) if who.known else "contact_gone"
        message_id = None if reason else new_id()
        outcomes.append((campaign.organization_id, campaign.id, who.id, message_id, reason, None))
        if message_id is None:
            continue
        line = " ".join(letter.text(values_of).split())
        talk = who.conversation_id or new_id()
        ours = campaign.organization_id, campaign.account_id, who.id
        if who.conversation_id is None:
            conversations.append((*ours, talk, line, message_id))
        content = dumps(letter.content(values_of, (*campaign.key, who.id)))
        messages.append(
            (
                campaign.organization_id, message_id, talk, campaign.account_id, who.id,
                campaign.id, _PRIORITY, content, line, who.conversation_id is None,
            )
        )  # fmt: skip
    if conversations:
        # In the order in which customers' own messages start them, so that neither waits in vain.
        batch.change(_START, sorted(conversations, key=lambda row: row[2].int))
    if messages:
        batch.change(_WRITE, messages)
    batch.change(_DONE, outcomes)
    return len(turns)
