"""What became of a batch of conversations, into the tables: a statement for each table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from botpe_app.core.plans import PLANS
from botpe_app.models.base import new_id
from botpe_app.queue import Lane, wake
from botpe_app.services import plans
from botpe_app.services.converse_batch import Connection, Said, Talk
from botpe_app.services.converse_outward import asked
from botpe_app.services.ingest_batch import columns
from botpe_app.services.outbox import OVER_PLAN
from botpe_app.services.outbox_refusals import WORDS
from botpe_app.whatsapp import messages as wire
from botpe_app.whatsapp.payloads import dumps

Row = tuple[Any, ...]

_SESSIONS: LiteralString = """
insert into bot_sessions (organization_id, id, conversation_id, bot_id, version, status, ending,
  token, state, due_at, asked_message_id, started_at, hand_off, left_as, moved_at)
select organization_id, id, conversation_id, bot_id, version, status, ending, token,
  convert_from(state, 'UTF8')::jsonb, due_at, asked, started_at, hand_off,
  convert_from(left_as, 'UTF8')::jsonb, now()
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::int[], %b::text[], %b::text[],
  %b::text[], %b::bytea[], %b::timestamptz[], %b::uuid[], %b::timestamptz[], %b::text[],
  %b::bytea[])
  as n (organization_id, id, conversation_id, bot_id, version, status, ending, token, state,
    due_at, asked, started_at, hand_off, left_as)
order by status <> 'ended'
on conflict (organization_id, id) do update set status = excluded.status,
  ending = excluded.ending, token = excluded.token, state = excluded.state,
  due_at = excluded.due_at, hand_off = excluded.hand_off, left_as = excluded.left_as,
  asked_message_id = excluded.asked_message_id, moved_at = now()
"""
_STEPS: LiteralString = """
insert into bot_steps (organization_id, id, session_id, bot_id, node_id, node_type, handle,
  edge_id, arrived)
select * from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[],
  %b::text[], %b::text[], %b::bool[])
"""
_TURNS: LiteralString = """
insert into bot_turns (organization_id, id, session_id, kind, heard_id, is_message, node_id, data,
  said)
select organization_id, id, session_id, kind, heard_id, is_message, node_id,
  convert_from(data, 'UTF8')::jsonb, convert_from(said, 'UTF8')::jsonb
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::bool[], %b::text[],
  %b::bytea[], %b::bytea[])
  as n (organization_id, id, session_id, kind, heard_id, is_message, node_id, data, said)
"""
_MESSAGES: LiteralString = """
insert into messages (organization_id, id, conversation_id, account_id, contact_id, direction,
  type, content, text, status, sent_by_kind, sent_by_id, owner_epoch, correlation_id, priority,
  attempts, next_try_at, failed_at, error_code, error_title, error_details)
select organization_id, id, conversation_id, account_id, contact_id, 'outgoing', type,
  convert_from(content, 'UTF8')::jsonb, text,
  case when code is null then 'queued' else 'failed' end, 'bot', bot_id, epoch, correlation_id,
  0, 0, later, case when code is not null then now() end, code, title, details
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bytea[],
  %b::text[], %b::uuid[], %b::int[], %b::uuid[], %b::timestamptz[], %b::int[], %b::text[],
  %b::text[])
  as n (organization_id, id, conversation_id, account_id, contact_id, type, content, text,
    bot_id, epoch, correlation_id, later, code, title, details)
"""
_NOTES: LiteralString = """
insert into notes (organization_id, id, conversation_id, author, text)
select n.organization_id, n.id, n.conversation_id, coalesce(b.name, ''), n.text
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[])
  as n (organization_id, id, conversation_id, bot_id, text)
