"""Bots and their versions, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("bots", "bot_versions")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "bots",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("flow", JSONB(), server_default="{}", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        _same_organization("account_id", "whatsapp_accounts"),
        sa.CheckConstraint("status in ('draft','active','paused')", name="status_known"),
    )
    op.create_index(
        "ix_bots_active", "bots", ["account_id"], postgresql_where=sa.text("status = 'active'")
    )
    op.create_table(
        "bot_versions",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("flow", JSONB(), server_default="{}", nullable=False),
        sa.Column("published_by", sa.Uuid(), sa.ForeignKey("users.id")),
        _now("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        _same_organization("bot_id", "bots"),
    )
    op.create_index(
        "uq_bot_versions", "bot_versions", ["organization_id", "bot_id", "number"], unique=True
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _now(name: str) -> sa.Column:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )


def _same_organization(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"]
    )
