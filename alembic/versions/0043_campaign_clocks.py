"""Recipients whose clock says that it is too early wait until it does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

STATES = "state in ('waiting','later','queued','skipped')"


def upgrade() -> None:
    op.add_column("campaign_recipients", sa.Column("not_before", sa.DateTime(timezone=True)))
    op.drop_constraint("state_known", "campaign_recipients")
    op.create_check_constraint(
        "state_known", "campaign_recipients", STATES
    )
    op.create_index(
        "ix_campaign_recipients_later",
        "campaign_recipients",
        ["organization_id", "campaign_id", "not_before"],
        postgresql_where=sa.text("state = 'later'"),
    )


def downgrade() -> None:
    op.drop_index("ix_campaign_recipients_later", table_name="campaign_recipients")
    op.execute("update campaign_recipients set state = 'waiting' where state = 'later'")
    op.drop_constraint("state_known", "campaign_recipients")
    op.create_check_constraint(
        "state_known",
        "campaign_recipients",
        STATES.replace("'later',", ""),
    )
    op.drop_column("campaign_recipients", "not_before")
