"""Outbound webhooks, behind the wall of 0002.

Triggers write what is to be told, in the transaction of the change: whoever makes it, nothing is
told that did not happen and nothing that happened is forgotten. Without subscriptions a statement
pays for one look into an empty table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("webhook_subscriptions", "webhook_deliveries")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
MESSAGE = """
jsonb_build_object(
  'id', n.id, 'conversation_id', n.conversation_id, 'contact_id', n.contact_id,
  'account_id', n.account_id, 'direction', n.direction, 'type', n.type, 'content', n.content,
  'text', n.text, 'status', n.status, 'wa_message_id', n.wa_message_id,
  'sent_by', jsonb_build_object('kind', n.sent_by_kind, 'id', n.sent_by_id),
  'error', case when n.status = 'failed' then jsonb_build_object(
    'code', n.error_code, 'title', n.error_title, 'details', n.error_details) end,
  'created_at', to_char(n.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
"""
CONVERSATION = """
jsonb_build_object(
  'id', n.id, 'contact_id', n.contact_id, 'account_id', n.account_id, 'status', n.status,
  'assignee', n.assignee_id, 'owner', n.owner, 'bot_id', n.bot_id, 'tags', n.tags)
"""
# name, table, event, payload, from, where
TRIGGERS = (
    (
        "tell_message_received", "messages", "insert", "message.received", MESSAGE,
        "new_rows n", "n.direction = 'incoming'",
    ),
    (
        "tell_message_status", "messages", "update", "message.status", MESSAGE,
        "new_rows n join old_rows o on o.id = n.id and o.organization_id = n.organization_id",
        "n.status is distinct from o.status and n.direction = 'outgoing'"
        " and n.status not in ('queued','claimed','sending')",
    ),
    (
        "tell_conversation_opened", "conversations", "insert", "conversation.updated",
        CONVERSATION, "new_rows n", "true",
    ),
    (
        "tell_conversation_updated", "conversations", "update", "conversation.updated",
        CONVERSATION,
        "new_rows n join old_rows o on o.id = n.id and o.organization_id = n.organization_id",
        "(n.status, n.assignee_id, n.owner, n.bot_id, n.tags)"
        " is distinct from (o.status, o.assignee_id, o.owner, o.bot_id, o.tags)",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "webhook_subscriptions",
        *_tenant(),
        sa.Column("url", AutoString(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("secret_sealed", AutoString(), nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("leased_until"),
    )
    op.create_table(
        "webhook_deliveries",
        *_tenant(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("event", AutoString(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", AutoString(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _moment("next_at"),
        sa.Column("status_code", sa.Integer()),
        sa.Column("problem", AutoString(), server_default="", nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("settled_at"),
        sa.CheckConstraint("state in ('pending','delivered','failed')", name="state_known"),
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["organization_id", "subscription_id", "next_at", "id"],
        postgresql_where=sa.text("next_at is not null"),
    )
    op.create_index(
        "ix_webhook_deliveries_log",
        "webhook_deliveries",
        ["organization_id", "subscription_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.create_index("ix_webhook_deliveries_age", "webhook_deliveries", ["created_at"])
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")
    for trigger in TRIGGERS:
        _trigger(*trigger)


def _trigger(
    name: str, table: str, kind: str, event: str, payload: str, rows: str, when: str
) -> None:
    op.execute(f"""
create function {name}() returns trigger language plpgsql as $$
begin
  if not exists (select from webhook_subscriptions where '{event}' = any(events)) then
    return null;
  end if;
  insert into webhook_deliveries
    (organization_id, id, subscription_id, event, payload, next_at)
  select n.organization_id, gen_random_uuid(), s.id, '{event}', {payload}, now()
  from {rows}
  join webhook_subscriptions s
    on s.organization_id = n.organization_id and '{event}' = any(s.events)
  where {when};
  if found then
    perform pg_notify('botpe_webhooks', '');
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
    for table in reversed(TABLES):
        op.drop_table(table)


def _tenant() -> tuple[sa.Column, sa.Column, sa.PrimaryKeyConstraint]:
    return (
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )


def _moment(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)
