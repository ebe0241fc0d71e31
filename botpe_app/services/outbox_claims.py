"""Taking messages that are due, and noting which requests are about to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.rows import args_row

from botpe_app.services.outbox import Claimed, Connection, Timing, Wanted
from botpe_app.services.outbox_refusals import CODES, WORDS

# A queue's statistics are always old, and a planner misled by them compares all with all. So the
# order of work is fixed here: subqueries with a limit rather than joins and "not exists", and
# `status || ''` and `is not distinct from` where an index must not be read from end to end.
# What leaves at once is noted as sending here; a file of ours must go to WhatsApp before, and a
# campaign's own rate is kept by the drain, so what has one of these is only claimed.
# What a campaign that does not run has in the queue is put aside (FAR) until it is resumed.
FAR: LiteralString = "timestamptz '9999-01-01 00:00:00Z'"
_CLAIM: LiteralString = """
with wanted as (
  select * from unnest(%(organizations)b::uuid[], %(accounts)b::uuid[], %(rooms)b::int[],
    %(lowests)b::int[], %(leavings)b::int[])
    as w(organization_id, account_id, room, lowest, leaving)
), head as materialized (
  select h.*, case
      when h.owner_epoch is not null and h.owner_epoch <> c.owner_epoch then %(superseded)b
      when h.type <> 'template' and (c.last_inbound_at is null
        or c.last_inbound_at + interval '24 hours' <= now()) then %(window_closed)b
      when who.address is null then %(nobody)b
      when (select true from contact_blocks b where b.organization_id = h.organization_id
        and b.account_id = a.id and b.contact_id = h.contact_id limit 1) then %(barred)b
      else template.refusal
    end as refusal, template.refusal is null and template.aside as aside, who.address,
    template.rate,
    template.rate is null and h.content::text !~ '"id": "[0-9a-fA-F]{8}-' and w.leaving >=
      row_number() over (partition by w.account_id order by h.priority, h.next_try_at, h.id)
      as leaving
  from wanted w
  join whatsapp_accounts a on a.organization_id = w.organization_id and a.id = w.account_id
    and a.status = 'connected' and a.lease_holder = %(me)b and a.lease_until > now()
  cross join lateral (
    select m.organization_id, m.id, m.conversation_id, m.contact_id, m.owner_epoch, m.type,
      m.content, case m.sent_by_kind when 'campaign' then m.sent_by_id end as campaign_id,
      m.priority, m.next_try_at
    from messages m
    where m.organization_id = w.organization_id and m.account_id = w.account_id
      and m.status = 'queued' and m.priority <= w.lowest
      and (m.next_try_at is null or m.next_try_at <= now())
      and (
        select true from messages e
        where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
          and e.status in ('queued', 'claimed', 'sending')
          and (e.status <> 'queued' or (e.priority, e.id) < (m.priority, m.id)
            and e.next_try_at is distinct from {far})
        limit 1) is null
    order by m.priority, m.next_try_at, m.id
    limit w.room
    for update of m skip locked
  ) h
  join conversations c on c.organization_id = h.organization_id and c.id = h.conversation_id
  cross join lateral (
    select coalesce(
      (select k.phone from contacts k
        where k.organization_id = h.organization_id and k.id = h.contact_id),
      (select i.address from contact_identities i
        where i.organization_id = h.organization_id and i.contact_id = h.contact_id
        order by i.kind = 'phone' desc, i.kind = 'bsuid' desc limit 1)) as address
    offset 0
  ) who
  left join lateral (
    select c.rate_per_second as rate,
      c.id is not null and (c.status <> 'running' or coalesce(t.status, '') <> 'APPROVED') as aside,
      case
        when c.status = 'cancelled' then %(cancelled)b
        when k.blocked_at is not null and c.id is not null then %(blocked)b
        when k.unreachable_at is not null and c.id is not null then %(unreachable)b
        when coalesce(t.category, '') in ('UTILITY', 'AUTHENTICATION') then null
        when k.marketing_opted_out_at is not null and t.category = 'MARKETING'
          then %(opted_out)b
        when c.id is null then null
        when k.marketing_opted_out_at is not null then %(opted_out)b
        when not k.marketing_opt_in then %(no_opt_in)b
        when k.marketing_after > now() then %(cooling_down)b
      end as refusal
    from contacts k
    left join templates t on t.organization_id = k.organization_id and t.waba_id = a.waba_id
      and t.name = h.content->>'name' and t.language = h.content->'language'->>'code'
    left join campaigns c on c.organization_id = k.organization_id and c.id = h.campaign_id
    where k.organization_id = h.organization_id and k.id = h.contact_id and h.type = 'template'
    offset 0
  ) template on true
)
update messages m set
  status = case when head.refusal is not null then 'failed' when head.aside then 'queued'
    when head.leaving then 'sending' else 'claimed' end,
  next_try_at = case when head.aside then {far} else m.next_try_at end,
  claim_token = case when head.refusal is null and not coalesce(head.aside, false) then %(me)b end,
  lease_until = case when head.refusal is null and not coalesce(head.aside, false)
    then now() + %(lease)b * interval '1 second' end,
  attempt_id = gen_random_uuid(),
  failed_at = case when head.refusal is not null then now() end,
  error_code = head.refusal,
  error_title = refusals.title,
  error_details = refusals.details
