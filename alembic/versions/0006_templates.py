"""Message templates and their versions, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("templates", "template_versions")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("waba_id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("category", AutoString(), server_default="", nullable=False),
        sa.Column("parameter_format", AutoString(), server_default="", nullable=False),
        sa.Column("components", JSONB(), server_default="[]", nullable=False),
        sa.Column("draft_components", JSONB()),
        sa.Column("status", AutoString(), server_default="DRAFT", nullable=False),
        _moment("status_at"),
        sa.Column("rejection_reason", AutoString()),
        sa.Column("quality", AutoString()),
        sa.Column("wa_template_id", AutoString()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("updated_at", server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        _belongs_to("account_id", "whatsapp_accounts"),
    )
    op.create_index(
        "uq_templates_name",
        "templates",
        ["organization_id", "waba_id", "name", "language"],
        unique=True,
    )
    op.create_index("ix_templates_wa", "templates", ["waba_id", "wa_template_id"])
    op.create_table(
        "template_versions",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category", AutoString(), nullable=False),
        sa.Column("components", JSONB(), server_default="[]", nullable=False),
        sa.Column("made_by", AutoString(), server_default="", nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("submitted_at"),
        sa.PrimaryKeyConstraint("organization_id", "template_id", "number"),
        _belongs_to("template_id", "templates"),
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _moment(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _belongs_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE",
    )
