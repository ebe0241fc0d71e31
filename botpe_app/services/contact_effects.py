"""What WhatsApp's words say about customers: whom to leave alone, who cannot be reached.

Both doors use it: failed statuses and preferences on their way in, refused sends on theirs out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app.services.ingest_batch import columns
from botpe_app.whatsapp.errors import policy

OPT_OUT, OPT_IN = "opt_out", "opt_in"


class Effect(NamedTuple):
    """Something said about a contact at a moment; `kind` is an error policy's or opt_in."""

    organization_id: UUID
    contact_id: UUID
    conversation_id: UUID | None
    kind: str
    at: datetime
    evidence: str


def of_code(code: int | None) -> str:
    """What a failure under this code says of the recipient; "" if nothing."""
    kind = "none" if code is None else policy(code).contact
    return "" if kind == "none" else kind


# The latest word counts, in whatever order they come; every one is kept.
_CONSENT: LiteralString = """
with n as (
  select * from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[],
    %b::text[]) as n (organization_id, contact_id, conversation_id, kind, at, evidence)
), kept as (
  insert into consents (organization_id, id, contact_id, granted, source, evidence, at)
  select organization_id, gen_random_uuid(), contact_id, kind = 'opt_in', 'whatsapp', evidence, at
  from n
), latest as (
  select distinct on (organization_id, contact_id) * from n
  order by organization_id, contact_id, at desc
)
update contacts c set
  marketing_opt_in = l.kind = 'opt_in',
  marketing_opted_out_at = case when l.kind = 'opt_out' then l.at end
from latest l
where c.organization_id = l.organization_id and c.id = l.contact_id
  and not exists (select from consents k where k.organization_id = l.organization_id
    and k.contact_id = l.contact_id and k.at > l.at)
"""
# Meta limits businesses that try again soon: a day, then a week; its experiments last for weeks.
_COOL_DOWN: LiteralString = """
update contacts c set marketing_after = greatest(c.marketing_after, n.at + case
  when n.evidence like '(130472)%%' then interval '28 days'
  when c.marketing_after > n.at - interval '7 days' then interval '7 days'
  else interval '1 day' end)
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::text[])
  as n (organization_id, contact_id, conversation_id, kind, at, evidence)
where c.organization_id = n.organization_id and c.id = n.contact_id
"""
# One message may fail for an old app or a phone in a drawer; three in a row do not.
_UNREACHABLE: LiteralString = """
update contacts c set unreachable_at = n.at
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::text[])
  as n (organization_id, contact_id, conversation_id, kind, at, evidence)
where c.organization_id = n.organization_id and c.id = n.contact_id
  and 3 = (select count(*) filter (where l.error_code in (131026, 1026)) from (
    select m.error_code from messages m where m.organization_id = n.organization_id
      and m.conversation_id = n.conversation_id and m.direction = 'outgoing'
    order by m.id desc limit 3) l)
"""
_BLOCKED: LiteralString = """
update contacts c set blocked_at = n.at
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::text[])
  as n (organization_id, contact_id, conversation_id, kind, at, evidence)
where c.organization_id = n.organization_id and c.id = n.contact_id
  and (c.last_inbound_at is null or c.last_inbound_at < n.at)
"""
# Unless the customer has written since.
_WINDOW_CLOSED: LiteralString = """
update conversations c set last_inbound_at = n.at - interval '24 hours'
from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::text[])
  as n (organization_id, contact_id, conversation_id, kind, at, evidence)
where c.organization_id = n.organization_id and c.id = n.conversation_id
  and c.last_inbound_at > n.at - interval '24 hours' and c.last_inbound_at < n.at
"""
_STATEMENTS: dict[str, LiteralString] = {
    OPT_OUT: _CONSENT,
    OPT_IN: _CONSENT,
    "cool_down": _COOL_DOWN,
    "unreachable": _UNREACHABLE,
    "blocked": _BLOCKED,
    "window_closed": _WINDOW_CLOSED,
}


def statements(effects: Iterable[Effect]) -> Iterator[tuple[LiteralString, list[list[Any]]]]:
    """What to run, with the arrays it takes, to have these effects take place."""
    found: dict[LiteralString, list[Effect]] = defaultdict(list)
    for effect in sorted(effects, key=lambda one: (one.organization_id, one.contact_id, one.at)):
        found[_STATEMENTS[effect.kind]].append(effect)
    for statement, rows in found.items():
        yield statement, columns(rows)


def evidence(code: int, said: str) -> str:
    """A line that says how we know."""
    return f"({code}) {said}"[:500]
