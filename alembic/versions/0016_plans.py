"""The plan of each organization; those there are keep having no limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "organizations",
        sa.Column("plan", AutoString(), server_default="ENTERPRISE", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("organizations", "plan")
