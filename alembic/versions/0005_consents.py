"""What customers allowed, and what WhatsApp said of reaching them, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
MOMENTS = ("marketing_opted_out_at", "marketing_after", "unreachable_at", "blocked_at")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("contacts", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_table(
        "consents",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("evidence", AutoString(), server_default="", nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"], ["contacts.organization_id", "contacts.id"]
        ),
    )
    op.create_index(
        "ix_consents_contact",
        "consents",
        ["organization_id", "contact_id", sa.text("at desc"), sa.text("id desc")],
    )
    op.execute("alter table consents enable row level security")
    op.execute("alter table consents force row level security")
    op.execute(f"create policy scope on consents using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("consents")
    for name in reversed(MOMENTS):
        op.drop_column("contacts", name)
