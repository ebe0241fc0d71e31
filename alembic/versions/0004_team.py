"""What staff work with, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("tags", "custom_fields", "canned_replies", "teams", "team_members", "business_hours")
# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "tags",
        *_tenant(),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("color", AutoString(), nullable=False),
        _created(),
    )
    op.create_table(
        "custom_fields",
        *_tenant(),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("label", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        _words("options"),
        _created(),
        sa.CheckConstraint(
            "type in ('text','number','boolean','date','choice')", name="type_known"
        ),
    )
    op.create_table(
        "canned_replies",
        *_tenant(),
        sa.Column("shortcut", AutoString(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("category", AutoString(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("users.id")),
        _created(),
    )
    op.create_table(
        "teams",
        *_tenant(),
        sa.Column("name", AutoString(), nullable=False),
        _created(),
    )
    op.create_table(
        "team_members",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "team_id", "user_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"], ["teams.organization_id", "teams.id"]
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["memberships.organization_id", "memberships.user_id"],
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "business_hours",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("timezone", AutoString()),
        sa.Column("days", postgresql.JSONB(), server_default="{}", nullable=False),
        _words("holidays"),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    for name in ("tags", "custom_fields", "teams"):
        op.create_index(f"uq_{name}_name", name, ["organization_id", "name"], unique=True)
    op.create_index(
        "uq_canned_replies_shared",
        "canned_replies",
        ["organization_id", "shortcut"],
        unique=True,
        postgresql_where=sa.text("owner_id is null"),
    )
    op.create_index(
        "uq_canned_replies_own",
        "canned_replies",
        ["organization_id", "owner_id", "shortcut"],
        unique=True,
        postgresql_where=sa.text("owner_id is not null"),
    )
    op.create_index("ix_team_members_user", "team_members", ["organization_id", "user_id"])
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    for table in ("business_hours", "team_members", "teams", "canned_replies", "custom_fields"):
        op.drop_table(table)
    op.drop_table("tags")


def _tenant() -> tuple[sa.Column, sa.Column, sa.PrimaryKeyConstraint]:
    return (
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )


def _words(name: str) -> sa.Column:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)


def _created() -> sa.Column:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )
