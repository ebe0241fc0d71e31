"""Customers' messages into the tables: contact, conversation, message, and what the list shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app.models.base import new_id
from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_bots import Heard, tell_bots
from botpe_app.services.ingest_campaigns import heed
from botpe_app.services.ingest_files import Received, expect
from botpe_app.services.ingest_people import Person, Raced, find_or_make, names, names_of
from botpe_app.services.ingest_signals import note_signals
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.payloads import Incoming, dumps

_DOUBLES: LiteralString = """
select m.organization_id, m.wa_message_id
from unnest(%b::uuid[], %b::text[]) as n (organization_id, wamid)
join messages m on m.organization_id = n.organization_id and m.wa_message_id = n.wamid
"""
_GREET: LiteralString = """
update contacts c set
  name = case when c.name = '' then n.name else c.name end,
  phone = coalesce(n.moved_to, c.phone, n.phone),
  last_inbound_at = greatest(c.last_inbound_at, n.at),
  unreachable_at = case when n.at > c.unreachable_at then null else c.unreachable_at end,
  blocked_at = case when n.at > c.blocked_at then null else c.blocked_at end
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
  as n (organization_id, id, name, phone, moved_to, at)
where c.organization_id = n.organization_id and c.id = n.id
"""
# In the order of their ids, so that two transactions never wait for each other.
_OPEN: LiteralString = """
select c.organization_id, c.account_id, c.contact_id, c.id, c.last_direction, c.last_message_at,
  c.last_inbound_at, l.sent_at
from unnest(%b::uuid[], %b::uuid[], %b::uuid[]) as n (organization_id, account_id, contact_id)
join conversations c on (c.organization_id, c.account_id, c.contact_id)
  = (n.organization_id, n.account_id, n.contact_id) and c.status <> 'closed'
left join messages l on l.organization_id = c.organization_id and l.id = c.last_message_id
order by c.organization_id, c.id for update of c
"""
# A new conversation inherits the customer service window of the one before.
_START: LiteralString = """
insert into conversations (organization_id, account_id, contact_id, id, last_inbound_at, status,
  owner, owner_epoch, unread_count, last_message, last_direction)
select n.organization_id, n.account_id, n.contact_id, n.id,
  (select max(p.last_inbound_at) from conversations p
   where p.organization_id = n.organization_id and p.contact_id = n.contact_id
     and p.account_id = n.account_id),
  'open', 'nobody', 0, 0, '', 'incoming'
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[])
  as n (organization_id, account_id, contact_id, id)
on conflict do nothing
"""
_INSERT: LiteralString = """
insert into messages (organization_id, id, conversation_id, account_id, contact_id, sent_by_id,
  direction, status, sent_by_kind, priority, attempts,
  type, content, text, wa_message_id, reply_to, correlation_id, sent_at, created_at)
select organization_id, id, conversation_id, account_id, contact_id, contact_id,
  'incoming', 'received', 'contact', 0, 0,
  type, convert_from(content, 'UTF8')::jsonb, text, wamid, reply_to, correlation_id, sent_at, heard
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bytea[],
  %b::text[], %b::text[], %b::text[], %b::uuid[], %b::timestamptz[], %b::timestamptz[])
  as n (organization_id, id, conversation_id, account_id, contact_id, type, content,
    text, wamid, reply_to, correlation_id, sent_at, heard)
on conflict do nothing
"""
_MOVE: LiteralString = """
update conversations c set
  status = case when n.unread > 0 and c.status in ('resolved', 'snoozed', 'pending')
    then 'open' else c.status end,
  unread_count = c.unread_count + n.unread,
  last_message = coalesce(n.line, c.last_message),
  last_direction = case when n.line is null then c.last_direction else 'incoming' end,
  last_message_id = coalesce(n.message_id, c.last_message_id),
  last_message_at = greatest(c.last_message_at, n.heard),
  last_inbound_at = greatest(c.last_inbound_at, n.inbound),
  waiting_since = least(c.waiting_since, n.waiting)
from unnest(%b::uuid[], %b::uuid[], %b::int[], %b::text[], %b::uuid[], %b::timestamptz[],
  %b::timestamptz[], %b::timestamptz[])
  as n (organization_id, id, unread, line, message_id, heard, inbound, waiting)
