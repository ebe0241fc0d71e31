"""The send ledger: proof that every outgoing message is in exactly one known state."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

import psycopg

WAITING = ("queued", "claimed", "sending")
ACCEPTED = ("held", "sent", "delivered", "read")
STATES = (*WAITING, *ACCEPTED, "failed", "uncertain")

_BY_STATE: LiteralString = """
select status, count(*),
  extract(epoch from now() - min(created_at))::float8,
  extract(epoch from now() - min(created_at)
    filter (where next_try_at is null or next_try_at <= now()))::float8,
  count(*) filter (where lease_until is null or lease_until < now()),
  count(*) filter (where wa_message_id is null),
  count(*) filter (where attempt_id is null)
from messages where direction = 'outgoing' {only} group by status
"""
_NOTHING = (0, None, None, 0, 0, 0)


def sums(
    connection: psycopg.Connection[Any], organization_id: UUID | None = None
) -> dict[str, Any]:
    """The outgoing messages of an organization, or of all, counted and checked.

    `states` has every state, also at 0; `balanced` says that they add up to `total`, so that
    every message is in exactly one. Ages are seconds since the oldest of its kind was queued,
    None where there is none: due (it could leave now), sending, uncertain. In good health all of
    these are 0: `overdue_sending` (requests whose time is up), `sent_without_id`,
    `uncertain_without_attempt` (no webhook could ever settle them).
    """
    only = "and organization_id = %s" if organization_id else ""
    values = [organization_id] if organization_id else []
    found = connection.execute(_BY_STATE.format(only=only), values)
    rows = {row[0]: tuple(row[1:]) for row in found}
    by_state = {state: rows.get(state, _NOTHING) for state in STATES}
    states = {state: int(row[0]) for state, row in by_state.items()}
    total = sum(int(row[0]) for row in rows.values())
    return {
        "total": total,
        "states": states,
        "balanced": total == sum(states.values()),
        "finished": total - sum(states[state] for state in WAITING),
        "uncertain": states["uncertain"],
        "oldest_due_seconds": by_state["queued"][2],
        "oldest_sending_seconds": by_state["sending"][1],
        "oldest_uncertain_seconds": by_state["uncertain"][1],
        "overdue_sending": by_state["sending"][3],
        "sent_without_id": sum(by_state[state][4] for state in ("sent", "delivered", "read")),
        "uncertain_without_attempt": by_state["uncertain"][5],
    }
