"""What a batch of conversations asks of others: calls, e-mails, events, campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from botpe_app.models.base import new_id
from botpe_app.services import mails
from botpe_app.services.access import as_id
from botpe_app.services.converse_batch import Talk
from botpe_app.whatsapp.payloads import dumps

Row = tuple[Any, ...]
_NO_CAMPAIGN = UUID(int=0)

_CALLS: LiteralString = """
insert into bot_calls (organization_id, id, conversation_id, request, attempts, next_at)
select organization_id, id, conversation_id, convert_from(request, 'UTF8')::jsonb, 0, at
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::bytea[], %b::timestamptz[])
  as n (organization_id, id, conversation_id, request, at)
"""
_EVENTS: LiteralString = """
with told as (
  insert into webhook_deliveries (organization_id, id, subscription_id, event, payload, next_at)
  select n.organization_id, gen_random_uuid(), s.id, 'bot.event',
    convert_from(n.payload, 'UTF8')::jsonb, now()
  from unnest(%b::uuid[], %b::bytea[]) as n (organization_id, payload)
  join webhook_subscriptions s
    on s.organization_id = n.organization_id and 'bot.event' = any(s.events)
  returning 1
)
select pg_notify('botpe_webhooks', '') where exists (select from told)
"""
_MAILS: LiteralString = """
with written as (
  insert into mails (organization_id, id, conversation_id, recipient, sealed, author, next_at,
    good_until)
  select n.organization_id, n.id, n.conversation_id, recipient, sealed, coalesce(b.name, ''),
    now(), now() + lasts
  from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[],
    %b::interval[])
    as n (organization_id, id, conversation_id, bot_id, recipient, sealed, lasts)
  left join bots b on b.organization_id = n.organization_id and b.id = n.bot_id
  returning 1
)
select pg_notify('botpe_mail', '') where exists (select from written)
"""
# Whoever comes to a campaign that has begun, or to none, is told of to the staff.
_CAMPAIGNS: LiteralString = """
with n as (
  select distinct * from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[])
    as n (organization_id, conversation_id, contact_id, campaign_id)
), added as (
  update campaigns c set contact_ids = array(
    select distinct one from unnest(c.contact_ids || w.contacts) one)
  from (select organization_id, campaign_id, array_agg(contact_id) as contacts from n group by 1, 2)
    w
  where c.organization_id = w.organization_id and c.id = w.campaign_id
    and c.status in ('draft', 'scheduled')
  returning c.organization_id, c.id
)
insert into notes (organization_id, id, conversation_id, author, text)
select n.organization_id, gen_random_uuid(), n.conversation_id, coalesce(b.name, ''),
  'The bot was to add the customer to a campaign that has begun or is gone.'
from n join conversations t on t.organization_id = n.organization_id and t.id = n.conversation_id
left join bots b on b.organization_id = t.organization_id and b.id = t.bot_id
where not exists (select from added a where a.organization_id = n.organization_id
  and a.id = n.campaign_id)
"""


def asked(talks: Sequence[Talk]) -> list[tuple[LiteralString, list[Row]]]:
    """The statements that write it down, each with its rows."""
    return [
        (_CALLS, [row for talk in talks for row in _calls(talk)]),
        (_MAILS, [row for talk in talks for row in _mails(talk)]),
        (_EVENTS, [_event(talk, one) for talk in talks for one in talk.events]),
        (_CAMPAIGNS, [row for talk in talks for row in _campaigns(talk)]),
    ]


def _calls(talk: Talk) -> list[Row]:
    wanted = [(asdict(call), 0.0) for call in talk.calls] + talk.errands
    return [
        (
            talk.organization_id,
            new_id(),
            talk.id,
            dumps(request),
            talk.now + timedelta(seconds=after),
        )
        for request, after in wanted
    ]


def _mails(talk: Talk) -> list[Row]:
    ids = [new_id() for _ in talk.mails]
    return [
        (
            talk.organization_id, key, talk.id, talk.bot_id, mail.to,
            mails.seal(key, mail.subject, mail.text), mails.LASTS,
        )
        for key, mail in zip(ids, talk.mails, strict=True)
    ]  # fmt: skip


def _event(talk: Talk, event: dict[str, Any]) -> Row:
    about = {"conversation_id": str(talk.id), "contact_id": str(talk.contact_id)}
    bot = str(talk.bot_id) if talk.bot_id else None
    return talk.organization_id, dumps({**event, **about, "bot_id": bot})


def _campaigns(talk: Talk) -> list[Row]:
    return [
        (talk.organization_id, talk.id, talk.contact_id, as_id(one) or _NO_CAMPAIGN)
        for one in talk.campaigns
    ]
