"""Contacts in the order of their names and of when they last wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_contacts_by_name", "contacts", ["organization_id", sa.text("lower(name)"), "id"]
    )
    op.create_index(
        "ix_contacts_by_last_inbound",
        "contacts",
        [
            "organization_id",
            sa.text("coalesce(last_inbound_at, '1970-01-01 00:00:00+00'::timestamptz)"),
            "id",
        ],
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_by_last_inbound", "contacts")
    op.drop_index("ix_contacts_by_name", "contacts")
