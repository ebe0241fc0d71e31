"""Secrets of bots' calls, behind the wall of 0002; bots that are started from outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "bot_secrets",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("value_sealed", AutoString(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "uq_bot_secrets_name", "bot_secrets", ["organization_id", "name"], unique=True
    )
    op.execute("alter table bot_secrets enable row level security")
    op.execute("alter table bot_secrets force row level security")
    op.execute(f"create policy scope on bot_secrets using ({OURS}) with check ({OURS})")
    columns = "name,value_sealed"
    op.execute(
        f"create trigger keep_audit after insert or delete or update of {columns} on bot_secrets"
        " for each row when (current_setting('botpe.actor', true) <> '')"
        f" execute function keep_audit('bot_secret', '{columns}')"
    )


def downgrade() -> None:
    op.drop_table("bot_secrets")
