"""The second wall: every tenant row is seen by its own organization, or by the system, only.

FORCE makes the policies hold for the tables' owner too, so an ordinary database owner is enough.
An unset scope sees nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "whatsapp_accounts",
    "contacts",
    "contact_identities",
    "conversations",
    "messages",
    "notes",
    "reactions",
    "memberships",
    "api_keys",
    "idempotency_keys",
)
SYSTEM_TABLES = ("user_sessions", "webhook_events", "throttles", "metric_buckets")

SYSTEM = "(select current_setting('botpe.system', true)) = 'on'"
OURS = "(select nullif(current_setting('botpe.organization_id', true), '')::uuid)"


def upgrade() -> None:
    for table in TENANT_TABLES:
        _wall(table, _either(f"organization_id = {OURS}"))
    for table in SYSTEM_TABLES:
        _wall(table, _either("false"))
    _wall("organizations", _either(f"id = {OURS}"))
    _wall(
        "users",
        f"{SYSTEM} or exists (select from memberships m"
        f" where m.user_id = users.id and m.organization_id = {OURS})",
    )


def _either(ours: str) -> str:
    """Ours, or anything for the system.

    As a case, which the planner takes to let half of the rows pass. Of an "or" it believes one
    in a hundred, and reads whole tables for the system where it should look rows up.
    """
    return f"case when {SYSTEM} then true else {ours} end"


def downgrade() -> None:
    for table in (*TENANT_TABLES, *SYSTEM_TABLES, "organizations", "users"):
        op.execute(f"drop policy scope on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")


def _wall(table: str, condition: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy scope on {table} using ({condition}) with check ({condition})")
