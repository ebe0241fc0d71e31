"""What WhatsApp says became of our messages: sent, delivered, read, failed. Never a step back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app.core import status as ladder
from botpe_app.services import contact_effects, failure_effects
from botpe_app.services.contact_effects import Effect
from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_people import Person, find_or_make, names
from botpe_app.services.ingest_preferences import take_effect
from botpe_app.whatsapp.errors import policy_of
from botpe_app.whatsapp.payloads import StatusUpdate, dumps


class News(NamedTuple):
    """One status of one message of a number of ours."""

    event: Event
    number: Number
    update: StatusUpdate
    at: datetime


@dataclass(slots=True)
class _Target:
    """A message of ours, as it is and as it will be."""

    organization_id: UUID
    id: UUID
    conversation_id: UUID
    contact_id: UUID
    direction: str
    status: str
    wamid: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    sent_by_kind: str
    error: tuple[int, str, str] | None = None
    pricing: bytes | None = None


# Locked in the order of their ids, as the outbox's results are recorded meanwhile.
_BY_WAMID: LiteralString = """
select n.account_id, n.wamid, m.organization_id, m.id, m.conversation_id, m.contact_id,
  m.direction, m.status, m.wa_message_id, m.sent_at, m.delivered_at, m.read_at, m.failed_at,
  m.sent_by_kind
from unnest(%b::uuid[], %b::uuid[], %b::text[]) as n (organization_id, account_id, wamid)
join messages m on m.organization_id = n.organization_id and m.wa_message_id = n.wamid
  and m.account_id = n.account_id
order by m.organization_id, m.id for update of m
"""
_BY_ATTEMPT: LiteralString = """
select n.account_id, n.wamid, m.organization_id, m.id, m.conversation_id, m.contact_id,
  m.direction, m.status, m.wa_message_id, m.sent_at, m.delivered_at, m.read_at, m.failed_at,
  m.sent_by_kind
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::uuid[])
  as n (organization_id, account_id, wamid, attempt_id)
join messages m on m.attempt_id = n.attempt_id and m.organization_id = n.organization_id
  and m.account_id = n.account_id
order by m.organization_id, m.id for update of m
"""
# A message settled here is no drain's any more: what that one still records will not fit.
_WRITE: LiteralString = """
update messages m set
  status = n.status, wa_message_id = n.wamid, sent_at = n.sent_at,
  delivered_at = n.delivered_at, read_at = n.read_at, failed_at = n.failed_at,
  error_code = case when n.status = 'failed' then coalesce(n.code, m.error_code) end,
  error_title = case when n.status = 'failed' then coalesce(n.title, m.error_title) end,
  error_details = case when n.status = 'failed' then coalesce(n.details, m.error_details) end,
  pricing = coalesce(convert_from(n.pricing, 'UTF8')::jsonb, m.pricing),
  claim_token = null, lease_until = null
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[],
  %b::timestamptz[], %b::timestamptz[], %b::int[], %b::text[], %b::text[], %b::bytea[])
  as n (organization_id, id, status, wamid, sent_at, delivered_at, read_at, failed_at,
    code, title, details, pricing)
