"""What WhatsApp says of our numbers and their business accounts, kept where people see it."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

from botpe_app.services.ingest_batch import Batch, Event, Number
from botpe_app.services.ingest_sightings import note_sightings
from botpe_app.whatsapp import loose, standing
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.standing import Standing

# News of a business account is every number's; some names one of them by its digits.
_OURS: LiteralString = """
select organization_id, id from whatsapp_accounts
where waba_id = any(%(wabas)s)
  and (%(digits)s = '' or regexp_replace(phone, '[^0-9]', '', 'g') = %(digits)s)
order by organization_id, id for update
"""
# A pace that somebody chose stays.
_FACTS: LiteralString = """
update whatsapp_accounts set
  quality = case when %(has_quality)s then %(quality)s else quality end,
  username = case when %(has_username)s then %(username)s else username end,
  verified_name = coalesce(%(verified_name)s, verified_name),
  name_status = coalesce(%(name_status)s, name_status),
  messaging_limit = coalesce(%(messaging_limit)s, messaging_limit),
  review_status = coalesce(%(review_status)s, review_status),
  messages_per_second = case when messages_per_second = 80
    then coalesce(%(messages_per_second)s, 80) else messages_per_second end
where organization_id = %(organization_id)s and id = %(account_id)s
"""
_STOP: LiteralString = """
update whatsapp_accounts set status = 'paused', paused_reason = %s
where organization_id = %s and id = %s and status = 'connected'
"""
# Only what such news paused: a person's pause, or one for a lost token, is not lifted.
_RESUME: LiteralString = """
update whatsapp_accounts set status = 'connected', paused_reason = null
where organization_id = %s and id = %s and status = 'paused'
  and paused_reason in (select title || '. ' || mend from account_notices
    where organization_id = %s and account_id = %s and kind = any(%s))
"""
_NOTICE: LiteralString = """
insert into account_notices (organization_id, account_id, kind, title, mend, at, until)
values (%s, %s, %s, %s, %s, %s, %s + %s * interval '1 day')
on conflict (organization_id, account_id, kind) do update
set title = excluded.title, mend = excluded.mend, at = excluded.at, until = excluded.until
where excluded.at >= account_notices.at
"""
_OVER: LiteralString = """
delete from account_notices
where organization_id = %s and account_id = %s and kind = any(%s) and at <= %s
"""
_COLUMNS = ("quality", "username", "verified_name", "name_status", "messaging_limit")
_MORE_COLUMNS = ("review_status", "messages_per_second")


def keep_current(batch: Batch, event: Event, number: Number | None) -> None:
    """Notes what this says of our numbers, and whether they can still send."""
    value = loose.mapping(event.payload, "value")
    ours = [number] if number else numbers_of(batch, event, value)
    if not ours:
        batch.ignored(event, "No WhatsApp number of this business account is connected here.")
        return
    said = standing.read(event.field, value)
    at = event.when(loose.time(event.payload, "time"))
    note_sightings(batch, ours)
    for one in ours:
        _apply(batch, one, said, at)
        batch.tell(one.organization_id, "accounts", "dashboard")
    batch.handled(event, said.remark[:200])


def numbers_of(batch: Batch, event: Event, value: Json) -> list[Number]:
    """Our numbers that news of a business account is about: the one it names, else all."""
    shown = loose.text(value, "display_phone_number") or loose.text(value, "phone_number")
    digits = "".join(c for c in shown if c.isdigit())
    wabas = {event.waba_id, loose.text(loose.mapping(value, "waba_info"), "waba_id")} - {""}
    rows = batch.connection.execute(_OURS, {"wabas": list(wabas), "digits": digits})
    return [Number(*row) for row in rows]


def _apply(batch: Batch, number: Number, said: Standing, at: datetime) -> None:
    run, who = batch.connection.execute, tuple(number)
    if said.facts:
        named = {name: said.facts.get(name) for name in (*_COLUMNS, *_MORE_COLUMNS)}
        known = {f"has_{name}": name in said.facts for name in ("quality", "username")}
        run(_FACTS, {**number._asdict(), **named, **known})
    if said.resumes:
        run(_RESUME, (*who, *who, list(said.over)))
    if said.stops:
        run(_STOP, (said.stops, *who))
    if said.over:
        run(_OVER, (*who, list(said.over), at))
    for notice in said.notices:
        run(_NOTICE, (*who, notice.kind, notice.title, notice.mend, at, at, notice.days))
