"""Long sheets of customers, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)


def upgrade() -> None:
    op.create_table(
        "contact_imports",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", AutoString(), server_default="waiting", nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("done", "created", "updated", "skipped", "attempts")
        ),
        sa.Column("errors", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("problem", AutoString(), server_default="", nullable=False),
        sa.Column("actor_kind", AutoString(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_role", AutoString(), nullable=False),
        sa.Column("actor_name", AutoString(), nullable=False),
        _moment("next_at"),
        _moment("created_at", server_default=sa.func.now(), nullable=False),
        _moment("finished_at"),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.CheckConstraint(
            "status in ('waiting','running','completed','failed','cancelled')", name="status_known"
        ),
    )
    op.create_index(
        "ix_contact_imports_due",
        "contact_imports",
        ["next_at"],
        postgresql_where=sa.text("next_at is not null"),
    )
    op.create_index(
        "ix_contact_imports_newest",
        "contact_imports",
        ["organization_id", sa.text("created_at desc"), sa.text("id desc")],
    )
    op.execute("alter table contact_imports enable row level security")
    op.execute("alter table contact_imports force row level security")
    op.execute(f"create policy scope on contact_imports using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.drop_table("contact_imports")


def _moment(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)
