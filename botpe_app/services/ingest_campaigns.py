"""What customers' messages say to campaigns: an answer, a pressed button, and no more of this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app.core import wishes
from botpe_app.services.contact_effects import OPT_IN, OPT_OUT, Effect
from botpe_app.services.ingest_batch import Batch
from botpe_app.services.ingest_preferences import take_effect
from botpe_app.whatsapp.payloads import Incoming

_BY_HAND = ("text", "button", "interactive")  # what a person wrote or pressed
# The message that is quoted, else the last one of a campaign within a week.
_ANSWERED: LiteralString = """
with answers as materialized (
  select n.organization_id, n.contact_id, n.at, n.pressed and last.quoted as clicked,
    last.campaign_id
  from unnest(%b::uuid[], %b::uuid[], %b::timestamptz[], %b::text[], %b::bool[])
    as n (organization_id, contact_id, at, quoted, pressed)
  cross join lateral (
    select c.campaign_id, coalesce(m.wa_message_id = n.quoted, false) as quoted
    from campaign_recipients c
    join messages m on m.organization_id = c.organization_id and m.id = c.message_id
      and m.status || '' in ('held', 'sent', 'delivered', 'read', 'uncertain')
      and (m.wa_message_id = n.quoted or m.created_at > n.at - interval '7 days')
    where c.organization_id = n.organization_id and c.contact_id = n.contact_id
      and c.message_id is not null
    order by 2 desc, c.message_id desc limit 1
  ) last
)
update campaign_recipients r set
  replied_at = coalesce(r.replied_at, a.at),
  clicked_at = case when a.clicked then coalesce(r.clicked_at, a.at) else r.clicked_at end
from answers a
where r.organization_id = a.organization_id and r.campaign_id = a.campaign_id
  and r.contact_id = a.contact_id
  and (r.replied_at is null or a.clicked and r.clicked_at is null)
returning r.organization_id
"""
_STOPPED: LiteralString = """
select c.id from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
join contacts c on c.organization_id = n.organization_id and c.id = n.id
  and c.marketing_opted_out_at is not null
"""


class Answer(NamedTuple):
    """A customer's message, as far as it concerns campaigns."""

    organization_id: UUID
    contact_id: UUID | None
    conversation_id: UUID
    at: datetime
    type: str
    text: str
    quoted: str  # the id of the message it answers


def heed(batch: Batch, said: Iterable[tuple[UUID, UUID | None, UUID, datetime, Incoming]]) -> None:
    """Notes who answered a campaign, and opts out of marketing who asks to be, or in again.

    `said`: organization, contact, conversation, moment and message, the oldest first.
    """
    known = [
        Answer(
            organization_id, contact_id, conversation_id, at, what.type, what.text, _quoted(what)
        )
        for organization_id, contact_id, conversation_id, at, what in said
        if contact_id
    ]
    if not known:
        return
    for (organization_id,) in batch.run(_ANSWERED, _first_of_each(known)):
        batch.tell(organization_id, "campaigns")
    asked = [(answer, wish) for answer in known if (wish := _wish(answer))]
    if asked:
        take_effect(batch, _effects(batch, asked))


def _quoted(what: Incoming) -> str:
    return what.context.wamid if what.context else ""


def _first_of_each(answers: Sequence[Answer]) -> list[tuple[Any, ...]]:
    """One row a customer; a pressed button counts before what they wrote."""
    rows: dict[UUID | None, Answer] = {}
    for answer in sorted(answers, key=lambda answer: (answer.type != "button", answer.at)):
        rows.setdefault(answer.contact_id, answer)
    return [
        (a.organization_id, a.contact_id, a.at, a.quoted, a.type == "button") for a in rows.values()
    ]


def _wish(answer: Answer) -> str:
    return wishes.wish(answer.text) if answer.type in _BY_HAND else ""


def _effects(batch: Batch, asked: Sequence[tuple[Answer, str]]) -> list[Effect]:
    """ "Start" says something only of those who had stopped, perhaps in the same batch."""
    people = sorted({(a.organization_id, a.contact_id) for a, _ in asked if a.contact_id}, key=str)
    stopped = {row[0] for row in batch.run(_STOPPED, people)}
    effects: list[Effect] = []
    for answer, wish in asked:
        if answer.contact_id is None or (wish == wishes.START and answer.contact_id not in stopped):
            continue
        stopped.add(answer.contact_id)
        kind = OPT_OUT if wish == wishes.STOP else OPT_IN
        who = answer.organization_id, answer.contact_id, answer.conversation_id
        effects.append(Effect(*who, kind, answer.at, f"The customer wrote: {answer.text}"[:500]))
    return effects
