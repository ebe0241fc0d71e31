"""Bots at work and the calls they make, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("bot_inputs", "bot_calls", "bot_sessions", "bot_steps", "bot_variables")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "bot_inputs",
        *_key(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        _text("kind"),
        sa.Column("data", JSONB(), server_default="{}", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _now("next_at"),
        _now("created_at"),
        _ends_with("conversation_id", "conversations"),
        sa.CheckConstraint("kind in ('message','continue','callback')", name="kind_known"),
    )
    op.create_index(
        "ix_bot_inputs_conversation", "bot_inputs", ["organization_id", "conversation_id", "id"]
    )
    op.create_index("ix_bot_inputs_due", "bot_inputs", ["next_at"])
    op.create_table(
        "bot_calls",
        *_key(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("request", JSONB(), server_default="{}", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _now("next_at"),
        _now("created_at"),
        _ends_with("conversation_id", "conversations"),
    )
    op.create_index("ix_bot_calls_due", "bot_calls", ["next_at"])
    op.create_index("ix_bot_calls_conversation", "bot_calls", ["organization_id", "conversation_id"])
    op.create_table(
        "bot_sessions",
        *_key(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("status"),
        _text("ending"),
        sa.Column("token", AutoString()),
        sa.Column("state", JSONB(), server_default="{}", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("asked_message_id", sa.Uuid()),
        _now("started_at"),
        _now("moved_at"),
        _ends_with("conversation_id", "conversations"),
        _ends_with("bot_id", "bots"),
        sa.CheckConstraint("status in ('waiting','paused','ended')", name="status_known"),
    )
    op.create_index(
        "uq_bot_sessions_live",
        "bot_sessions",
        ["organization_id", "conversation_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_index(
        "ix_bot_sessions_bot", "bot_sessions", ["organization_id", "bot_id", "started_at"]
    )
    op.create_index(
        "ix_bot_sessions_due",
        "bot_sessions",
        ["due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_table(
        "bot_steps",
        *_key(),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        _text("node_id"),
        _text("node_type"),
        _text("handle"),
        _text("edge_id"),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        _now("at"),
        _ends_with("session_id", "bot_sessions"),
    )
    op.create_index("ix_bot_steps_session", "bot_steps", ["organization_id", "session_id", "id"])
    op.create_index("ix_bot_steps_bot", "bot_steps", ["organization_id", "bot_id", "at"])
    op.create_table(
        "bot_variables",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        _text("name"),
        sa.Column("value", JSONB(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "name"),
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _key() -> tuple[sa.SchemaItem, ...]:
    return (
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )


def _text(name: str) -> sa.Column:
    return sa.Column(name, AutoString(), nullable=False)


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
