"""Campaigns, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0017"
down_revision = "0016"
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
        "campaigns",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("contact_ids", ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("variables", JSONB(), server_default="{}", nullable=False),
        sa.Column("rate_per_second", sa.Integer()),
        sa.Column("status", AutoString(), server_default="draft", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        _same_organization("account_id", "whatsapp_accounts"),
        _same_organization("template_id", "templates"),
        sa.CheckConstraint("status in ('draft')", name="status_known"),
    )
    op.create_index(
        "ix_campaigns_by_age",
        "campaigns",
        ["organization_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.execute("alter table campaigns enable row level security")
    op.execute("alter table campaigns force row level security")
    op.execute(f"create policy scope on campaigns using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("campaigns")


def _same_organization(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"]
    )
