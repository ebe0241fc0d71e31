"""What Meta counts of templates' messages, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column("whatsapp_accounts", sa.Column("insights_at", sa.DateTime(timezone=True)))
    op.create_table(
        "template_insights",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("sent", "delivered", "read", "clicked")
        ),
        sa.Column("cost", sa.Float()),
        sa.PrimaryKeyConstraint("organization_id", "template_id", "day"),
        sa.ForeignKeyConstraint(
            ["organization_id", "template_id"],
            ["templates.organization_id", "templates.id"],
            ondelete="CASCADE",
        ),
    )
    op.execute("alter table template_insights enable row level security")
    op.execute("alter table template_insights force row level security")
    op.execute(f"create policy scope on template_insights using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("template_insights")
    op.drop_column("whatsapp_accounts", "insights_at")
