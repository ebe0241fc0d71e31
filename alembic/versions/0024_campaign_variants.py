"""Variants of campaigns, behind the wall of 0002, and the rules they keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("rules", JSONB(), server_default="{}", nullable=False))
    op.add_column(
        "campaigns", sa.Column("canary_size", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("campaigns", sa.Column("canary_until", sa.DateTime(timezone=True)))
    op.add_column(
        "campaign_recipients",
        sa.Column("variant", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_table(
        "campaign_variants",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("variables", JSONB(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "campaign_id", "place"),
        sa.ForeignKeyConstraint(
            ["organization_id", "campaign_id"],
            ["campaigns.organization_id", "campaigns.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "template_id"], ["templates.organization_id", "templates.id"]
        ),
    )
    op.execute("alter table campaign_variants enable row level security")
    op.execute("alter table campaign_variants force row level security")
    op.execute(f"create policy scope on campaign_variants using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("campaign_variants")
    op.drop_column("campaign_recipients", "variant")
    for name in ("canary_until", "canary_size", "rules"):
        op.drop_column("campaigns", name)
