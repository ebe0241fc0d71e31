"""The audit log, behind the wall of 0002, written by triggers so that no change is forgotten.

A change is somebody's if the transaction says whose (`botpe.actor`, set at the doors); what
WhatsApp itself causes is nobody's and not kept here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
# table: (what it is called, columns that are kept). Of sealed columns only that they changed.
WATCHED = {
    "organizations": ("organization", ("name", "time_zone")),
    "memberships": ("person", ("role",)),
    "invitations": ("invitation", ("email", "role")),
    "api_keys": ("api_key", ("name", "role", "prefix", "revoked_at")),
    "whatsapp_accounts": (
        "number",
        ("name", "phone", "phone_number_id", "waba_id", "status", "token_sealed"),
    ),
    "webhook_subscriptions": ("webhook", ("url", "events")),
    "contacts": (
        "contact",
        ("name", "phone", "email", "language", "tags", "custom_fields", "marketing_opt_in"),
    ),
}
FUNCTION = """
create function keep_audit() returns trigger language plpgsql as $$
declare
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  becomes jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  either jsonb := coalesce(becomes, was);
  actor jsonb := current_setting('botpe.actor', true)::jsonb;
  before jsonb;
  after jsonb;
begin
  select
    coalesce(jsonb_object_agg(replace(k, '_sealed', ''),
      case when k like '%\\_sealed' then '"***"'::jsonb else was->k end)
      filter (where was ? k), '{}'),
    coalesce(jsonb_object_agg(replace(k, '_sealed', ''),
      case when k like '%\\_sealed' then '"***"'::jsonb else becomes->k end)
      filter (where becomes ? k), '{}')
  into before, after
  from unnest(string_to_array(tg_argv[1], ',')) k
  where (was->k) is distinct from (becomes->k);
  if tg_op = 'UPDATE' and before = '{}' and after = '{}' then
    return null;
  end if;
  -- Whoever is erased must not live on here.
  if tg_op = 'DELETE' and tg_table_name = 'contacts' then
    before := '{}';
  end if;
  insert into audit_events (organization_id, id, actor_kind, actor_id, actor_name, address,
    action, subject_id, before, after)
  values (coalesce(either->>'organization_id', either->>'id')::uuid, gen_random_uuid(),
    actor->>'kind', (actor->>'id')::uuid, actor->>'name', coalesce(actor->>'address', ''),
    tg_argv[0] || case tg_op when 'INSERT' then '.created' when 'UPDATE' then '.updated'
      else '.deleted' end,
    coalesce(either->>'id', either->>'user_id')::uuid, before, after);
  return null;
end $$
"""
REFUSAL = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("actor_kind", AutoString(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_name", AutoString(), nullable=False),
        sa.Column("address", AutoString(), nullable=False),
        sa.Column("action", AutoString(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("after", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "ix_audit_events_at",
        "audit_events",
        ["organization_id", sa.text("at desc"), sa.text("id desc")],
    )
    op.create_index(
        "ix_audit_events_subject", "audit_events", ["organization_id", "subject_id", sa.text("at desc")]
    )
    op.execute("alter table audit_events enable row level security")
    op.execute("alter table audit_events force row level security")
    op.execute(f"create policy scope on audit_events using ({OURS}) with check ({OURS})")
    op.execute(REFUSAL)
    op.execute(
        "create trigger only_added_to before update or delete on audit_events"
        " for each row execute function refuse_change()"
    )
    op.execute(FUNCTION)
    for table, (word, columns) in WATCHED.items():
        op.execute(
            f"create trigger keep_audit after insert or delete or update of {', '.join(columns)}"
            f" on {table} for each row when (current_setting('botpe.actor', true) <> '')"
            f" execute function keep_audit('{word}', '{','.join(columns)}')"
        )


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f"drop trigger keep_audit on {table}")
    op.execute("drop function keep_audit()")
    op.drop_table("audit_events")
    op.execute("drop function refuse_change()")
