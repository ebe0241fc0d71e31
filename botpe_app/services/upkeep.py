"""What has to be looked at every few seconds, and what has had its time."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg

from botpe_app.queue import Lane

Connection = psycopg.Connection[Any]

_DUE: dict[Lane, LiteralString] = {
    Lane.CAMPAIGNS: (
        "select exists (select from campaigns where status = 'running'"
        " or status = 'scheduled' and scheduled_at <= now())"
        # By recipients' own clocks it begins where each hour comes first.
        " or exists (select from campaigns c join organizations o on o.id = c.organization_id"
        " where c.status = 'scheduled' and c.rules->>'local_time' = 'true' and now() >="
        " (c.scheduled_at at time zone o.time_zone) at time zone 'Pacific/Kiritimati')"
    ),
    Lane.INGEST: (
        "select exists (select from webhook_events where state = 'new' and next_at <= now())"
    ),
    Lane.CONVERSATIONS: (
        "select exists (select from bot_inputs where next_at <= now())"
        " or exists (select from bot_calls where next_at <= now()"
        " and not jsonb_exists(request, 'mode'))"
        " or exists (select from bot_sessions where due_at <= now())"
        " or exists (select from automation_events where next_at <= now())"
    ),
    Lane.OUTBOX: (
        "select exists (select from messages m"
        " join whatsapp_accounts a on a.organization_id = m.organization_id"
        " and a.id = m.account_id and a.status = 'connected'"
        " where m.status = 'queued' and (m.next_try_at is null or m.next_try_at <= now()))"
    ),
    Lane.MEDIA: (
        "select exists (select from media where next_at <= now())"
        " or exists (select from contact_imports where next_at <= now())"
    ),
    Lane.WEBHOOKS: (
        "select exists (select from webhook_subscriptions s"
        " where (s.leased_until is null or s.leased_until <= now()) and exists"
        " (select from webhook_deliveries d where d.organization_id = s.organization_id"
        " and d.subscription_id = s.id and d.next_at <= now()))"
    ),
    Lane.MAIL: "select exists (select from mails where next_at <= now())",
    Lane.AGENTS: (
        "select exists (select from bot_calls where next_at <= now()"
        " and jsonb_exists(request, 'mode'))"
        " or exists (select from conversation_signals where pending > 0)"
    ),
}
# Meta delivers again for up to 7 days; until then the row is what makes it the same news.
_OLD_EVENTS: LiteralString = """
delete from webhook_events where id in (
  select id from webhook_events
  where state = any(array['handled', 'ignored']) and received_at < now() - interval '10 days'
  limit %s for update skip locked)
"""
_OLD_KEYS: LiteralString = """
delete from idempotency_keys where (organization_id, key) in (
  select organization_id, key from idempotency_keys
  where created_at < now() - interval '1 day' limit %s for update skip locked)
"""
_OLD_DELIVERIES: LiteralString = """
delete from webhook_deliveries where (organization_id, id) in (
  select organization_id, id from webhook_deliveries
  where created_at < now() - interval '7 days' limit %s for update skip locked)
"""
_OLD_SIGNUPS: LiteralString = """
delete from whatsapp_signups where (organization_id, id) in (
  select organization_id, id from whatsapp_signups
  where created_at < now() - interval '1 day' limit %s for update skip locked)
"""
_OLD_MAILS: LiteralString = """
delete from mails where id in (
  select id from mails where next_at is null and created_at < now() - interval '7 days'
  limit %s for update skip locked)
"""
# The reasons of skipped rows name customers.
_OLD_IMPORTS: LiteralString = """
delete from contact_imports where (organization_id, id) in (
  select organization_id, id from contact_imports
  where next_at is null and created_at < now() - interval '30 days'
  limit %s for update skip locked)
"""
# What customers said goes on being kept with the conversation; this is for trying bots anew.
_OLD_TURNS: LiteralString = """
delete from bot_turns where (organization_id, id) in (
  select organization_id, id from bot_turns
  where at < now() - interval '90 days' limit %s for update skip locked)
"""
_OLD_ANSWERS: LiteralString = """
delete from agent_answers where (organization_id, key) in (
  select organization_id, key from agent_answers
  where created_at < now() - interval '1 day' limit %s for update skip locked)
"""
_OLD_RUNS: LiteralString = """
delete from automation_runs where (organization_id, id) in (
  select organization_id, id from automation_runs
  where at < now() - interval '30 days' limit %s for update skip locked)
"""
_OLD_NEWS: LiteralString = """
delete from account_news where (organization_id, id) in (
  select organization_id, id from account_news
  where at < now() - interval '90 days' limit %s for update skip locked)
"""
_OLD = (
    _OLD_EVENTS,
    _OLD_KEYS,
    _OLD_DELIVERIES,
    _OLD_MAILS,
    _OLD_IMPORTS,
    _OLD_SIGNUPS,
    _OLD_TURNS,
    _OLD_RUNS,
    _OLD_NEWS,
    _OLD_ANSWERS,
)


def lanes_with_work(connection: Connection) -> list[Lane]:
    """The lanes in which something is due now, whether or not somebody is at it."""
    return [lane for lane, query in _DUE.items() if _first(connection, query)]


def prune(connection: Connection, most: int = 1000) -> int:
    """Removes events that were dealt with, answers kept for repeats, what was told, mails given
    up, imports, signups, news and what bots heard, past their time.

    At most `most` of each, so that nobody waits for it; returns how many went.
    """
    return sum(connection.execute(query, (most,)).rowcount for query in _OLD)


def _first(connection: Connection, query: LiteralString) -> bool:
    row = connection.execute(query).fetchone()
    return bool(row and row[0])


_ADD_UP: LiteralString = """
with added as (delete from message_figure_changes returning *)
insert into message_figures as f (organization_id, slot, direction, sent_by_kind, status, count)
select organization_id, slot, direction, sent_by_kind, status, sum(count) from added
group by 1, 2, 3, 4, 5 having sum(count) <> 0
on conflict (organization_id, slot, direction, sent_by_kind, status)
do update set count = f.count + excluded.count
"""


def add_up(connection: Connection) -> None:
    """Adds to the figures of messages what changed since the last time."""
    connection.execute(_ADD_UP)
