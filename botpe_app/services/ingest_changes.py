"""What customers do to messages that are there: reactions, edits, deletions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from botpe_app.models.base import new_id
from botpe_app.services.ingest_batch import Batch
from botpe_app.services.ingest_messages import Arrival
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.payloads import dumps
from botpe_app.whatsapp.preview import preview

_TARGET_FIELD = {
    "reaction": "message_id",
    "edit": "original_message_id",
    "revoke": "original_message_id",
}

_TARGETS: LiteralString = """
select m.organization_id, m.account_id, m.wa_message_id, m.id, m.conversation_id, m.direction
from unnest(%b::uuid[], %b::uuid[], %b::text[]) as n (organization_id, account_id, wamid)
join messages m on m.organization_id = n.organization_id and m.wa_message_id = n.wamid
  and m.account_id = n.account_id
"""
_REACT: LiteralString = """
insert into reactions (organization_id, id, conversation_id, wa_message_id, emoji, reacted_at,
  by_customer)
select *, true
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::timestamptz[])
on conflict (organization_id, wa_message_id, by_customer) do update
set emoji = excluded.emoji, reacted_at = excluded.reacted_at
where excluded.reacted_at >= reactions.reacted_at
"""
_EDIT: LiteralString = """
update messages m set type = n.type, content = convert_from(n.content, 'UTF8')::jsonb,
  text = n.line, edited_at = n.at
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::bytea[], %b::text[], %b::timestamptz[])
  as n (organization_id, id, type, content, line, at)
where m.organization_id = n.organization_id and m.id = n.id
  and (m.edited_at is null or m.edited_at <= n.at)
"""
_DELETE: LiteralString = """
update messages m set deleted_at = least(m.deleted_at, n.at)
from unnest(%b::uuid[], %b::uuid[], %b::timestamptz[]) as n (organization_id, id, at)
where m.organization_id = n.organization_id and m.id = n.id
"""
_RETELL: LiteralString = """
update conversations c set
  last_message = case when m.deleted_at is null then m.text else %s end
from messages m
where m.organization_id = any(%b) and m.id = any(%b)
  and c.organization_id = m.organization_id and c.id = m.conversation_id
  and c.last_message_id = m.id
"""
_DELETED_LINE = "🚫 Deleted message"


def is_change(arrival: Arrival) -> bool:
    """Whether this is about another message rather than one of its own."""
    return arrival.incoming.type in _TARGET_FIELD and arrival.incoming.understood


def change(batch: Batch, arrivals: Sequence[Arrival]) -> None:
    """Applies these and says so in `batch`; one whose target is not here yet waits.

    The latest by WhatsApp's clock wins, whatever order they come in.
    """
    found = {tuple(row[:3]): row[3:] for row in batch.run(_TARGETS, _wanted(arrivals))}
    by_kind: dict[str, dict[Any, tuple[Any, ...]]] = {kind: {} for kind in _TARGET_FIELD}
    for arrival in sorted(arrivals, key=lambda arrival: (arrival.at, arrival.event.id)):
        target = found.get((*arrival.number, _target(arrival)))
        if target is None:
            batch.waits(arrival.event, "The message that this is about is not here.")
            continue
        kind, (message_id, conversation_id, direction) = arrival.incoming.type, target
        batch.handled(arrival.event)
        if kind != "reaction" and direction != "incoming":
            batch.ignored(arrival.event, "A customer cannot change a message of ours.")
            continue
        by_kind[kind][message_id] = _ROWS[kind](arrival, message_id, conversation_id)
        topics = f"conversation:{conversation_id}", "inbox"
        batch.tell(arrival.number.organization_id, *topics)
    _write(batch, by_kind)


def _write(batch: Batch, by_kind: dict[str, dict[Any, tuple[Any, ...]]]) -> None:
    statements: dict[str, LiteralString] = {"reaction": _REACT, "edit": _EDIT, "revoke": _DELETE}
    for kind, statement in statements.items():
        if by_kind[kind]:
            batch.change(statement, list(by_kind[kind].values()))
    touched = [*by_kind["edit"].values(), *by_kind["revoke"].values()]
    if touched:
        organizations, messages = [row[0] for row in touched], [row[1] for row in touched]
        batch.connection.execute(_RETELL, (_DELETED_LINE, organizations, messages))


def _wanted(arrivals: Sequence[Arrival]) -> list[tuple[Any, ...]]:
    return sorted({(*arrival.number, _target(arrival)) for arrival in arrivals})


def _target(arrival: Arrival) -> str:
    return loose.text(arrival.incoming.content, _TARGET_FIELD[arrival.incoming.type])


def _reaction(arrival: Arrival, message_id: UUID, conversation_id: UUID) -> tuple[Any, ...]:
    organization, emoji = arrival.number.organization_id, arrival.incoming.content["emoji"]
    return organization, new_id(), conversation_id, _target(arrival), emoji, arrival.at


def _edit(arrival: Arrival, message_id: UUID, conversation_id: UUID) -> tuple[Any, ...]:
    kind = arrival.incoming.content["type"]
    content = loose.mapping(arrival.incoming.content, "content")
    organization, line = arrival.number.organization_id, preview(kind, content)
    return organization, message_id, kind, dumps(content), line, arrival.at


def _revoke(arrival: Arrival, message_id: UUID, conversation_id: UUID) -> tuple[Any, ...]:
    return arrival.number.organization_id, message_id, arrival.at


_ROWS = {"reaction": _reaction, "edit": _edit, "revoke": _revoke}
