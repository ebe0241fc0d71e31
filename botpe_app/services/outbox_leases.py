"""Who may send from which number, and what is left behind by those who no longer can.

A number is leased by one drain at a time: a row with the holder's id, by the database's clock.
Beside it the holder keeps an advisory lock on its id for as long as its connection lives, so
that one that was killed is known at once; the lease's end is for those that only sleep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import args_row

from botpe_app.services.outbox import Connection, Timing


@dataclass(frozen=True, slots=True)
class Lease:
    """A number that this drain may send from."""

    organization_id: UUID
    account_id: UUID
    phone_number_id: str
    token_sealed: str
    per_second: int
    epoch: int
    just_used: bool  # another drain may have sent from it within the last second


@dataclass(frozen=True, slots=True)
class Reaped:
    """A message whose drain is gone: queued again if it was never tried, else uncertain."""

    organization_id: UUID
    conversation_id: UUID
    message_id: UUID
    status: str


async def announce_holder(connection: Connection, me: UUID) -> None:
    """Shows that `me` is alive, for as long as this connection is."""
    await connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [str(me)])


# Hops from number to number in the index of queued messages: numbers without any cost nothing.
_ACQUIRE: LiteralString = """
with recursive busy as (
  (select account_id from messages where status = 'queued' order by account_id limit 1)
  union all
  select (select m.account_id from messages m
    where m.status = 'queued' and m.account_id > busy.account_id order by m.account_id limit 1)
  from busy where busy.account_id is not null
), free as (
  select a.organization_id, a.id, a.lease_until > now() - interval '1 second' as just_used
  from busy join whatsapp_accounts a on a.id = busy.account_id
  where a.status = 'connected' and a.lease_holder is distinct from %(me)b
    and exists (select from messages m where m.account_id = a.id and m.status = 'queued'
      and (m.next_try_at is null or m.next_try_at <= now()))
    and (a.lease_holder is null or a.lease_until < now()
      or pg_try_advisory_xact_lock(hashtextextended(a.lease_holder::text, 0)))
  order by a.lease_until nulls first
  limit %(most)b
  for update of a skip locked
)
update whatsapp_accounts a set
  lease_holder = %(me)b, lease_epoch = a.lease_epoch + 1,
  lease_until = now() + %(lease)b * interval '1 second'
from free where a.organization_id = free.organization_id and a.id = free.id
returning a.organization_id, a.id, a.phone_number_id, a.token_sealed, a.messages_per_second,
  a.lease_epoch, coalesce(free.just_used, false)
"""


async def acquire(connection: Connection, me: UUID, most: int, timing: Timing) -> list[Lease]:
    """Leases up to `most` numbers that have something due and no living holder."""
    cursor = connection.cursor(binary=True, row_factory=args_row(Lease))
    await cursor.execute(_ACQUIRE, {"me": me, "most": most, "lease": timing.lease})
    return await cursor.fetchall()


_RENEW: LiteralString = """
update whatsapp_accounts a set lease_until = now() + %(lease)b * interval '1 second'
where a.lease_holder = %(me)b and a.status = 'connected'
returning a.organization_id, a.id, a.phone_number_id, a.token_sealed, a.messages_per_second,
  a.lease_epoch, false
"""


async def renew(connection: Connection, me: UUID, timing: Timing) -> list[Lease]:
    """Prolongs every lease of `me`; a number that is missing has been lost or paused."""
    cursor = connection.cursor(binary=True, row_factory=args_row(Lease))
    await cursor.execute(_RENEW, {"me": me, "lease": timing.lease})
    return await cursor.fetchall()


async def release(connection: Connection, me: UUID, accounts: Sequence[UUID]) -> None:
    """Gives numbers back, so that the next drain need not wait for the lease's end."""
    await connection.execute(
        "update whatsapp_accounts set lease_holder = null, lease_until = now()"
        " where id = any(%s) and lease_holder = %s",
        [list(accounts), me],
    )


async def pause(connection: Connection, lease: Lease, reason: str) -> bool:
    """Stops a number until somebody mends it; what it has queued waits.

    False if its token was changed meanwhile: then the trouble was the old one's.
    """
    done = await connection.execute(
        "update whatsapp_accounts set status = 'paused', paused_reason = %s"
        " where organization_id = %s and id = %s and token_sealed = %s and status = 'connected'",
        [reason, lease.organization_id, lease.account_id, lease.token_sealed],
    )
    return done.rowcount == 1


# A request of a killed drain may still be answered, a drain cut off from the database may still
# be at it: "uncertain" is said when it has had the time a request can take.
_REAP: LiteralString = """
with gone as materialized (
  select holder from (
    select distinct claim_token as holder from messages
    where status in ('claimed', 'sending') and claim_token is not null) held
  where pg_try_advisory_xact_lock(hashtextextended(holder::text, 0))
), late as (
  select organization_id, id from messages m
  where m.status in ('claimed', 'sending') and (m.lease_until is null or m.lease_until < now()
    or m.claim_token in (select holder from gone)
      and (m.status = 'claimed' or m.lease_until < now() + %(left)s * interval '1 second'))
  for update skip locked
)
update messages m set
  status = case m.status when 'claimed' then 'queued' else 'uncertain' end,
  error_title = case m.status when 'sending' then 'WhatsApp''s answer was lost' end,
  error_details = case m.status when 'sending'
    then 'The sender stopped while it waited for the answer.' end,
  lease_until = null
from late where m.organization_id = late.organization_id and m.id = late.id
returning m.organization_id, m.conversation_id, m.id, m.status
"""


def reap(connection: psycopg.Connection[Any], timing: Timing | None = None) -> list[Reaped]:
    """Settles what drains that were killed or fell asleep had in hand; for the sweeps.

    What they had only claimed is queued again, a request that may have been made is uncertain.
    """
    timing = timing or Timing()
    cursor = connection.cursor(row_factory=args_row(Reaped))
    return cursor.execute(_REAP, {"left": timing.lease - timing.request}).fetchall()
