"""Invitations, and what mails' links prove; behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The conditions of 0002 at the time.
SYSTEM = "(select current_setting('botpe.system', true)) = 'on'"
OURS = (
    f"case when {SYSTEM} then true else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column("users", _moment("email_verified_at"))
    op.create_table(
        "invitations",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("role", AutoString(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("expires_at", nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index(
        "uq_invitations_email", "invitations", ["organization_id", "email"], unique=True
    )
    op.create_table(
        "mail_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("purpose", AutoString(), nullable=False),
        _moment("expires_at", nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_mail_tokens_user_id", "mail_tokens", ["user_id"])
    _wall("invitations", OURS)
    _wall("mail_tokens", f"case when {SYSTEM} then true else false end")


def downgrade() -> None:
    op.drop_table("mail_tokens")
    op.drop_table("invitations")
    op.drop_column("users", "email_verified_at")


def _moment(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _wall(table: str, condition: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy scope on {table} using ({condition}) with check ({condition})")