left join bots b on b.organization_id = n.organization_id and b.id = n.bot_id
"""
_CONTACTS: LiteralString = """
update contacts c set name = n.name, email = nullif(n.email, ''),
  language = nullif(n.language, ''),
  tags = array(select jsonb_array_elements_text(convert_from(n.tags, 'UTF8')::jsonb)),
  custom_fields = convert_from(n.fields, 'UTF8')::jsonb, marketing_opt_in = n.opted_in,
  marketing_opted_out_at = case n.consent when true then null when false then now()
    else c.marketing_opted_out_at end
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[],
  %b::bool[], %b::bool[])
  as n (organization_id, id, name, email, language, tags, fields, opted_in, consent)
where c.organization_id = n.organization_id and c.id = n.id
"""
_CONSENTS: LiteralString = """
insert into consents (organization_id, id, contact_id, granted, source, evidence)
select *, 'bot', 'Told to a bot'
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::bool[])
"""
_VARIABLES: LiteralString = """
insert into bot_variables (organization_id, name, value)
select organization_id, name, jsonb_build_object('value', convert_from(value, 'UTF8')::jsonb)
from unnest(%b::uuid[], %b::text[], %b::bytea[]) as n (organization_id, name, value)
order by organization_id, name
on conflict (organization_id, name) do update set value = excluded.value
"""
# Nobody who is no member can have a conversation: then it stays with whoever had it.
_CONVERSATIONS: LiteralString = """
update conversations c set owner = n.owner, bot_id = n.bot_id,
  status = case when n.spoke and n.status in ('resolved', 'snoozed') and c.status = n.status
    then 'open' else n.status end,
  assignee_id = coalesce((select m.user_id from memberships m
    where m.organization_id = c.organization_id and m.user_id = n.assignee_id),
    (select t.user_id from team_members t
      where t.organization_id = c.organization_id and t.team_id = n.team_id
      order by t.user_id is not distinct from c.assignee_id desc, (select count(*)
        from conversations o where o.organization_id = c.organization_id
          and o.assignee_id = t.user_id and o.status = 'open'),
        md5(t.user_id::text || c.id::text) limit 1), c.assignee_id),
  last_message = coalesce(n.line, c.last_message),
  last_direction = case when n.spoke then 'outgoing' else c.last_direction end,
  last_message_id = coalesce(n.message_id, c.last_message_id),
  last_message_at = case when n.spoke then now() else c.last_message_at end,
  waiting_since = case when n.needs_person then coalesce(c.waiting_since, now())
    when n.spoke or n.status in ('resolved', 'closed') then null else c.waiting_since end
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::uuid[], %b::text[],
  %b::uuid[], %b::bool[], %b::bool[], %b::uuid[])
  as n (organization_id, id, owner, bot_id, status, assignee_id, line, message_id, spoke,
    needs_person, team_id)
