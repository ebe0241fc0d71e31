"""What analytics ask: messages' figures by one index, and when conversations were resolved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

RESOLUTION = """
create function note_resolution() returns trigger language plpgsql as $$
begin
  if new.status not in ('resolved', 'closed') then
    new.resolved_at := null;
  elsif old.status not in ('resolved', 'closed') then
    new.resolved_at := now();
  end if;
  return new;
end $$
"""


def upgrade() -> None:
    op.drop_index("ix_messages_age", table_name="messages")
    op.create_index(
        "ix_messages_figures",
        "messages",
        ["organization_id", "created_at"],
        postgresql_include=["direction", "sent_by_kind", "status"],
    )
    op.add_column("conversations", sa.Column("resolved_at", sa.DateTime(timezone=True)))
    op.execute(RESOLUTION)
    op.execute(
        "create trigger resolution before update of status on conversations for each row"
        " when (old.status is distinct from new.status) execute function note_resolution()"
    )


def downgrade() -> None:
    op.execute("drop trigger resolution on conversations")
    op.execute("drop function note_resolution()")
    op.drop_column("conversations", "resolved_at")
    op.drop_index("ix_messages_figures", table_name="messages")
    op.create_index("ix_messages_age", "messages", ["organization_id", "created_at"])
