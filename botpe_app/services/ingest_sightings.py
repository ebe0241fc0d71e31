"""When each number's webhooks last came: to the minute, so that not every webhook writes a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from botpe_app.services.ingest_batch import Batch, Number

# A row that somebody holds is skipped: the next webhook notes it as well.
_SEEN: LiteralString = """
update whatsapp_accounts a set last_webhook_at = now()
from (
  select organization_id, id from whatsapp_accounts
  where (organization_id, id) in (select * from unnest(%b::uuid[], %b::uuid[]))
  for update skip locked
) seen
where a.organization_id = seen.organization_id and a.id = seen.id
"""


def note_sightings(batch: Batch, numbers: Sequence[Number]) -> None:
    """Notes that webhooks of these numbers came just now."""
    if not numbers:
        return
    batch.change(_SEEN, numbers)
    for owner in {number.organization_id for number in numbers}:
        batch.tell(owner, "accounts")
