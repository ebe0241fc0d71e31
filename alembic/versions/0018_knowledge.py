"""Documents and their passages, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel.sql.sqltypes import AutoString

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("knowledge_items", "knowledge_passages")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "knowledge_items",
        *_key(),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("filename", AutoString(), server_default="", nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "ix_knowledge_items_by_age",
        "knowledge_items",
        ["organization_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.create_table(
        "knowledge_passages",
        *_key(),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("config", AutoString(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"], ["knowledge_items.organization_id", "knowledge_items.id"]
        ),
    )
    op.create_index(
        "ix_knowledge_passages_item", "knowledge_passages", ["organization_id", "item_id", "place"]
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


def _now(name: str) -> sa.Column:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )
