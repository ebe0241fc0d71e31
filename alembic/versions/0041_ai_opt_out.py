"""Customers may refuse AI; runs of agents say for which bot, and what tools were called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

NO_BOT = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.add_column(
        "contacts", sa.Column("ai_opt_out", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("agent_logs", sa.Column("tools", JSONB(), server_default="[]", nullable=False))
    for table in ("agent_logs", "agent_usage"):
        op.add_column(
            table, sa.Column("bot_id", sa.Uuid(), server_default=NO_BOT, nullable=False)
        )
    _key("agent", "bot_id")


def downgrade() -> None:
    # The days' sums are put together again from those of each bot.
    op.execute(
        "with gone as (delete from agent_usage returning *)"
        " insert into agent_usage (organization_id, day, agent, runs, input_tokens, output_tokens,"
        " cost_usd) select organization_id, day, agent, sum(runs), sum(input_tokens),"
        " sum(output_tokens), sum(cost_usd) from gone group by 1, 2, 3"
    )
    _key("agent")
    for table in ("agent_usage", "agent_logs"):
        op.drop_column(table, "bot_id")
    op.drop_column("agent_logs", "tools")
    op.drop_column("contacts", "ai_opt_out")


def _key(*columns: str) -> None:
    op.drop_constraint("agent_usage_pkey", "agent_usage")
    op.create_primary_key(
        "agent_usage_pkey", "agent_usage", ["organization_id", "day", *columns]
    )
