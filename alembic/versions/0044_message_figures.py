"""Messages counted by quarter of an hour as they change, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
KINDS = ("direction", "sent_by_kind", "status")
KEY = (
    "organization_id, date_bin('15 minutes', created_at, '2000-01-01 00:00+00'), direction,"
    " sent_by_kind, case when status in ('claimed', 'sending') then 'queued' else status end"
)
COUNT = f"""
create function count_messages() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into message_figure_changes (organization_id, slot, direction, sent_by_kind, status, count)
    select {KEY}, count(*) from now_there group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into message_figure_changes (organization_id, slot, direction, sent_by_kind, status, count)
    select {KEY}, -count(*) from was_there group by 1, 2, 3, 4, 5;
  else
    insert into message_figure_changes (organization_id, slot, direction, sent_by_kind, status, count)
    select organization_id, slot, direction, sent_by_kind, status, sum(one) from (
      select {KEY}, 1 from now_there union all select {KEY}, -1 from was_there
    ) as change (organization_id, slot, direction, sent_by_kind, status, one)
    group by 1, 2, 3, 4, 5 having sum(one) <> 0;
  end if;
  return null;
end $$
"""
TRIGGERS = {
    "insert": "new table as now_there",
    "update": "old table as was_there new table as now_there",
    "delete": "old table as was_there",
}


def upgrade() -> None:
    ours = ("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"))
    slot = ("slot", sa.DateTime(timezone=True))
    op.create_table(
        "message_figures",
        sa.Column(*ours, nullable=False),
        sa.Column(*slot, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in KINDS),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "slot", *KINDS),
    )
    op.create_table(
        "message_figure_changes",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(*slot, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in KINDS),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    for table in ("message_figures", "message_figure_changes"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")
    op.execute("set local botpe.system = 'on'")
    op.execute(f"insert into message_figures select {KEY}, count(*) from messages group by 1, 2, 3, 4, 5")
    op.execute(COUNT)
    for event, tables in TRIGGERS.items():
        op.execute(
            f"create trigger figures_{event} after {event} on messages referencing {tables}"
            " for each statement execute function count_messages()"
        )


def downgrade() -> None:
    for event in TRIGGERS:
        op.execute(f"drop trigger figures_{event} on messages")
    op.execute("drop function count_messages()")
    op.drop_table("message_figure_changes")
    op.drop_table("message_figures")
