"""What bots heard, turn by turn, behind the wall of 0002; dialogues to try a bot with.

And why a person was called to a conversation.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column("bots", sa.Column("dialogues", JSONB(), server_default="[]", nullable=False))
    op.add_column(
        "bot_sessions", sa.Column("hand_off", AutoString(), server_default="", nullable=False)
    )
    op.create_table(
        "bot_turns",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("heard_id", sa.Uuid(), nullable=False),
        sa.Column("is_message", sa.Boolean(), nullable=False),
        sa.Column("node_id", AutoString(), nullable=False),
        sa.Column("data", JSONB(), server_default="{}", nullable=False),
        sa.Column("said", JSONB(), server_default="[]", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "session_id"],
            ["bot_sessions.organization_id", "bot_sessions.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_bot_turns_session", "bot_turns", ["organization_id", "session_id", "id"])
    op.create_index("ix_bot_turns_age", "bot_turns", ["at"])
    op.execute("alter table bot_turns enable row level security")
    op.execute("alter table bot_turns force row level security")
    op.execute(f"create policy scope on bot_turns using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("bot_turns")
    op.drop_column("bot_sessions", "hand_off")
    op.drop_column("bots", "dialogues")
