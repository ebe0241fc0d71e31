"""What conversations sound like, behind the wall of 0002, and what intents look for in texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0025"
down_revision = "0024"
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
        "conversation_signals",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, AutoString(), server_default="", nullable=False)
            for name in ("intent", "language", "sentiment", "urgency")
        ),
        sa.Column("pending", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "conversation_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_conversation_signals_due",
        "conversation_signals",
        ["pending"],
        postgresql_where=sa.text("pending > 0"),
    )
    for name in ("intent", "urgency"):
        op.create_index(
            f"ix_conversation_signals_{name}",
            "conversation_signals",
            ["organization_id", name, "conversation_id"],
        )
    op.execute("alter table conversation_signals enable row level security")
    op.execute("alter table conversation_signals force row level security")
    op.execute(f"create policy scope on conversation_signals using ({OURS}) with check ({OURS})")
    op.add_column(
        "intents", sa.Column("entities", JSONB(), server_default="[]", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("intents", "entities")
    op.drop_table("conversation_signals")
