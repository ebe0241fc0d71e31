"""Automation rules, what they wait for and what they did, behind the wall of 0002.

Triggers write the events in the transaction of the change, whoever makes it, so that none is lost
and none is made up. Without rules of its kind a statement pays for one look at a small index.
`botpe.automation_depth` says how many rules led to a change: beyond the third nothing is noted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = ("automation_rules", "automation_events", "automation_runs")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
AUDITED = ("name", "enabled", "position", "trigger", "conditions", "actions")
BOTH = (
    "new_rows n join old_rows o on o.id = n.id and o.organization_id = n.organization_id"
)
ADDED = "array(select unnest(n.tags) except select unnest(o.tags))"
REMOVED = "array(select unnest(o.tags) except select unnest(n.tags))"
LATEST = (
    " cross join lateral (select c.id from conversations c where"
    " c.organization_id = n.organization_id and c.contact_id = n.id"
    " order by c.status = 'closed', c.last_message_at desc limit 1) talk"
)
FIELDS = """
array_remove(array[
  case when n.name is distinct from o.name then 'name' end,
  case when n.email is distinct from o.email then 'email' end,
  case when n.phone is distinct from o.phone then 'phone' end,
  case when n.language is distinct from o.language then 'language' end,
  case when n.marketing_opt_in is distinct from o.marketing_opt_in then 'marketing_opt_in' end
], null) || array(
  select 'custom_fields.' || k from (
    select jsonb_object_keys(n.custom_fields) union select jsonb_object_keys(o.custom_fields)
  ) as keys (k) where n.custom_fields -> k is distinct from o.custom_fields -> k)
"""
# name, table, insert or update, event, conversation, message, data, from, where
TRIGGERS = (
    (
        "automate_message", "messages", "insert", "message", "n.conversation_id", "n.id", "'{}'",
        "new_rows n",
        "n.direction = 'incoming' and n.type not in ('system', 'call')"
        " and n.created_at > now() - interval '1 day'",  # what a number brought along is history
    ),
    (
        "automate_started", "conversations", "insert", "opened", "n.id", "null", "'{}'",
        "new_rows n", "n.status = 'open'",
    ),
    (
        "automate_reopened", "conversations", "update", "opened", "n.id", "null", "'{}'", BOTH,
        "n.status = 'open' and o.status in ('resolved','closed')",
    ),
    (
        "automate_tagged", "conversations", "update", "tagged", "n.id", "null",
        f"jsonb_build_object('added', {ADDED}, 'removed', {REMOVED})", BOTH,
        "n.tags is distinct from o.tags",
    ),
    (
        "automate_contact_tagged", "contacts", "update", "tagged", "talk.id", "null",
        f"jsonb_build_object('added', {ADDED}, 'removed', {REMOVED})", BOTH + LATEST,
        "n.tags is distinct from o.tags",
    ),
    (
        "automate_contact_changed", "contacts", "update", "field", "talk.id", "null",
        f"jsonb_build_object('fields', {FIELDS})", BOTH + LATEST,
        "(n.name, n.email, n.phone, n.language, n.marketing_opt_in, n.custom_fields) is distinct"
        " from (o.name, o.email, o.phone, o.language, o.marketing_opt_in, o.custom_fields)",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "automation_rules",
        *_key(),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", AutoString(), nullable=False),
        sa.Column("trigger", JSONB(), server_default="{}", nullable=False),
        sa.Column("conditions", JSONB(), server_default="{}", nullable=False),
        sa.Column("actions", JSONB(), server_default="[]", nullable=False),
        sa.Column("rest_minutes", sa.Integer(), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.CheckConstraint(
            "event in ('message','opened','tagged','field','silence','api')", name="event_known"
        ),
    )
    op.create_index("ix_automation_rules_event", "automation_rules", ["event", "organization_id"])
    op.create_table(
        "automation_events",
        *_key(),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("rule_id", sa.Uuid()),
        sa.Column("data", JSONB(), server_default="{}", nullable=False),
        sa.Column("depth", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _now("next_at"),
        _now("created_at"),
        _ends_with("conversation_id", "conversations"),
    )
    op.create_index(
        "ix_automation_events_due", "automation_events", ["next_at", "created_at", "message_id"]
    )
    op.create_index(
        "ix_automation_events_conversation",
        "automation_events",
        ["organization_id", "conversation_id"],
    )
    op.create_table(
        "automation_runs",
        *_key(),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("steps", JSONB(), server_default="[]", nullable=False),
        _now("at"),
        _ends_with("rule_id", "automation_rules"),
        _ends_with("conversation_id", "conversations"),
        sa.CheckConstraint(
            "outcome in ('done','partly','failed','held','passed')", name="known"
        ),
    )
    op.create_index(
        "uq_automation_runs",
        "automation_runs",
        ["organization_id", "rule_id", "event_id"],
        unique=True,
    )
    op.create_index(
        "ix_automation_runs_log",
        "automation_runs",
        ["organization_id", sa.text("at desc"), sa.text("id desc")],
    )
    op.create_index(
        "ix_automation_runs_rule",
        "automation_runs",
        ["organization_id", "rule_id", "conversation_id", sa.text("at desc")],
    )
    op.create_index(
        "ix_automation_runs_conversation", "automation_runs", ["organization_id", "conversation_id"]
    )
    op.create_index("ix_automation_runs_age", "automation_runs", ["at"])
    op.create_index(
        "ix_conversations_waiting",
        "conversations",
        ["organization_id", "waiting_since"],
        postgresql_where=sa.text("waiting_since is not null and status in ('open','pending')"),
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")
    for trigger in TRIGGERS:
        _trigger(*trigger)
    op.execute(
        f"create trigger keep_audit after insert or delete or update of {', '.join(AUDITED)}"
        " on automation_rules for each row when (current_setting('botpe.actor', true) <> '')"
        f" execute function keep_audit('automation', '{','.join(AUDITED)}')"
    )


def _trigger(
    name: str, table: str, kind: str, event: str, talk: str, message: str, data: str, rows: str,
    when: str,
) -> None:
    op.execute(f"""
create function {name}() returns trigger language plpgsql as $$
declare
  depth int := coalesce(nullif(current_setting('botpe.automation_depth', true), '')::int, 0);
begin
  if depth > 3 or not exists
    (select from automation_rules where event = '{event}' and enabled) then
    return null;
  end if;
  insert into automation_events (organization_id, id, kind, conversation_id, message_id, data, depth)
  select n.organization_id, gen_random_uuid(), '{event}', {talk}, {message}, {data}, depth
  from {rows}
  where {when} and exists (select from automation_rules r
    where r.organization_id = n.organization_id and r.event = '{event}' and r.enabled);
  if found then
    perform pg_notify('botpe_conversations', '');
  end if;
  return null;
end $$""")
    old = "old table as old_rows " if kind == "update" else ""
    op.execute(
        f"create trigger {name} after {kind} on {table} referencing {old}new table as new_rows"
        f" for each statement execute function {name}()"
    )


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
        op.execute(f"drop function {name}()")
    op.drop_index("ix_conversations_waiting", "conversations")
    for table in reversed(TABLES):
        op.drop_table(table)


def _key() -> tuple[sa.SchemaItem, ...]:
    return (
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )


def _now(name: str) -> sa.Column:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )


def _ends_with(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE",
    )
