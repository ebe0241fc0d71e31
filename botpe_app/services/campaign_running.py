"""A running campaign under its row's lock: how it stands, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import class_row

from botpe_app.services import campaign_guard
from botpe_app.services.campaign_clocks import Clock, is_quiet
from botpe_app.services.campaign_guard import Standing
from botpe_app.services.campaign_messages import Letter
from botpe_app.services.outbox_claims import FAR

Connection = psycopg.Connection[Any]

_AHEAD_SECONDS = 2  # worth of messages that wait in the outbox
_FEWEST_AHEAD, _MOST_AHEAD = 100, 4000

_TAKE: LiteralString = """
select c.organization_id, c.id, c.account_id, c.rate_per_second, c.rules, c.scheduled_at,
  c.canary_size, c.canary_until, c.seen_quality,
  coalesce(c.resumed_at, c.started_at, now()) as since,
  now() as now, o.time_zone, o.plan, a.messages_per_second as number_rate,
  a.status = 'connected' as number_sends, a.paused_reason as number_reason,
  a.quality as number_quality, (
    select jsonb_agg(jsonb_build_object('name', t.name, 'language', t.language,
      'category', t.category, 'components', t.components, 'status', t.status,
      'quality', t.quality, 'variables', p.variables) order by p.place)
    from (
      select v.place, v.template_id, v.variables from campaign_variants v
      where v.organization_id = c.organization_id and v.campaign_id = c.id
      union all
      select 0, c.template_id, c.variables where not exists (select from campaign_variants v
        where v.organization_id = c.organization_id and v.campaign_id = c.id)
    ) p
    join templates t on t.organization_id = c.organization_id and t.id = p.template_id
  ) as parts
from campaigns c
join organizations o on o.id = c.organization_id
join whatsapp_accounts a on a.organization_id = c.organization_id and a.id = c.account_id
where c.organization_id = %s and c.id = %s and c.status = 'running'
for update of c skip locked
"""
_LET_GO: LiteralString = """
update messages set next_try_at = null where organization_id = %s and sent_by_kind = 'campaign'
  and sent_by_id = %s and status = 'queued' and next_try_at = {far}
"""
_FINISH: LiteralString = """
update campaigns c set status = 'completed', finished_at = now()
where c.organization_id = %s and c.id = %s and not exists (select from messages m
  where m.organization_id = c.organization_id and m.sent_by_kind = 'campaign'
    and m.sent_by_id = c.id and m.status in ('queued', 'claimed', 'sending'))
  and not exists (select from campaign_recipients r where r.organization_id = c.organization_id
    and r.campaign_id = c.id and r.state = 'later')
"""
_LATER: LiteralString = """
select 1 from campaign_recipients where organization_id = %s and campaign_id = %s
  and state = 'later' limit 1
"""
_WAKE: LiteralString = """
update campaign_recipients set state = 'waiting' where organization_id = %s and campaign_id = %s
  and state = 'later' and not_before <= now()
"""
_PAUSE: LiteralString = """
update campaigns set status = 'paused', reason = %s where organization_id = %s and id = %s
"""
_WATCH: LiteralString = """
update campaigns set canary_until = now() + %s * interval '1 minute'
where organization_id = %s and id = %s
"""
_GO_ON: LiteralString = """
update campaigns set canary_size = 0, canary_until = null where organization_id = %s and id = %s
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A running campaign, ours until the transaction ends."""

    organization_id: UUID
    id: UUID
    account_id: UUID
    rate_per_second: int | None
    rules: dict[str, Any]
    scheduled_at: datetime | None
    canary_size: int
    canary_until: datetime | None
    seen_quality: str
    since: datetime
    now: datetime
    time_zone: str
    plan: str
    number_rate: int
    number_sends: bool
    number_reason: str | None
    number_quality: str | None
    parts: list[dict[str, Any]]  # a template and its variables for each variant

    @property
    def key(self) -> tuple[UUID, UUID]:
        """What names its row."""
        return self.organization_id, self.id

    @property
    def standing(self) -> Standing:
        """How its number and templates are doing."""
        return Standing(
            self.number_sends,
            self.number_reason,
            self.number_quality,
            [(part["status"], part["quality"]) for part in self.parts],
            self.seen_quality,
        )

    @property
    def ahead(self) -> int:
        """How many of its messages may wait in the outbox."""
        if self.rate_per_second is not None:
            return self.rate_per_second
        return min(max(self.number_rate * _AHEAD_SECONDS, _FEWEST_AHEAD), _MOST_AHEAD)

    @property
    def is_quiet(self) -> bool:
        """Whether it is a time of day at which nothing may leave to anybody."""
        here = self.now.astimezone(ZoneInfo(self.time_zone)).time()
        return not self.clock.is_local and is_quiet(self.rules, here)

    @property
    def clock(self) -> Clock:
        """When recipients may be written to."""
        return Clock(self.rules, self.scheduled_at, ZoneInfo(self.time_zone))

    def letters(self) -> list[Letter]:
        """What recipients get, by variant."""
        return [Letter(part, part["variables"], self.now, self.time_zone) for part in self.parts]


def take(connection: Connection, organization_id: UUID, campaign_id: UUID) -> Running | None:
    """The campaign, if it is running and nobody else is at it."""
    cursor = connection.cursor(row_factory=class_row(Running))
    return cursor.execute(_TAKE, (organization_id, campaign_id)).fetchone()


def pause(connection: Connection, campaign: Running, reason: str) -> None:
    """Stops it until somebody resumes it."""
    connection.execute(_PAUSE, (reason, *campaign.key))


def wake(connection: Connection, campaign: Running) -> None:
    """Lets those have their turn whose clock was not that far."""
    if campaign.clock.is_local:
        connection.execute(_WAKE, campaign.key)


def finish(connection: Connection, campaign: Running) -> int | None:
    """Completes it once nothing of it waits in the outbox: 0 then, else None."""
    connection.execute(_LET_GO.replace("{far}", FAR), campaign.key)
    return 0 if connection.execute(_FINISH, campaign.key).rowcount else None


def watch_canary(connection: Connection, campaign: Running) -> int | None:
    """Looks at those who got it first: it waits, stops, or goes on to the rest. None: it waits."""
    found = campaign_guard.canary(connection, *campaign.key)
    if found.unsent:
        connection.execute(_LET_GO.replace("{far}", FAR), campaign.key)
        return None
    if not found.messages and connection.execute(_LATER, campaign.key).fetchone():
        return None  # none of the first few has come to their turn
    verdict = found.verdict()
    if campaign.canary_until is None and not verdict:
        connection.execute(_WATCH, (campaign.rules["canary"]["minutes"], *campaign.key))
        return 0
    if verdict or (campaign.canary_until and campaign.canary_until <= campaign.now):
        connection.execute(_GO_ON, campaign.key)  # who resumes it has seen them
        if verdict:
            pause(connection, campaign, verdict)
        return 0
    return None