where c.organization_id = n.organization_id and c.id = n.id
"""
_HEARD: LiteralString = """
delete from bot_inputs i using unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
where i.organization_id = n.organization_id and i.id = n.id
"""


# A tag that a bot gives starts no bot: two could go on for ever.
_BY_BOT: LiteralString = "select set_config('botpe.by_bot', 'on', true)"


def write(connection: Connection, talks: Sequence[Talk]) -> None:
    """All of it, in the transaction that holds the conversations."""
    over = _over(connection, talks)
    work: tuple[tuple[LiteralString, list[Row]], ...] = (
        (_SESSIONS, [row for talk in talks for row in _sessions(talk)]),
        (_STEPS, [row for talk in talks for row in _steps(talk)]),
        (_TURNS, [row for talk in talks for row in _turns(talk)]),
        (_MESSAGES, [_message(talk, said, over) for talk in talks for said in talk.said]),
        *asked(talks),
        (_NOTES, [_note(talk, text) for talk in talks for text in talk.notes]),
        (_CONTACTS, [_contact(talk) for talk in talks if _contact_changed(talk)]),
        (_CONSENTS, [_consent(talk) for talk in talks if talk.consent is not None]),
        (_VARIABLES, _variables(talks)),
        (_CONVERSATIONS, [_conversation(talk) for talk in talks if _moved(talk)]),
        (_HEARD, [(talk.organization_id, one.id) for talk in talks for one in talk.inputs]),
    )
    if any(map(_contact_changed, talks)):
        connection.execute(_BY_BOT)
    for query, rows in work:
        if rows:
            connection.cursor(binary=True).execute(query, columns(rows))
    if any(talk.said for talk in talks):
        wake(connection, Lane.OUTBOX)
    if any(talk.asks_agents for talk in talks):
        wake(connection, Lane.AGENTS)


def _own(talk: Talk) -> Row:
    return talk.organization_id, new_id()


def _note(talk: Talk, text: str) -> Row:
    return *_own(talk), talk.id, talk.bot_id, text


def _sessions(talk: Talk) -> list[Row]:
    return [
        (
            talk.organization_id,
            live.id,
            talk.id,
            live.bot_id,
            live.version,
            live.state.status,
            live.state.ending,
            live.state.wait.token if live.state.wait else None,
            dumps(live.state.to_json()),
            live.due_at,
            live.asked_message_id,
            live.started_at or talk.now,
            live.hand_off,
            dumps(live.left),
        )
        for live in talk.sessions.values()
    ]


def _steps(talk: Talk) -> list[Row]:
    return [
        (
            *_own(talk), session_id, step.bot_id, step.node_id, step.node_type, step.handle,
            step.edge_id, step.arrived,
        )
        for session_id, step in talk.steps
    ]  # fmt: skip


def _turns(talk: Talk) -> list[Row]:
    return [
        (
            *_own(talk), session_id, heard.kind, heard.id, heard.is_message, heard.node_id,
            dumps(heard.data), dumps([[str(one.id), one.send.node_id] for one in said]),
        )
        for session_id, heard, said in talk.turns
    ]  # fmt: skip


def _over(connection: Connection, talks: Sequence[Talk]) -> set[UUID]:
    """The organizations whose plan allows no more messages this month."""
    limited = {
        (talk.organization_id, talk.plan)
        for talk in talks
        if talk.said and PLANS[talk.plan].messages is not None
    }
    return {key for key, plan in limited if plans.messages_left(connection, key, plan) <= 0}


def _message(talk: Talk, said: Said, over: Collection[UUID]) -> Row:
    after = said.send.after_seconds
    refusal = (OVER_PLAN, *WORDS[OVER_PLAN]) if talk.organization_id in over else (None,) * 3
    return (
        talk.organization_id,
        said.id,
        talk.id,
        talk.account_id,
        talk.contact_id,
        said.send.type,
        dumps(said.content),
        wire.preview(said.send.type, said.content),
        said.bot_id,
        talk.owner_epoch,
        said.correlation_id,
        talk.now + timedelta(seconds=after) if after else None,
        *refusal,
    )


def _contact(talk: Talk) -> Row:
    held = talk.contact
    return (
        talk.organization_id,
        talk.contact_id,
        held["name"],
        held["email"],
        held["language"],
        dumps(held["tags"]),
        dumps(held["custom_fields"]),
        held["marketing_opt_in"],
        talk.consent,
    )


def _contact_changed(talk: Talk) -> bool:
    return talk.contact_changed or talk.consent is not None


def _consent(talk: Talk) -> Row:
    return *_own(talk), talk.contact_id, talk.consent


def _variables(talks: Sequence[Talk]) -> list[Row]:
    last = {
        (talk.organization_id, name): value
        for talk in talks
        for name, value in talk.variables.items()
    }
    return [(*key, dumps(value)) for key, value in last.items()]


def _moved(talk: Talk) -> bool:
    return bool(talk.sessions or talk.said)


def _conversation(talk: Talk) -> Row:
    last = talk.said[-1] if talk.said else None
    return (
        talk.organization_id,
        talk.id,
        talk.owner,
        talk.bot_id,
        talk.status,
        talk.assignee_id,
        wire.preview(last.send.type, last.content) if last else None,
        last.id if last else None,
        last is not None,
        talk.needs_person,
        talk.team_id,
    )
