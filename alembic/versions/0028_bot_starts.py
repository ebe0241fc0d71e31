"""Bots that are started from outside: by a call, a tag that a contact gets, a time of day.

A tag is noticed by a trigger, so that it does not matter who gives it; one that a bot gives
starts none, or two bots could go on for ever.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
# Ids that sort by when they were made, as those of the application do.
LATER_ID = """
create function later_id() returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(gen_random_uuid()::text), 1, 3) || '8'
    || substr(md5(gen_random_uuid()::text), 1, 15))::uuid
$$
"""
START = """
create function start_bot(organization uuid, bot uuid, people uuid[], about jsonb)
returns integer language plpgsql as $$
declare told integer;
begin
  insert into conversations (organization_id, id, account_id, contact_id, last_inbound_at, status,
    owner, owner_epoch, unread_count, last_message, last_direction)
  select k.organization_id, later_id(), b.account_id, k.id,
    (select max(o.last_inbound_at) from conversations o where o.organization_id = k.organization_id
      and o.contact_id = k.id and o.account_id = b.account_id),
    'open', 'nobody', 0, 0, '', 'outgoing'
  from bots b join contacts k on k.organization_id = b.organization_id and k.id = any(people)
  where b.organization_id = organization and b.id = bot and b.account_id is not null
  on conflict do nothing;
  insert into bot_inputs (organization_id, id, conversation_id, kind, data, attempts)
  select c.organization_id, later_id(), c.id, 'start', about || jsonb_build_object('bot_id', bot), 0
  from bots b join conversations c on c.organization_id = b.organization_id
    and c.account_id = b.account_id and c.contact_id = any(people) and c.status <> 'closed'
  where b.organization_id = organization and b.id = bot;
  get diagnostics told = row_count;
  perform pg_notify('botpe_conversations', '');
  return told;
end $$
"""
TAGGED = """
create function start_bots_by_tag() returns trigger language plpgsql as $$
begin
  if current_setting('botpe.by_bot', true) = 'on' then
    return null;
  end if;
  perform start_bot(new.organization_id, b.id, array[new.id],
    jsonb_build_object('type', 'tag', 'tag', t.tag, 'trigger_id', g ->> 'id'))
  from (select unnest(new.tags) except select unnest(old.tags)) t (tag)
  join bots b on b.organization_id = new.organization_id and b.status = 'active'
  join bot_versions v on v.organization_id = b.organization_id and v.bot_id = b.id
    and v.number = b.version
  cross join lateral jsonb_array_elements(v.flow -> 'triggers') g
  where g ->> 'type' = 'tag' and exists (
    select from jsonb_array_elements_text(g -> 'tags') w where lower(w) = lower(t.tag));
  return null;
end $$
"""


def upgrade() -> None:
    op.execute("alter table bot_inputs drop constraint kind_known")
    op.execute(
        "alter table bot_inputs add constraint kind_known"
        " check (kind in ('message','continue','callback','start'))"
    )
    op.create_table(
        "bot_alarms",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("trigger_id", AutoString(), nullable=False),
        sa.Column("rung_for", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "bot_id", "trigger_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "bot_id"],
            ["bots.organization_id", "bots.id"],
            ondelete="CASCADE",
        ),
    )
    op.execute("alter table bot_alarms enable row level security")
    op.execute("alter table bot_alarms force row level security")
    op.execute(f"create policy scope on bot_alarms using ({OURS}) with check ({OURS})")
    for function in (LATER_ID, START, TAGGED):
        op.execute(function)
    op.execute(
        "create trigger start_bots_by_tag after update of tags on contacts for each row"
        " when (old.tags is distinct from new.tags) execute function start_bots_by_tag()"
    )


def downgrade() -> None:
    op.execute("drop trigger start_bots_by_tag on contacts")
    for function in ("start_bots_by_tag()", "start_bot(uuid, uuid, uuid[], jsonb)", "later_id()"):
        op.execute(f"drop function {function}")
    op.drop_table("bot_alarms")
    op.execute("delete from bot_inputs where kind = 'start'")
    op.execute("alter table bot_inputs drop constraint kind_known")
    op.execute(
        "alter table bot_inputs add constraint kind_known"
        " check (kind in ('message','continue','callback'))"
    )
