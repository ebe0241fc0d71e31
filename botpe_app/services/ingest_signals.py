"""Which conversations have something new to read: noted with the messages, read by another lane.

Apart from signals.py, as who only notes need not load what reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from botpe_app.queue import Lane, wake
from botpe_app.services.ingest_batch import Batch

TOPIC = "signals"  # told when there is something to read

_NOTE: LiteralString = """
insert into conversation_signals (organization_id, conversation_id, pending)
select distinct organization_id, conversation_id, 1
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, conversation_id) order by 1, 2
on conflict (organization_id, conversation_id)
do update set pending = conversation_signals.pending + 1
"""


def note_signals(batch: Batch, conversations: Sequence[tuple[UUID, UUID]]) -> None:
    """Has the agents lane read these again; each is named with its organization."""
    if conversations:
        batch.change(_NOTE, conversations)
        wake(batch.connection, Lane.AGENTS)
        batch.tell(conversations[0][0], TOPIC)
