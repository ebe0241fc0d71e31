"""Whom a campaign is for, behind the wall of 0002, and what its sending leaves behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
STATES = "'draft','scheduled','running','paused','completed','cancelled'"
MOMENTS = ("scheduled_at", "started_at", "resumed_at", "finished_at")
KEPT = "name,status,rate_per_second,scheduled_at"


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("segment_id", sa.Uuid()))
    op.add_column(
        "campaigns", sa.Column("reason", AutoString(), server_default="", nullable=False)
    )
    op.add_column(
        "campaigns", sa.Column("seen_quality", AutoString(), server_default="", nullable=False)
    )
    for name in MOMENTS:
        op.add_column("campaigns", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_foreign_key(
        None,
        "campaigns",
        "segments",
        ["organization_id", "segment_id"],
        ["organization_id", "id"],
    )
    op.drop_constraint("status_known", "campaigns")
    op.create_check_constraint("status_known", "campaigns", f"status in ({STATES})")
    op.create_index(
        "ix_campaigns_active",
        "campaigns",
        ["status", "scheduled_at"],
        postgresql_where=sa.text("status in ('running','scheduled')"),
    )
    op.create_table(
        "campaign_recipients",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), server_default="waiting", nullable=False),
        sa.Column("reason", AutoString(), server_default="", nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("replied_at", sa.DateTime(timezone=True)),
        sa.Column("clicked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("organization_id", "campaign_id", "contact_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "campaign_id"],
            ["campaigns.organization_id", "campaigns.id"],
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("state in ('waiting','queued','skipped')", name="state_known"),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_campaign_recipients_waiting",
        "campaign_recipients",
        ["organization_id", "campaign_id", "place"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_campaign_recipients_contact",
        "campaign_recipients",
        ["organization_id", "contact_id", "message_id"],
        postgresql_where=sa.text("message_id is not null"),
    )
    op.execute("alter table campaign_recipients enable row level security")
    op.execute("alter table campaign_recipients force row level security")
    op.execute(f"create policy scope on campaign_recipients using ({OURS}) with check ({OURS})")
    op.create_index(
        "ix_messages_campaign",
        "messages",
        ["organization_id", "sent_by_id", "status", "error_code"],
        postgresql_where=sa.text("sent_by_kind = 'campaign'"),
    )
    op.execute(
        f"create trigger keep_audit after insert or delete or update of {KEPT} on campaigns"
        " for each row when (current_setting('botpe.actor', true) <> '')"
        f" execute function keep_audit('campaign', '{KEPT}')"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_audit on campaigns")
    op.drop_index("ix_messages_campaign", table_name="messages")
    op.drop_table("campaign_recipients")
    op.drop_index("ix_campaigns_active", table_name="campaigns")
    op.execute("set local botpe.system = 'on'")
    op.execute("delete from campaigns where status <> 'draft'")
    op.drop_constraint("status_known", "campaigns")
    op.create_check_constraint("status_known", "campaigns", "status in ('draft')")
    for name in ("segment_id", "reason", "seen_quality", *MOMENTS):
        op.drop_column("campaigns", name)