where m.organization_id = n.organization_id and m.id = n.id
"""
_REACHED: LiteralString = """
update contacts c set unreachable_at = null
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
where c.organization_id = n.organization_id and c.id = n.id and c.unreachable_at is not null
"""
_STILL_TRUE_FOR = timedelta(hours=1)
# A read message was also sent and delivered, even if nobody told us.
_MOMENTS = {
    "sent": ("sent_at",),
    "delivered": ("sent_at", "delivered_at"),
    "read": ("sent_at", "delivered_at", "read_at"),
    "played": ("sent_at", "delivered_at", "read_at"),
    "failed": ("failed_at",),
}


def advance(batch: Batch, news: Sequence[News]) -> None:
    """Applies these and says so in `batch`; news of a message not recorded yet waits.

    A message is found by its WhatsApp id within the number, else by the attempt id that we
    sent along, which settles one whose answer was lost.
    """
    targets = _targets(batch, news)
    changed: dict[UUID, _Target] = {}
    failures: list[tuple[_Target, News]] = []
    for item in sorted(news, key=lambda item: (item.at, item.event.id)):
        target = targets.get((item.number.account_id, item.update.wamid))
        if target is None:
            batch.waits(item.event, "It is about a message that is not one of ours.")
            continue
        batch.handled(item.event)
        had_failed = target.status == ladder.FAILED
        if _apply(target, item):
            changed[target.id] = target
            _tell(batch, target)
            if target.status == ladder.FAILED and not had_failed:
                failures.append((target, item))
    if changed:
        batch.change(_WRITE, [_row(target) for target in changed.values()])
    if failures:
        _heed(batch, failures)
    _reached(batch, changed.values())
    _learn_ids(batch, news, targets)


_Targets = dict[tuple[UUID, str], _Target]  # by number and WhatsApp id


def _targets(batch: Batch, news: Sequence[News]) -> _Targets:
    wanted = {(*item.number, item.update.wamid) for item in news}
    known: dict[UUID, _Target] = {}  # one for each message, however many ids lead to it
    found = _keyed(batch.run(_BY_WAMID, sorted(wanted)), known)
    attempts = {
        (*item.number, item.update.wamid): attempt
        for item in news
        if (item.number.account_id, item.update.wamid) not in found
        and (attempt := _attempt(item.update.callback_data))
    }
    if attempts:
        rows = [(*key, attempt) for key, attempt in sorted(attempts.items())]
        found |= _keyed(batch.run(_BY_ATTEMPT, rows), known)
    return found


def _keyed(rows: Iterable[tuple[Any, ...]], known: dict[UUID, _Target]) -> _Targets:
    return {
        (account, wamid): known.setdefault(rest[1], _Target(*rest))
        for account, wamid, *rest in rows
    }


def _attempt(callback_data: str) -> UUID | None:
    try:
        return UUID(callback_data)
    except ValueError:
        return None


def _apply(target: _Target, item: News) -> bool:
    """Whether this news changed the message."""
    update = item.update
    moments = _MOMENTS.get(update.status)
    if moments is None:  # a word that says nothing about delivery
        return False
    before = replace(target)
    advanced = ladder.advance(target.status, update.status)
    if advanced == ladder.FAILED and target.status != ladder.FAILED:
        target.error = _error(update)
    target.status = advanced
    target.wamid = target.wamid or update.wamid
    for moment in moments:
        earliest = min(filter(None, (getattr(target, moment), item.at)))
        setattr(target, moment, earliest)
    if update.pricing:
        target.pricing = dumps(update.pricing)
    return target != before


def _error(update: StatusUpdate) -> tuple[int, str, str]:
    """WhatsApp's code with our words for it, and what WhatsApp itself said of this case."""
    if not update.errors:
        return 0, "WhatsApp could not deliver it", "WhatsApp gave no reason."
    error = update.errors[0]
    policy = policy_of(error)
    said = error.details or error.title
    details = f"{policy.advice} WhatsApp says: {said}" if said else policy.advice
    return error.code, policy.title, details


def _heed(batch: Batch, failures: Sequence[tuple[_Target, News]]) -> None:
    """What they say of people, templates and numbers."""
    if effects := [effect for one in failures for effect in _said_of_contact(*one)]:
        take_effect(batch, effects)
    codes = [(target, item, target.error[0]) for target, item in failures if target.error]
    templates = [
        (target.organization_id, target.id, status)
        for target, _, code in codes
        if (status := failure_effects.of_template(code))
    ]
    if templates:
        batch.change(failure_effects.TEMPLATES, templates)
    # An old failure may come again long after its cause was mended.
    numbers = {
        item.number: reason
        for _, item, code in codes
        if (reason := failure_effects.of_number(code))
        and item.event.now - item.at < _STILL_TRUE_FOR
    }
    if numbers:
        batch.change(failure_effects.NUMBERS, [(*number, why) for number, why in numbers.items()])
    for number in numbers:
        batch.tell(number.organization_id, "accounts", "dashboard")


def _said_of_contact(target: _Target, item: News) -> list[Effect]:
    """What the failure says about the person, if it is one person's."""
    code, _, details = target.error or (0, "", "")
    kind = contact_effects.of_code(code)
    if not kind or item.update.participant:
        return []
    at = (target.sent_at or item.at) if kind == "window_closed" else item.at
    evidence = contact_effects.evidence(code, details)
    ids = target.organization_id, target.contact_id, target.conversation_id
    return [Effect(*ids, kind, at, evidence)]


def _reached(batch: Batch, changed: Iterable[_Target]) -> None:
    rows = {(t.organization_id, t.contact_id) for t in changed if t.status in ("delivered", "read")}
    if rows:
        batch.change(_REACHED, sorted(rows))


def _row(target: _Target) -> tuple[Any, ...]:
    code, title, details = target.error or (None, None, None)
    return (
        target.organization_id,
        target.id,
        target.status,
        target.wamid,
        target.sent_at,
        target.delivered_at,
        target.read_at,
        target.failed_at,
        code,
        title,
        details,
        target.pricing,
    )


def _learn_ids(batch: Batch, news: Sequence[News], targets: _Targets) -> None:
    """A status names the customer's BSUID: a later message may come with nothing else."""
    people: dict[UUID, Person] = {}
    for item in news:
        target = targets.get((item.number.account_id, item.update.wamid))
        if target and item.update.bsuid and not item.update.participant:
            found = names("", item.update.bsuid)
            people[target.contact_id] = Person(
                target.organization_id, found, known=target.contact_id
            )
    if people:
        find_or_make(batch, list(people.values()))


def _tell(batch: Batch, target: _Target) -> None:
    topics = f"conversation:{target.conversation_id}", "inbox", "dashboard"
    batch.tell(target.organization_id, *topics)
    if target.sent_by_kind == "campaign":
        batch.tell(target.organization_id, "campaigns")
