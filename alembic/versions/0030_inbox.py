"""Priority, snoozing and teams of conversations; mentions and drafts, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("note_mentions", "reply_drafts")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
LATEST = [sa.text("last_message_at desc"), sa.text("id desc")]
INDEXES = {
    "ix_conversations_recent": (["organization_id", *LATEST], None),
    "ix_conversations_unread": (["organization_id", *LATEST], "unread_count > 0"),
    "ix_conversations_team": (["organization_id", "team_id", *LATEST], "team_id is not null"),
    "ix_conversations_snoozed": (
        ["snoozed_until"],
        "status = 'snoozed' and snoozed_until is not null",
    ),
}


def upgrade() -> None:
    op.add_column("conversations", sa.Column("team_id", sa.Uuid()))
    op.add_column(
        "conversations",
        sa.Column("priority", AutoString(), server_default="normal", nullable=False),
    )
    op.add_column("conversations", sa.Column("snoozed_until", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        "conversations_team_fkey",
        "conversations",
        "teams",
        ["organization_id", "team_id"],
        ["organization_id", "id"],
    )
    op.create_check_constraint(
        "priority_known", "conversations", "priority in ('low','normal','high','urgent')"
    )
    for name, (columns, where) in INDEXES.items():
        condition = sa.text(where) if where else None
        op.create_index(name, "conversations", columns, postgresql_where=condition)
    op.add_column(
        "memberships",
        sa.Column("available", sa.Boolean(), server_default="true", nullable=False),
    )
    op.add_column(
        "teams", sa.Column("assignment", AutoString(), server_default="manual", nullable=False)
    )
    op.create_check_constraint(
        "assignment_known", "teams", "assignment in ('manual','round_robin','least_busy')"
    )
    op.add_column("team_members", sa.Column("last_given_at", sa.DateTime(timezone=True)))
    op.create_table(
        "note_mentions",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "note_id", "user_id"),
        _ends_with("note_id", "notes"),
        _ends_with("conversation_id", "conversations"),
        _of_member(),
    )
    op.create_index(
        "ix_note_mentions_user", "note_mentions", ["organization_id", "user_id", "conversation_id"]
    )
    op.create_index(
        "ix_note_mentions_conversation", "note_mentions", ["organization_id", "conversation_id"]
    )
    op.create_table(
        "reply_drafts",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", "user_id", "conversation_id"),
        _ends_with("conversation_id", "conversations"),
        _of_member(),
    )
    op.create_index(
        "ix_reply_drafts_conversation", "reply_drafts", ["organization_id", "conversation_id"]
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("team_members", "last_given_at")
    op.drop_constraint("assignment_known", "teams")
    op.drop_column("teams", "assignment")
    op.drop_column("memberships", "available")
    for name in reversed(INDEXES):
        op.drop_index(name, "conversations")
    op.drop_constraint("priority_known", "conversations")
    op.drop_constraint("conversations_team_fkey", "conversations")
    for column in ("snoozed_until", "priority", "team_id"):
        op.drop_column("conversations", column)


def _ends_with(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE",
    )


def _of_member() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", "user_id"],
        ["memberships.organization_id", "memberships.user_id"],
        ondelete="CASCADE",
    )
