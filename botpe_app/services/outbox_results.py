"""Recording what became of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString
from uuid import UUID

from psycopg.errors import DataError, IntegrityError
from psycopg.rows import args_row

from botpe_app.services import contact_effects, failure_effects
from botpe_app.services.contact_effects import Effect
from botpe_app.services.ingest_batch import columns
from botpe_app.services.outbox import NEVER_LEFT, Connection, Recorded, Result

# One found uncertain by the reaper meanwhile may have been sent again by a person: it is never
# queued again, however sure we are that it did not leave. (The shape: see outbox_claims.)
_RECORD: LiteralString = """
with done as (
  update messages m set
    status = case when m.status = 'uncertain' and r.outcome = 'queued' then 'failed'
      else r.outcome end,
    wa_message_id = r.wamid,
    sent_at = case when r.outcome in ('sent', 'held') then now() end,
    failed_at = case when r.outcome = 'failed'
      or m.status = 'uncertain' and r.outcome = 'queued' then now() end,
    error_code = case when m.status = 'uncertain' and r.outcome = 'queued'
      then coalesce(r.code, %(never_left)b) else r.code end,
    error_title = r.title,
    error_details = r.details,
    attempts = m.attempts + r.tried,
    next_try_at = now() + r.wait * interval '1 second',
    claim_token = null,
    lease_until = null
  from unnest(%(organizations)b::uuid[], %(ids)b::uuid[], %(attempts)b::uuid[],
    %(statuses)b::text[], %(wamids)b::text[], %(codes)b::int[], %(titles)b::text[],
    %(details)b::text[], %(waits)b::float8[], %(tried)b::int[]) with ordinality
    as r(organization_id, id, attempt_id, outcome, wamid, code, title, details, wait, tried, place)
  where m.organization_id = r.organization_id and m.id = r.id
    and m.attempt_id is not distinct from r.attempt_id and m.claim_token = %(me)b
    and m.status || '' in ('claimed', 'sending', 'uncertain')
  returning m.organization_id, m.conversation_id, m.id, m.status, m.created_at, m.priority,
    r.place
)
select done.place - 1, done.status,
  (select true from messages n where n.organization_id = done.organization_id
    and n.conversation_id = done.conversation_id and n.id > done.id
    and n.status || '' = 'queued' limit 1) is not null,
  extract(epoch from now() - done.created_at)::float8,
  case when before.direction = 'incoming'
    then extract(epoch from now() - before.created_at)::float8 end
from done left join lateral (
  select p.direction, p.created_at from messages p
  where p.organization_id = done.organization_id and p.conversation_id = done.conversation_id
    and p.id < done.id order by p.id desc limit 1
) before on done.priority < 10 and done.status in ('sent', 'held')
"""


async def record(connection: Connection, me: UUID, results: Sequence[Result]) -> list[Recorded]:
    """Writes down what became of messages; those that are no longer ours stay as they are.

    A result that the database cannot take (a message id that another message has) costs only
    its own details, never the batch.
    """
    try:
        return await _record(connection, me, results)
    except (IntegrityError, DataError) as error:
        if len(results) == 1:
            return await _record(connection, me, [_without_details(results[0], error)])
        rows = [(place, await record(connection, me, [one])) for place, one in enumerate(results)]
        return [replace(row, place=place) for place, found in rows for row in found]


def _without_details(result: Result, error: Exception) -> Result:
    title = f"WhatsApp's answer could not be stored ({type(error).__name__})"
    return replace(result, wamid=None, title=title, details=None)


async def _record(connection: Connection, me: UUID, results: Sequence[Result]) -> list[Recorded]:
    failed = [r for r in results if r.status == "failed"]
    people = [r for r in failed if contact_effects.of_code(r.code)]
    templates = [r for r in failed if failure_effects.of_template(r.code)]
    if not people and not templates:
        return await _write(connection, me, results)
    async with connection.transaction():  # what they say of others becomes durable with them
        recorded = await _write(connection, me, results)
        if people:
            await _tell_of_people(connection, people)
        if templates:
            await _tell_of_templates(connection, templates)
    return recorded


_PEOPLE: LiteralString = """
select m.organization_id, m.contact_id, m.conversation_id, now()
from unnest(%b::uuid[], %b::uuid[]) with ordinality as n (organization_id, id, place)
join messages m on m.organization_id = n.organization_id and m.id = n.id order by n.place
"""


async def _tell_of_people(connection: Connection, about: Sequence[Result]) -> None:
    cursor = connection.cursor(binary=True)
    organizations = [r.message.organization_id for r in about]
    await cursor.execute(_PEOPLE, [organizations, [r.message.id for r in about]])
    effects = [
        Effect(
            organization_id,
            contact_id,
            conversation_id,
            contact_effects.of_code(result.code),
            now,
            contact_effects.evidence(result.code or 0, result.details or result.title or ""),
        )
        for result, (organization_id, contact_id, conversation_id, now) in zip(
            about, await cursor.fetchall(), strict=True
        )
    ]
    for statement, arrays in contact_effects.statements(effects):
        await cursor.execute(statement, arrays)


async def _tell_of_templates(connection: Connection, about: Sequence[Result]) -> None:
    rows = [
        (r.message.organization_id, r.message.id, failure_effects.of_template(r.code))
        for r in about
    ]
    cursor = connection.cursor(binary=True)
    await cursor.execute(failure_effects.TEMPLATES, columns(rows))


async def _write(connection: Connection, me: UUID, results: Sequence[Result]) -> list[Recorded]:
    cursor = connection.cursor(binary=True, row_factory=args_row(Recorded))
    await cursor.execute(
        _RECORD,
        {
            "me": me,
            "never_left": NEVER_LEFT,
            "organizations": [r.message.organization_id for r in results],
            "ids": [r.message.id for r in results],
            "attempts": [r.message.attempt_id for r in results],
            "statuses": [r.status for r in results],
            "wamids": [r.wamid for r in results],
            "codes": [r.code for r in results],
            "titles": [r.title for r in results],
            "details": [r.details for r in results],
            "waits": [r.wait for r in results],
            "tried": [int(r.tried) for r in results],
        },
    )
    return await cursor.fetchall()