where c.organization_id = n.organization_id and c.id = n.id
"""
_CLOCKS_DIFFER_BY = timedelta(minutes=1)


class _Talk(NamedTuple):
    """A conversation as it was before."""

    id: UUID
    last_direction: str = "incoming"
    last_message_at: datetime | None = None
    last_inbound_at: datetime | None = None
    last_sent_at: datetime | None = None

    def is_last(self, at: datetime) -> bool:
        """Whether a customer's message of that time is the conversation's last word.

        Among the customer's, WhatsApp's clock decides. Against ours, which another clock timed,
        the one that arrives is the later one, unless it is far too old.
        """
        if self.last_inbound_at and at < self.last_inbound_at:
            return False
        if self.last_direction == "incoming":
            return self.last_sent_at is None or at >= self.last_sent_at
        return self.last_message_at is None or at > self.last_message_at - _CLOCKS_DIFFER_BY


@dataclass(slots=True)
class Arrival:
    """A message that arrived at one of our numbers; the lower half is found on the way."""

    event: Event
    number: Number
    incoming: Incoming
    at: datetime
    id: UUID = field(init=False)
    contact_id: UUID | None = field(init=False)
    talk: _Talk = field(init=False)

    @property
    def is_news(self) -> bool:
        """Whether a person wrote it, who now waits: not WhatsApp's own notes."""
        return self.incoming.type != "system"

    @property
    def opens_window(self) -> bool:
        """Whether we may answer freely from now: a group's messages open only the group's."""
        return self.is_news and not self.incoming.group_id


def arrive(batch: Batch, arrivals: Sequence[Arrival]) -> None:
    """Records these messages and says so in `batch`; those recorded before count as handled.

    Raises Raced if another transaction makes the same contact or conversation right now.
    """
    fresh = _new_ones(batch, arrivals)
    if not fresh:
        return
    fresh.sort(key=lambda arrival: (arrival.at, arrival.event.id))
    _find_contacts(batch, fresh)
    _find_conversations(batch, fresh)
    for arrival in fresh:
        arrival.id = new_id()
    if batch.change(_INSERT, [_message(arrival) for arrival in fresh]).rowcount < len(fresh):
        raise Raced("a message")
    expect(batch, map(_received, fresh))
    said = [arrival for arrival in fresh if arrival.opens_window]
    heed(
        batch, [(a.number.organization_id, a.contact_id, a.talk.id, a.at, a.incoming) for a in said]
    )
    tell_bots(batch, [_heard(arrival) for arrival in said])
    note_signals(batch, [(a.number.organization_id, a.talk.id) for a in said])
    _move_conversations(batch, fresh)


def _new_ones(batch: Batch, arrivals: Sequence[Arrival]) -> list[Arrival]:
    fresh: dict[tuple[UUID, str], Arrival] = {}
    for arrival in arrivals:
        batch.handled(arrival.event)
        if names_of(arrival.incoming.sender):
            fresh.setdefault((arrival.number.organization_id, arrival.incoming.wamid), arrival)
        else:
            batch.ignored(arrival.event, "It does not say who sent it.")
    for organization_id, wamid in batch.run(_DOUBLES, list(fresh)) if fresh else ():
        del fresh[organization_id, wamid]
    return list(fresh.values())


def _find_contacts(batch: Batch, arrivals: Sequence[Arrival]) -> None:
    people = [_person(arrival) for arrival in arrivals]
    for arrival, contact_id in zip(arrivals, find_or_make(batch, people), strict=True):
        arrival.contact_id = contact_id
    greeted: dict[UUID | None, tuple[Any, ...]] = {}
    for arrival in arrivals:
        before = greeted.get(arrival.contact_id, (None,) * 6)
        greeted[arrival.contact_id] = _greeting(arrival, before)
    batch.change(_GREET, sorted(greeted.values(), key=lambda row: (row[0], row[1])))


def _person(arrival: Arrival) -> Person:
    """Who wrote; a customer who changed number or id is both, the old and the new."""
    found = names_of(arrival.incoming.sender)
    content = arrival.incoming.content
    if arrival.incoming.type == "system":
        new = (loose.text(content, name) for name in ("wa_id", "user_id", "parent_user_id"))
        found = (*found, *names(*new))
    name = arrival.incoming.sender.name or arrival.incoming.sender.username
    return Person(arrival.number.organization_id, found, name)


def _greeting(arrival: Arrival, before: tuple[Any, ...]) -> tuple[Any, ...]:
    """The contact's new facts, on top of those of an earlier message in the batch."""
    sender = arrival.incoming.sender
    at = arrival.at if arrival.is_news else None
    return (
        arrival.number.organization_id,
        arrival.contact_id,
        sender.name or sender.username or before[2] or "",
        sender.phone or before[3],
        _moved_to(arrival) or before[4],
        max(filter(None, (at, before[5])), default=None),
    )


def _moved_to(arrival: Arrival) -> str | None:
    """The new number, in the message that tells of the change."""
    content = arrival.incoming.content
    if arrival.incoming.type != "system" or content.get("type") != "user_changed_number":
        return None
    (name, *_) = names(loose.text(content, "wa_id"), "") or (None,)
    return name.address if name and name.address.startswith("+") else None


def _find_conversations(batch: Batch, arrivals: Sequence[Arrival]) -> None:
    wanted = {(*arrival.number, arrival.contact_id) for arrival in arrivals}
    found = {tuple(row[:3]): _Talk(*row[3:]) for row in batch.run(_OPEN, sorted(wanted, key=str))}
    missing = {key: new_id() for key in sorted(wanted - found.keys(), key=str)}
    if missing:
        started = batch.change(_START, [(*key, made) for key, made in missing.items()])
        if started.rowcount < len(missing):
            raise Raced("a conversation")
    found.update({key: _Talk(made) for key, made in missing.items()})
    for arrival in arrivals:
        arrival.talk = found[(*arrival.number, arrival.contact_id)]


def _message(arrival: Arrival) -> tuple[Any, ...]:
    incoming, event = arrival.incoming, arrival.event
    return (
        arrival.number.organization_id,
        arrival.id,
        arrival.talk.id,
        arrival.number.account_id,
        arrival.contact_id,
        incoming.type,
        dumps(incoming.content | _circumstances(incoming)),
        incoming.text,
        incoming.wamid,
        incoming.context.wamid or None if incoming.context else None,
        event.correlation_id,
        arrival.at,
        event.received_at,
    )


def _received(arrival: Arrival) -> Received:
    who = arrival.number.organization_id, arrival.id, arrival.number.account_id
    return Received(*who, arrival.incoming.type, arrival.incoming.content)


def _heard(arrival: Arrival) -> Heard:
    organization_id, account_id = arrival.number
    who = organization_id, arrival.id, arrival.talk.id, account_id
    return Heard(*who, arrival.event.received_at)


def _circumstances(incoming: Incoming) -> dict[str, Any]:
    """What is worth knowing beside the content: where it came from, what it asks about."""
    context = incoming.context
    return loose.some(
        referral=incoming.referral,
        group_id=incoming.group_id,
        forwarded=(context and context.forwarded) or None,
        frequently_forwarded=(context and context.frequently_forwarded) or None,
        referred_product=context and context.product,
    )


def _move_conversations(batch: Batch, arrivals: Sequence[Arrival]) -> None:
    talks: dict[_Talk, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        talks[arrival.talk].append(arrival)
        topic = f"conversation:{arrival.talk.id}"
        batch.tell(arrival.number.organization_id, topic, "inbox", "dashboard")
    batch.change(_MOVE, [_moved(talk, said) for talk, said in talks.items()])


def _moved(talk: _Talk, said: list[Arrival]) -> tuple[Any, ...]:
    """What its new messages (oldest first) do to a conversation."""
    last = said[-1]
    is_last = talk.is_last(last.at)
    news = [arrival.at for arrival in said if arrival.is_news]
    inbound = [arrival.at for arrival in said if arrival.opens_window]
    return (
        last.number.organization_id,
        talk.id,
        len(news),
        last.incoming.text if is_last else None,
        last.id if is_last else None,
        max(arrival.event.received_at for arrival in said),
        max(inbound, default=None),
        min(news, default=None),
    )
