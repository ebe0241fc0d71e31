"""The frequency cap: who has had as many campaigns lately as they may get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg

_CAPPED: LiteralString = """
select r.contact_id from campaign_recipients r
join messages m on m.organization_id = r.organization_id and m.id = r.message_id
  and m.status || '' <> 'failed'
  and m.created_at > now() - make_interval(days => %(days)s::int)
where r.organization_id = %(organization)s and r.message_id is not null
  and (%(contacts)s::uuid[] is null or r.contact_id = any(%(contacts)s::uuid[]))
group by 1 having count(*) >= %(messages)s
"""


def capped(
    connection: psycopg.Connection[Any],
    organization_id: UUID,
    rules: Mapping[str, Any],
    contacts: Sequence[UUID] | None = None,
) -> frozenset[UUID]:
    """Who, of these contacts or of all, may get no more marketing now; nobody without a rule."""
    cap = rules.get("frequency_cap")
    if not cap:
        return frozenset()
    about = {
        "organization": organization_id,
        "contacts": None if contacts is None else list(contacts),
        **cap,
    }
    return frozenset(row[0] for row in connection.execute(_CAPPED, about))
