"""A second factor for people, and what a signed-in browser's owner wants to know of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("totp_sealed", AutoString()))
    op.add_column("users", sa.Column("totp_since", sa.DateTime(timezone=True)))
    op.add_column(
        "users", sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "users",
        sa.Column(
            "recovery_hashes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "user_sessions", sa.Column("address", AutoString(), server_default="", nullable=False)
    )
    op.add_column(
        "user_sessions",
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
    )


def downgrade() -> None:
    for column in ("seen_at", "address"):
        op.drop_column("user_sessions", column)
    for column in ("recovery_hashes", "totp_step", "totp_since", "totp_sealed"):
        op.drop_column("users", column)
