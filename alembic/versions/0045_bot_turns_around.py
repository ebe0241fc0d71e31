"""Marks of the customer and the variables as a session's last turn left them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bot_sessions", sa.Column("left_as", JSONB(), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("bot_sessions", "left_as")
