"""How each agent works, answers that are kept for a while, and runs that can be cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column(
        "agent_logs", sa.Column("state", AutoString(), server_default="done", nullable=False)
    )
    for column in (
        sa.Column("effort", AutoString(), server_default="", nullable=False),
        sa.Column("max_tokens", sa.Integer()),
        sa.Column("cache_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agents", JSONB(), server_default="{}", nullable=False),
    ):
        op.add_column("ai_settings", column)
    op.create_table(
        "agent_answers",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("conversation_id", sa.Uuid()),
        sa.Column("output", JSONB(), server_default="{}", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "key"),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversations.organization_id", "conversations.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_agent_answers_conversation", "agent_answers", ["organization_id", "conversation_id"]
    )
    op.create_index("ix_agent_answers_age", "agent_answers", ["created_at"])
    op.execute("alter table agent_answers enable row level security")
    op.execute("alter table agent_answers force row level security")
    op.execute(f"create policy scope on agent_answers using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("agent_answers")
    for column in ("agents", "cache_minutes", "max_tokens", "effort"):
        op.drop_column("ai_settings", column)
    op.drop_column("agent_logs", "state")
