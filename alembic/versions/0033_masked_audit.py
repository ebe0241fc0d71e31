"""Whoever is erased must not live on in the audit log: their old values become ***.

That something changed, when and by whom stays; nothing else of a line can be touched.
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

REFUSAL = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('botpe.masking', true) = old.subject_id::text
    and to_jsonb(new) - 'before' - 'after' = to_jsonb(old) - 'before' - 'after' then
    return new;
  end if;
  raise exception 'the audit log is only added to';
end $$
"""
REFUSAL_BEFORE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to';
end $$
"""
MASKING = """
create function mask_audit() returns trigger language plpgsql as $$
begin
  perform set_config('botpe.masking', old.id::text, true);
  update audit_events e set
    before = (select coalesce(jsonb_object_agg(k, '***'), '{}') from jsonb_object_keys(e.before) k),
    after = (select coalesce(jsonb_object_agg(k, '***'), '{}') from jsonb_object_keys(e.after) k)
  where organization_id = old.organization_id and subject_id = old.id
    and (before <> '{}' or after <> '{}');
  perform set_config('botpe.masking', '', true);
  return null;
end $$
"""


def upgrade() -> None:
    op.execute(REFUSAL)
    op.execute(MASKING)
    # By its name it comes after keep_audit, whose line it masks as well.
    op.execute(
        "create trigger mask_audit after delete on contacts"
        " for each row execute function mask_audit()"
    )


def downgrade() -> None:
    op.execute("drop trigger mask_audit on contacts")
    op.execute("drop function mask_audit()")
    op.execute(REFUSAL_BEFORE)
