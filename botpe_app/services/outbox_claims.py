"""Taking messages that are due, and noting which requests are about to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.rows import args_row

from botpe_app.services.outbox import (
    NOBODY,
    SUPERSEDED,
    WINDOW_CLOSED,
    Claimed,
    Connection,
    Timing,
    Wanted,
)

_REFUSALS: dict[int, tuple[str, str]] = {
    WINDOW_CLOSED: (
        "More than 24 hours since the customer wrote",
        "The window closed while the message waited. Send a template instead.",
    ),
    SUPERSEDED: (
        "Somebody else has taken over the conversation",
        "A person took over before this automatic message left, so it was held back.",
    ),
    NOBODY: (
        "The contact has no address",
        "Give the contact a phone number and send it again.",
    ),
}

# A queue's statistics are always old, and a planner misled by them compares all with all. So the
# order of work is fixed here: subqueries with a limit rather than joins and "not exists", and
# `status || ''` and `is not distinct from` where an index must not be read from end to end.
_CLAIM: LiteralString = """
with wanted as (
  select * from unnest(%(organizations)b::uuid[], %(accounts)b::uuid[], %(rooms)b::int[],
    %(lowests)b::int[]) as w(organization_id, account_id, room, lowest)
), head as materialized (
  select h.*, case
      when h.owner_epoch is not null and h.owner_epoch <> c.owner_epoch then %(superseded)b
      when h.type <> 'template' and (c.last_inbound_at is null
        or c.last_inbound_at + interval '24 hours' <= now()) then %(window_closed)b
      when who.address is null then %(nobody)b
    end as refusal, who.address
  from wanted w
  join whatsapp_accounts a on a.organization_id = w.organization_id and a.id = w.account_id
    and a.status = 'connected' and a.lease_holder = %(me)b and a.lease_until > now()
  cross join lateral (
    select m.organization_id, m.id, m.conversation_id, m.contact_id, m.owner_epoch, m.type
    from messages m
    where m.organization_id = w.organization_id and m.account_id = w.account_id
      and m.status = 'queued' and m.priority <= w.lowest
      and (m.next_try_at is null or m.next_try_at <= now())
      and (
        select true from messages e
        where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
          and e.status in ('queued', 'claimed', 'sending')
          and (e.status <> 'queued' or (e.priority, e.id) < (m.priority, m.id))
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
)
update messages m set
  status = case when head.refusal is null then 'claimed' else 'failed' end,
  claim_token = case when head.refusal is null then %(me)b end,
  lease_until = case when head.refusal is null then now() + %(lease)b * interval '1 second' end,
  attempt_id = gen_random_uuid(),
  failed_at = case when head.refusal is not null then now() end,
  error_code = head.refusal,
  error_title = refusals.title,
  error_details = refusals.details
from head left join unnest(%(codes)b::int[], %(titles)b::text[], %(details)b::text[])
  as refusals(code, title, details) on refusals.code = head.refusal
where m.organization_id = head.organization_id and m.id = head.id
returning m.organization_id, m.account_id, m.conversation_id, m.id, m.attempt_id,
  head.refusal is not null, m.priority, m.attempts, m.type, m.content, m.reply_to, head.address
"""


async def claim(
    connection: Connection, me: UUID, wanted: Sequence[Wanted], timing: Timing
) -> list[Claimed]:
    """Takes messages that are due, replies first and the oldest first of each number.

    Of a conversation only the head: one whose earlier messages are all finished. (A reply does
    not wait for a campaign's message, though.) Numbers that are paused, or not leased by `me`,
    give nothing. What may not be sent any more is failed at once, in words.
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
            "superseded": SUPERSEDED,
            "window_closed": WINDOW_CLOSED,
            "nobody": NOBODY,
            "codes": list(_REFUSALS),
            "titles": [title for title, _ in _REFUSALS.values()],
            "details": [details for _, details in _REFUSALS.values()],
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
  and (select a.lease_holder = %(me)b and a.lease_until > now() from whatsapp_accounts a
    where a.organization_id = m.organization_id and a.id = m.account_id)
returning ours.place - 1
"""


async def mark_sending(
    connection: Connection, me: UUID, messages: Sequence[Claimed], timing: Timing
) -> set[int]:
    """Notes, durably, that these requests are about to be made; the rest may not be made.

    Gives the places in `messages`, from 0, of those that are noted. Left out is what is no longer
    ours, and what a person has taken over since.
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
