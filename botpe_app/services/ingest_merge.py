"""Two contacts that are one person become one, with everything either of them has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from botpe_app.services.ingest_batch import Batch

_ELDEST: LiteralString = """
select id from contacts where organization_id = %s and id = any(%s)
order by created_at, id for update
"""
# Staff's own words (name, email) stay the keeper's where it has some.
_FILL: LiteralString = """
update contacts k set
  name = case when k.name = '' then d.name else k.name end,
  phone = coalesce(k.phone, d.phone),
  email = coalesce(k.email, d.email),
  language = coalesce(k.language, d.language),
  tags = array(select distinct tag from unnest(k.tags || d.tags) tag order by tag),
  custom_fields = d.custom_fields || k.custom_fields,
  marketing_opt_in = (k.marketing_opt_in or d.marketing_opt_in)
    and k.marketing_opted_out_at is null and d.marketing_opted_out_at is null,
  marketing_opted_out_at = greatest(k.marketing_opted_out_at, d.marketing_opted_out_at),
  marketing_after = greatest(k.marketing_after, d.marketing_after),
  last_inbound_at = greatest(k.last_inbound_at, d.last_inbound_at),
  ai_opt_out = k.ai_opt_out or d.ai_opt_out
from contacts d
where k.organization_id = %(organization)s and k.id = %(keep)s
  and d.organization_id = %(organization)s and d.id = %(drop)s
"""
_NAMES: LiteralString = """
update contact_identities set contact_id = %(keep)s
where organization_id = %(organization)s and contact_id = %(drop)s
"""
_CONSENTS: LiteralString = """
update consents set contact_id = %(keep)s
where organization_id = %(organization)s and contact_id = %(drop)s
"""
_BLOCKS: LiteralString = """
insert into contact_blocks (organization_id, account_id, contact_id, blocked_at)
select organization_id, account_id, %(keep)s, blocked_at from contact_blocks
where organization_id = %(organization)s and contact_id = %(drop)s
on conflict do nothing
"""
# Whom a campaign was for twice, it is for once.
_CAMPAIGNS: LiteralString = """
with moved as (
  update campaign_recipients r set contact_id = %(keep)s
  where r.organization_id = %(organization)s and r.contact_id = %(drop)s
    and not exists (select from campaign_recipients k
      where k.organization_id = r.organization_id and k.campaign_id = r.campaign_id
        and k.contact_id = %(keep)s)
  returning r.campaign_id
)
delete from campaign_recipients r
where r.organization_id = %(organization)s and r.contact_id = %(drop)s
  and r.campaign_id not in (select campaign_id from moved)
"""
_MESSAGES: LiteralString = """
update messages m set contact_id = %(keep)s from conversations c
where c.organization_id = %(organization)s and c.contact_id = %(drop)s
  and m.organization_id = c.organization_id and m.conversation_id = c.id
"""
# Conversations of both that are open with the same number: (the keeper's, the dropped one's).
_TWINS: LiteralString = """
select k.id, d.id from conversations k
join conversations d using (organization_id, account_id)
where k.organization_id = %(organization)s and k.contact_id = %(keep)s and k.status <> 'closed'
  and d.contact_id = %(drop)s and d.status <> 'closed'
for update
"""
_MOVE: tuple[LiteralString, ...] = (
    "update bot_inputs set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update bot_calls set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    # A conversation is in one bot at a time: where both were, the keeper's goes on.
    """
update bot_sessions d set status = 'ended', ending = 'interrupted', token = null, due_at = null
where d.organization_id = %(organization)s and d.conversation_id = %(out_of)s
  and d.status <> 'ended' and exists (select from bot_sessions k
    where k.organization_id = d.organization_id and k.conversation_id = %(into)s
      and k.status <> 'ended')
""",
    "update bot_sessions set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update messages set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update automation_events set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update automation_runs set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update notes set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update note_mentions set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    "update reactions set conversation_id = %(into)s"
    " where organization_id = %(organization)s and conversation_id = %(out_of)s",
    """
update conversations k set
  status = case when 'open' in (k.status, d.status) then 'open' else k.status end,
  assignee_id = coalesce(k.assignee_id, d.assignee_id),
  tags = array(select distinct tag from unnest(k.tags || d.tags) tag order by tag),
  owner = case when k.owner = 'nobody' then d.owner else k.owner end,
  bot_id = coalesce(k.bot_id, d.bot_id),
  unread_count = k.unread_count + d.unread_count,
  last_message = case when d.newer then d.last_message else k.last_message end,
  last_direction = case when d.newer then d.last_direction else k.last_direction end,
  last_message_id = case when d.newer then d.last_message_id else k.last_message_id end,
  last_message_at = greatest(k.last_message_at, d.last_message_at),
  last_inbound_at = greatest(k.last_inbound_at, d.last_inbound_at),
  waiting_since = least(k.waiting_since, d.waiting_since),
  created_at = least(k.created_at, d.created_at)
from (
  select o.*, coalesce(om.sent_at, o.last_message_at) > coalesce(im.sent_at, i.last_message_at)
    as newer
  from conversations o
  join conversations i on i.organization_id = o.organization_id and i.id = %(into)s
  left join messages om on om.organization_id = o.organization_id and om.id = o.last_message_id
  left join messages im on im.organization_id = i.organization_id and im.id = i.last_message_id
  where o.organization_id = %(organization)s and o.id = %(out_of)s
) d
where k.organization_id = %(organization)s and k.id = %(into)s
""",
    "delete from conversations where organization_id = %(organization)s and id = %(out_of)s",
)
_REST: tuple[LiteralString, ...] = (
    "update conversations set contact_id = %(keep)s"
    " where organization_id = %(organization)s and contact_id = %(drop)s",
    "delete from contacts where organization_id = %(organization)s and id = %(drop)s",
)


def merge(batch: Batch, organization_id: UUID, contacts: Sequence[UUID]) -> UUID:
    """The oldest of these contacts, which now has the names, conversations and messages of all.

    Two open conversations with the same number become one. The rest of the contacts are gone.
    """
    found = batch.connection.execute(_ELDEST, (organization_id, list(contacts))).fetchall()
    keep = found[0][0]
    for (drop,) in found[1:]:
        absorb(batch, organization_id, keep, drop)
    batch.tell(organization_id, "inbox", "contacts")
    return keep


def absorb(batch: Batch, organization_id: UUID, keep: UUID, drop: UUID) -> None:
    """Gives one contact all that the other has; the other is gone."""
    who = {"organization": organization_id, "keep": keep, "drop": drop}
    for statement in (_FILL, _NAMES, _CONSENTS, _BLOCKS, _CAMPAIGNS, _MESSAGES):
        batch.connection.execute(statement, who)
    for into, out_of in batch.connection.execute(_TWINS, who).fetchall():
        both = {"organization": who["organization"], "into": into, "out_of": out_of}
        for statement in _MOVE:
            batch.connection.execute(statement, both)
        batch.tell(who["organization"], f"conversation:{into}", f"conversation:{out_of}")
    for statement in _REST:
        batch.connection.execute(statement, who)
