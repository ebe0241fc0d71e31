"""Whom our numbers have blocked, and what customers see of them, kept as Meta last told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"
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
        "whatsapp_accounts", sa.Column("profile", JSONB(), server_default="{}", nullable=False)
    )
    op.create_table(
        "contact_blocks",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "blocked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "account_id", "contact_id"),
        _ends_with("account_id", "whatsapp_accounts"),
        _ends_with("contact_id", "contacts"),
    )
    op.create_index(
        "ix_contact_blocks_contact", "contact_blocks", ["organization_id", "contact_id"]
    )
    op.execute("alter table contact_blocks enable row level security")
    op.execute("alter table contact_blocks force row level security")
    op.execute(f"create policy scope on contact_blocks using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("contact_blocks")
    op.drop_column("whatsapp_accounts", "profile")


def _ends_with(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE",
    )
