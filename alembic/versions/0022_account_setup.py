"""What a look at a number's setup found, when its webhooks last came, and signups under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
MOMENTS = ("last_webhook_at", "checked_at", "token_expires_at")


def upgrade() -> None:
    op.add_column(
        "whatsapp_accounts",
        sa.Column("coexistence", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "whatsapp_accounts", sa.Column("found", JSONB(), server_default="{}", nullable=False)
    )
    for name in MOMENTS:
        op.add_column("whatsapp_accounts", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_table(
        "whatsapp_signups",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", AutoString(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "code_hash"),
    )
    op.execute("alter table whatsapp_signups enable row level security")
    op.execute("alter table whatsapp_signups force row level security")
    op.execute(f"create policy scope on whatsapp_signups using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("whatsapp_signups")
    for name in (*MOMENTS, "found", "coexistence"):
        op.drop_column("whatsapp_accounts", name)
