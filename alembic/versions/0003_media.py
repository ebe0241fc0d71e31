"""Files that came in and files to send, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("media", "media_uploads")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("wa_media_id", AutoString()),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("state", AutoString(), server_default="new", nullable=False),
        sa.Column("mime_type", AutoString(), server_default="", nullable=False),
        sa.Column("sha256", AutoString(), server_default="", nullable=False),
        sa.Column("filename", AutoString(), server_default="", nullable=False),
        sa.Column("size", sa.Integer()),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("seconds", sa.Float()),
        sa.Column("has_thumbnail", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("problem", AutoString(), server_default="", nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("next_at"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        _same_organization("account_id", "whatsapp_accounts"),
        sa.CheckConstraint("state in ('new','downloading','ready','failed')", name="state_known"),
    )
    op.create_index(
        "uq_media_message",
        "media",
        ["organization_id", "message_id"],
        unique=True,
        postgresql_where=sa.text("message_id is not null"),
    )
    op.create_index(
        "ix_media_due",
        "media",
        ["next_at", "id"],
        postgresql_where=sa.text("next_at is not null"),
    )
    op.create_table(
        "media_uploads",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("wa_media_id", AutoString(), nullable=False),
        _moment("uploaded_at", server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "media_id", "account_id"),
        _same_organization("media_id", "media"),
        _same_organization("account_id", "whatsapp_accounts"),
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


def _same_organization(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"]
    )
