"""Campaigns under way: begun, halted, ended, and tried again with those who can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError, Conflict, Invalid
from botpe_app.models import Campaign, Organization, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import campaign_audience, campaign_guard, campaigns
from botpe_app.services.access import Actor, get, get_locked, organization_of
from botpe_app.services.campaign_clocks import Clock
from botpe_app.services.campaign_parts import canary_size, parts_of
from botpe_app.services.campaign_problems import audience_field, obstacles
from botpe_app.services.campaign_views import CampaignItem
from botpe_app.services.outbox import CANCELLED, NEVER_LEFT, NUMBER_IS_PAUSED
from botpe_app.services.outbox_refusals import WORDS
from botpe_app.whatsapp.error_table import TABLE

# What was put aside while it did not run may leave again.
_UNPARK = text(
    "update messages set next_try_at = null where organization_id = :organization"
    " and sent_by_kind = 'campaign' and sent_by_id = :campaign and status = 'queued'"
    " and next_try_at > now() + interval '1 year'"
)
_SKIP_THE_REST = text(
    "update campaign_recipients set state = 'skipped', reason = 'cancelled'"
    " where organization_id = :organization and campaign_id = :campaign"
    " and state in ('waiting', 'later')"
)
_FAIL_THE_QUEUED = text(
    "update messages set status = 'failed', failed_at = now(), error_code = :code,"
    " error_title = :title, error_details = :details, next_try_at = null"
    " where organization_id = :organization and sent_by_kind = 'campaign'"
    " and sent_by_id = :campaign and status = 'queued'"
)
# The same message again, so that nobody can get two; its old id is forgotten with its failure.
_TRY_AGAIN = text(
    "update messages m set status = 'queued', attempts = 0, wa_message_id = null, sent_at = null,"
    " delivered_at = null, failed_at = null, error_code = null, error_title = null,"
    " error_details = null, next_try_at = null, attempt_id = null"
    " where m.organization_id = :organization and m.sent_by_kind = 'campaign'"
    " and m.sent_by_id = :campaign and m.status = 'failed' and (m.error_code = any(:again)"
    "   or m.error_code in (131049, 130472) and exists (select from contacts k"
    "     where k.organization_id = m.organization_id and k.id = m.contact_id"
    "     and k.marketing_after <= now()))"
)
_WORLD = timedelta(hours=26)  # from where a day begins first to where it does last
RETRYABLE = [
    NEVER_LEFT,
    NUMBER_IS_PAUSED,
    *(code for code, policy in TABLE.items() if policy.retry != "no"),
]


def launch(
    session: Session, actor: Actor, campaign_id: UUID | str, *, now: datetime | None = None
) -> CampaignItem:
    """Begins a campaign: now, or if it is scheduled, when its time has come. Once.

    Whom it is for is settled when it begins. Raises Forbidden, NotFound, Conflict unless it is a
    draft, Invalid naming what keeps it from being sent.
    """
    actor.require(Permission.MANAGE_CAMPAIGNS)
    row = get_locked(session, actor, Campaign, campaign_id)
    if row.status not in ("draft", "scheduled"):
        raise Conflict(f"This campaign is {row.status}. Only a draft can be launched.")
    now = now or utc_now()
    _require_way(session, actor, row)
    clock = Clock(row.rules, row.scheduled_at, ZoneInfo(organization_of(session, actor).time_zone))
    if clock.begins_at(now) > now:
        row.status = "scheduled"
    elif not _begin(session, row, now):
        raise Invalid("Nobody would get it.", field=audience_field(row))
    return campaigns.kept(session, row)


def begin_due(session: Session) -> list[tuple[UUID, str]]:
    """Begins the scheduled campaigns whose time has come; whom to tell. Acts as the system."""
    now = utc_now()
    soon = (
        select(Campaign, Organization.time_zone)
        .join(Organization, col(Organization.id) == col(Campaign.organization_id))
        .where(Campaign.status == "scheduled", col(Campaign.scheduled_at) <= now + _WORLD)
        .with_for_update(of=Campaign, skip_locked=True)
    )
    told: list[tuple[UUID, str]] = []
    for row, home in session.exec(soon).all():
        if Clock(row.rules, row.scheduled_at, ZoneInfo(home)).begins_at(now) > now:
            continue
        try:
            _begin(session, row, now)
        except BotpeError as error:  # its segment's filter can no longer be read
            row.status, row.reason = "paused", error.message
        session.add(row)
        told.append((row.organization_id, "campaigns"))
    session.flush()
    return told


def _require_way(session: Session, actor: Actor, row: Campaign) -> None:
    account = get(session, actor, WhatsAppAccount, row.account_id)
    for problem in obstacles(account, parts_of(session, row), utc_now()):
        raise Invalid(problem.message, field=problem.field)


def _begin(session: Session, row: Campaign, now: datetime) -> bool:
    """Whether there is anybody to begin with."""
    found = campaign_audience.freeze(session, row, len(parts_of(session, row)))
    row.started_at = now
    row.canary_size = canary_size(row.rules, found)
    _run(session, row, now)
    return found > 0


def _run(session: Session, row: Campaign, now: datetime) -> None:
    """Has it run from now on; what number and template were like is remembered."""
    account = session.get_one(WhatsAppAccount, (row.organization_id, row.account_id))
    templates = [part.template.quality for part in parts_of(session, row)]
    row.status, row.reason, row.resumed_at = "running", "", now
    row.seen_quality = campaign_guard.quality(account.quality, *templates)
    session.add(row)
    nudge(session, Lane.CAMPAIGNS)


def pause(session: Session, actor: Actor, campaign_id: UUID | str) -> CampaignItem:
    """Stops a running campaign within two seconds. Raises Forbidden, NotFound, Conflict."""
    row = _in_state(session, actor, campaign_id, "running")
    row.status, row.reason = "paused", f"Paused by {actor.name}."
    return campaigns.kept(session, row)


def resume(session: Session, actor: Actor, campaign_id: UUID | str) -> CampaignItem:
    """Lets a paused campaign go on where it stopped.

    Raises Forbidden, NotFound, Conflict, Invalid naming what keeps it from being sent.
    """
    row = _in_state(session, actor, campaign_id, "paused")
    _require_way(session, actor, row)
    _go_on(session, row)
    return campaigns.kept(session, row)


def cancel(session: Session, actor: Actor, campaign_id: UUID | str) -> CampaignItem:
    """Ends a campaign for good: who has not got it does not get it.

    Raises Forbidden, NotFound, Conflict for one that is not under way.
    """
    row = _in_state(session, actor, campaign_id, "running", "paused", "scheduled")
    row.status, row.reason = "cancelled", f"Cancelled by {actor.name}."
    row.finished_at = utc_now()
    title, details = WORDS[CANCELLED]
    words = {"code": CANCELLED, "title": title, "details": details}
    connection = session.connection()
    connection.execute(_SKIP_THE_REST, _named(row))
    connection.execute(_FAIL_THE_QUEUED, {**_named(row), **words})
    return campaigns.kept(session, row)


def retry_failed(session: Session, actor: Actor, campaign_id: UUID | str) -> tuple[int, str]:
    """Queues those failed messages again for which another try makes sense; how many, and the
    campaign's status then.

    Never one that may have arrived. Raises Forbidden, NotFound, Conflict.
    """
    row = _in_state(session, actor, campaign_id, "running", "paused", "completed")
    found = session.connection().execute(_TRY_AGAIN, {**_named(row), "again": RETRYABLE}).rowcount
    if found and row.status != "paused":
        row.finished_at = None
        _go_on(session, row)
    return found, campaigns.kept(session, row).status


def _go_on(session: Session, row: Campaign) -> None:
    _run(session, row, utc_now())
    session.connection().execute(_UNPARK, _named(row))
    nudge(session, Lane.OUTBOX)


def _in_state(session: Session, actor: Actor, campaign_id: UUID | str, *states: str) -> Campaign:
    actor.require(Permission.MANAGE_CAMPAIGNS)
    row = get_locked(session, actor, Campaign, campaign_id)
    if row.status not in states:
        raise Conflict(f"This campaign is {row.status}.")
    return row


def _named(row: Campaign) -> dict[str, UUID]:
    return {"organization": row.organization_id, "campaign": row.id}