from head left join unnest(%(codes)b::int[], %(titles)b::text[], %(details)b::text[])
  as refusals(code, title, details) on refusals.code = head.refusal
where m.organization_id = head.organization_id and m.id = head.id
returning m.organization_id, m.account_id, m.conversation_id, m.id, m.attempt_id,
  head.refusal is not null or coalesce(head.aside, false), m.priority, m.attempts, m.type,
  m.content, m.reply_to, head.address,
  case m.sent_by_kind when 'campaign' then m.sent_by_id end, head.rate,
  head.leaving
""".replace("{far}", FAR)


async def claim(
    connection: Connection, me: UUID, wanted: Sequence[Wanted], timing: Timing
) -> list[Claimed]:
    """Takes messages that are due, replies first and the oldest first of each number.

    Of a conversation only the head: one whose earlier messages are all finished. (A reply does
    not wait for a campaign's message, though.) Numbers that are paused, or not leased by `me`,
    give nothing. What may not be sent any more is failed at once, in words; what belongs to a
    campaign that does not run now is put aside. Requests for those that are `leaving` may be
    made at once, as after `mark_sending`.
    """
    cursor = connection.cursor(binary=True, row_factory=args_row(Claimed))
    await cursor.execute(
        _CLAIM,
        {
            "me": me,
            "lease": timing.lease,
            "organizations": [w.organization_id for w in wanted],
            "accounts": [w.account_id for w in wanted],
            "rooms": [w.room for w in wanted],
            "lowests": [w.lowest for w in wanted],
            "leavings": [w.leaving for w in wanted],
            **CODES,
            "codes": list(WORDS),
            "titles": [title for title, _ in WORDS.values()],
            "details": [details for _, details in WORDS.values()],
        },
    )
    return sorted(await cursor.fetchall(), key=lambda row: (row.priority, row.id.int))


_MARK: LiteralString = """
update messages m set status = 'sending', lease_until = now() + %(lease)b * interval '1 second'
from unnest(%(organizations)b::uuid[], %(ids)b::uuid[], %(attempts)b::uuid[]) with ordinality
  as ours(organization_id, id, attempt_id, place)
where m.organization_id = ours.organization_id and m.id = ours.id
  and m.attempt_id is not distinct from ours.attempt_id and m.claim_token = %(me)b
  and m.status || '' = 'claimed'
  and (m.owner_epoch is null or m.owner_epoch = (
    select c.owner_epoch from conversations c
    where c.organization_id = m.organization_id and c.id = m.conversation_id))
  and (m.sent_by_kind <> 'campaign' or (select c.status from campaigns c
    where c.organization_id = m.organization_id and c.id = m.sent_by_id) = 'running'
    or m.sent_by_id is null)
  and (select a.lease_holder = %(me)b and a.lease_until > now() from whatsapp_accounts a
    where a.organization_id = m.organization_id and a.id = m.account_id)
returning ours.place - 1
"""


async def mark_sending(
    connection: Connection, me: UUID, messages: Sequence[Claimed], timing: Timing
) -> set[int]:
    """Notes, durably, that these requests are about to be made; the rest may not be made.

    Gives the places in `messages`, from 0, of those that are noted. Left out is what is no longer
    ours, what a person has taken over since, and what belongs to a campaign that was stopped.
    """
    cursor = connection.cursor(binary=True)
    await cursor.execute(
        _MARK,
        {
            "me": me,
            "lease": timing.lease,
            "organizations": [m.organization_id for m in messages],
            "ids": [m.id for m in messages],
            "attempts": [m.attempt_id for m in messages],
        },
    )
    return {row[0] for row in await cursor.fetchall()}
