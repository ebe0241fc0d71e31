"""People who may come back, the language of an organization, and both in the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# table: (what the audit log calls it, columns kept before, columns added).
WATCHED = {
    "organizations": ("organization", ("name", "time_zone"), ("language", "plan")),
    "memberships": ("person", ("role",), ("deactivated_at",)),
}


def upgrade() -> None:
    op.add_column("memberships", sa.Column("deactivated_at", sa.DateTime(timezone=True)))
    op.add_column(
        "organizations", sa.Column("language", AutoString(), server_default="en", nullable=False)
    )
    for table, (word, kept, added) in WATCHED.items():
        _watch(table, word, (*kept, *added))


def downgrade() -> None:
    for table, (word, kept, _) in WATCHED.items():
        _watch(table, word, kept)
    op.drop_column("organizations", "language")
    op.drop_column("memberships", "deactivated_at")


def _watch(table: str, word: str, columns: tuple[str, ...]) -> None:
    op.execute(f"drop trigger keep_audit on {table}")
    op.execute(
        f"create trigger keep_audit after insert or delete or update of {', '.join(columns)}"
        f" on {table} for each row when (current_setting('botpe.actor', true) <> '')"
        f" execute function keep_audit('{word}', '{','.join(columns)}')"
    )
