"""The files of customers' messages: noted with the message, fetched later by the media lane."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app.models.base import new_id
from botpe_app.queue import Lane, wake
from botpe_app.services.ingest_batch import Batch
from botpe_app.whatsapp import loose, messages
from botpe_app.whatsapp.loose import Json

TOPIC = "media"  # told when there is something to fetch

_EXPECT: LiteralString = """
insert into media (organization_id, id, message_id, account_id, kind, wa_media_id, mime_type,
  sha256, filename, next_at)
select *, now()
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[],
  %b::text[], %b::text[])
on conflict do nothing
"""


class Received(NamedTuple):
    """A message that has just been recorded."""

    organization_id: UUID
    message_id: UUID
    account_id: UUID
    type: str
    content: Json


def expect(batch: Batch, received: Iterable[Received]) -> None:
    """Notes the file of each message that carries one, and wakes those who fetch it."""
    rows = [row for one in received for row in _rows(one)]
    if not rows:
        return
    batch.change(_EXPECT, rows)
    wake(batch.connection, Lane.MEDIA)
    batch.tell(rows[0][0], TOPIC)


def _rows(one: Received) -> list[tuple[Any, ...]]:
    """At most one: WhatsApp sends each file in a message of its own."""
    files = [each for each in messages.carried(one.type, one.content) if each.file.get("id")]
    return [
        (
            one.organization_id,
            new_id(),
            one.message_id,
            one.account_id,
            each.kind,
            loose.text(each.file, "id"),
            loose.text(each.file, "mime_type"),
            loose.text(each.file, "sha256"),
            loose.text(each.file, "filename"),
        )
        for each in files[:1]
    ]
