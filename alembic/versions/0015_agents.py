"""Intents, their phrases, what the agents did and how they work, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("intents", "training_phrases", "agent_logs", "agent_usage", "ai_settings")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "intents",
        *_key(),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("description", AutoString(), server_default="", nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "uq_intents_name", "intents", ["organization_id", sa.text("lower(name)")], unique=True
    )
    op.create_table(
        "training_phrases",
        *_key(),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "intent_id"], ["intents.organization_id", "intents.id"]
        ),
    )
    op.create_index(
        "ix_training_phrases_intent", "training_phrases", ["organization_id", "intent_id", "place"]
    )
    op.create_table(
        "agent_logs",
        *_key(),
        sa.Column("agent", AutoString(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("model", AutoString(), server_default="", nullable=False),
        *_spent(),
        sa.Column("latency_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("error", AutoString()),
        sa.Column("explanation", AutoString(), server_default="", nullable=False),
        _now("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "ix_agent_logs_by_age",
        "agent_logs",
        ["organization_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.create_table(
        "agent_usage",
        _key()[0],
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent", AutoString(), nullable=False),
        sa.Column("runs", sa.Integer(), server_default="0", nullable=False),
        *_spent(),
        sa.PrimaryKeyConstraint("organization_id", "day", "agent"),
    )
    op.create_table(
        "ai_settings",
        _key()[0],
        sa.Column("model", AutoString(), server_default="", nullable=False),
        sa.Column("monthly_budget_usd", sa.Numeric(14, 6), server_default="10", nullable=False),
        sa.Column("tone", AutoString(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _key() -> tuple[sa.Column, ...]:
    return (
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _spent() -> tuple[sa.Column, ...]:
    return (
        sa.Column("input_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("output_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost_usd", sa.Numeric(14, 6), server_default="0", nullable=False),
    )


def _now(name: str) -> sa.Column:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )
