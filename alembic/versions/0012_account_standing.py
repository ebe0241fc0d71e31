"""What WhatsApp says of numbers, and what somebody must mend about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
FACTS = ("verified_name", "name_status", "messaging_limit", "review_status", "username")


def upgrade() -> None:
    for name in FACTS:
        op.add_column("whatsapp_accounts", sa.Column(name, AutoString()))
    op.create_table(
        "account_notices",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("mend", AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("organization_id", "account_id", "kind"),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["whatsapp_accounts.organization_id", "whatsapp_accounts.id"],
            ondelete="CASCADE",
        ),
    )
    op.execute("alter table account_notices enable row level security")
    op.execute("alter table account_notices force row level security")
    op.execute(f"create policy scope on account_notices using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("account_notices")
    for name in reversed(FACTS):
        op.drop_column("whatsapp_accounts", name)
