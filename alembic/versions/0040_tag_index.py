"""Who and what bears a tag, kept by triggers, behind the wall of 0002.

An array's index is no use there (decision 7): the planner may not ask it for another's rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
KINDS = ("contact", "conversation")


def upgrade() -> None:
    for kind in KINDS:
        _add(f"{kind}_tags", f"{kind}s", f"{kind}_id")
    op.drop_index("ix_contacts_tags", "contacts")


def _add(table: str, bearers: str, bearer: str) -> None:
    op.create_table(
        table,
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("tag", AutoString(), nullable=False),
        sa.Column(bearer, sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "tag", bearer),
    )
    op.execute(f"""
create function keep_{table}() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from {table} t where t.organization_id = old.organization_id
      and t.tag = any(old.tags) and t.{bearer} = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into {table} (organization_id, tag, {bearer})
    select distinct new.organization_id, tag, new.id from unnest(new.tags) tag;
  end if;
  return null;
end $$""")
    whens = {
        "insert": "cardinality(new.tags) > 0",
        "update of tags": "old.tags is distinct from new.tags",
        "delete": "cardinality(old.tags) > 0",
    }
    for event, when in whens.items():
        op.execute(
            f"create trigger {table}_at_{event.split()[0]} after {event} on {bearers}"
            f" for each row when ({when}) execute function keep_{table}()"
        )
    op.execute(
        f"insert into {table} select distinct organization_id, tag, id"
        f" from {bearers}, unnest(tags) tag"
    )
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy scope on {table} using ({OURS}) with check ({OURS})")


def downgrade() -> None:
    op.create_index("ix_contacts_tags", "contacts", ["tags"], postgresql_using="gin")
    for kind in KINDS:
        for event in ("insert", "update", "delete"):
            op.execute(f"drop trigger {kind}_tags_at_{event} on {kind}s")
        op.execute(f"drop function keep_{kind}_tags()")
        op.drop_table(f"{kind}_tags")
