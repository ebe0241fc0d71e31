"""Which customers' messages a bot has to hear: noted with the message, heard by the next lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from botpe_app.queue import Lane, wake
from botpe_app.services.ingest_batch import Batch

TOPIC = "bot_inputs"  # told when there is something to hear

# A number without an active bot costs one look at a small index.
_HEAR: LiteralString = """
insert into bot_inputs (organization_id, id, conversation_id, kind, attempts, created_at)
select n.organization_id, n.id, n.conversation_id, 'message', 0, n.heard
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::timestamptz[])
  as n (organization_id, id, conversation_id, account_id, heard)
where exists (select from bots b where b.account_id = n.account_id
  and b.organization_id = n.organization_id and b.status = 'active')
"""


class Heard(NamedTuple):
    """A customer's message that has just been recorded."""

    organization_id: UUID
    message_id: UUID
    conversation_id: UUID
    account_id: UUID
    received_at: datetime


def tell_bots(batch: Batch, heard: Sequence[Heard]) -> None:
    """Has the bots of their numbers hear these messages, where there are any."""
    if heard and batch.change(_HEAR, heard).rowcount:
        wake(batch.connection, Lane.CONVERSATIONS)
        batch.tell(heard[0].organization_id, TOPIC)
