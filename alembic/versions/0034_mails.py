"""Mails that wait for a server, behind the wall of 0002; who wrote a note that is no person's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.add_column("notes", sa.Column("author", AutoString(), server_default="", nullable=False))
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id")),
        sa.Column("invitation_id", sa.Uuid()),
        sa.Column("conversation_id", sa.Uuid()),
        sa.Column("recipient", AutoString(), nullable=False),
        sa.Column("sealed", AutoString(), nullable=False),
        sa.Column("author", AutoString(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _moment("next_at"),
        _moment("good_until", nullable=False),
        sa.Column("problem", AutoString(), server_default="", nullable=False),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        _ends_with("invitation_id", "invitations"),
        _ends_with("conversation_id", "conversations"),
    )
    op.create_index(
        "ix_mails_due", "mails", ["next_at"], postgresql_where=sa.text("next_at is not null")
    )
    for column in ("invitation", "conversation"):
        op.create_index(f"ix_mails_{column}", "mails", ["organization_id", f"{column}_id"])
    op.create_index("ix_mails_organization", "mails", ["organization_id", "created_at"])
    op.execute("alter table mails enable row level security")
    op.execute("alter table mails force row level security")
    op.execute(f"create policy scope on mails using ({OURS}) with check ({OURS})")
    op.execute("delete from bot_calls where request ->> 'kind' = 'email'")  # they lay there before


def downgrade() -> None:
    op.drop_table("mails")
    op.drop_column("notes", "author")


def _ends_with(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE",
    )


def _moment(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)
