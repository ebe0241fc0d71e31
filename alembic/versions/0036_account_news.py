"""What WhatsApp tells of numbers beside chats, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0036"
down_revision = "0035"
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
        "account_news",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("field", AutoString(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["whatsapp_accounts.organization_id", "whatsapp_accounts.id"],
            ondelete="CASCADE",
        ),
    )
    latest = [sa.text("at desc"), sa.text("id desc")]
    op.create_index(
        "ix_account_news_latest", "account_news", ["organization_id", "account_id", *latest]
    )
    op.execute("alter table account_news enable row level security")
    op.execute("alter table account_news force row level security")
    op.execute(f"create policy scope on account_news using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("account_news")
