"""Campaigns: drafting them. What one would do and cost is told by `campaign_plans`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Campaign, CampaignVariant, Contact, Segment, Template, WhatsAppAccount
from botpe_app.services import paging
from botpe_app.services.access import Actor, as_id, get, get_locked, get_named
from botpe_app.services.accounts import THROUGHPUT
from botpe_app.services.campaign_counts import counts_of
from botpe_app.services.campaign_parts import (
    RULES,
    checked_rule,
    checked_variables,
    replace_variants,
    variants_of,
)
from botpe_app.services.campaign_views import CampaignCounts, CampaignItem, VariantItem
from botpe_app.services.views import Page

_MOST_CONTACTS = 10_000
_MOST_NAMES = 200
_YEARS = range(2020, 2101)
_ALWAYS = frozenset({"name", "rate_per_second"})


def list_campaigns(
    session: Session, actor: Actor, *, limit: int = 50, cursor: str | None = None
) -> Page[CampaignItem]:
    """Campaigns, newest first. Raises Invalid for a bad cursor."""
    actor.require(Permission.READ)
    wanted = select(Campaign).where(Campaign.organization_id == actor.organization_id)
    page = paging.newest_rows(session, wanted, Campaign, limit=limit, cursor=cursor)
    begun = [row.id for row in page.data if row.started_at]
    counts = counts_of(session, actor.organization_id, begun)
    variants = variants_of(session, actor.organization_id, [row.id for row in page.data])
    items = [item(row, counts.get(row.id), variants.get(row.id, ())) for row in page.data]
    return Page(items, page.next)


def names(session: Session, actor: Actor) -> dict[str, str]:
    """The newest campaigns that have begun, their names by their ids."""
    actor.require(Permission.READ)
    begun = select(Campaign.id, Campaign.name).where(
        Campaign.organization_id == actor.organization_id, col(Campaign.started_at).is_not(None)
    )
    newest = begun.order_by(col(Campaign.created_at).desc()).limit(_MOST_NAMES)
    return {str(key): name for key, name in session.exec(newest)}


def get_campaign(session: Session, actor: Actor, campaign_id: UUID | str) -> CampaignItem:
    """One campaign. Raises NotFound."""
    actor.require(Permission.READ)
    return _counted(session, get(session, actor, Campaign, campaign_id))


def create_campaign(session: Session, actor: Actor, **fields: Any) -> CampaignItem:
    """A draft; `fields` are name, account_id, template_id, segment_id or contact_ids, and perhaps
    variables, rate_per_second and scheduled_at. Raises Forbidden, Invalid naming the field."""
    actor.require(Permission.MANAGE_CAMPAIGNS)
    account = get_named(session, actor, WhatsAppAccount, fields["account_id"], "account_id")
    template = get_named(session, actor, Template, fields["template_id"], "template_id")
    row = Campaign(
        organization_id=actor.organization_id,
        name="",
        account_id=account.id,
        template_id=template.id,
    )
    _change(session, actor, row, fields)
    if row.segment_id is None and not row.contact_ids:
        raise Invalid("Say whom it is for: a segment or contacts.", field="segment_id")
    return _with_variants(session, actor, row, fields)


def update_campaign(
    session: Session, actor: Actor, campaign_id: UUID | str, **fields: Any
) -> CampaignItem:
    """Changes a campaign that has not begun, and of one that has its name and rate; what is not
    named stays. Raises as `create_campaign`, NotFound, and Conflict.
    """
    actor.require(Permission.MANAGE_CAMPAIGNS)
    row = get_locked(session, actor, Campaign, campaign_id)
    if row.status not in ("draft", "scheduled") and fields.keys() - _ALWAYS:
        raise Conflict(f"This campaign is {row.status}: only its name and rate can change.")
    _change(session, actor, row, fields)
    return _with_variants(session, actor, row, fields)


def delete_campaign(session: Session, actor: Actor, campaign_id: UUID | str) -> None:
    """Removes a campaign; its messages stay. Raises Forbidden, NotFound, Conflict while it is
    under way.
    """
    actor.require(Permission.MANAGE_CAMPAIGNS)
    row = get_locked(session, actor, Campaign, campaign_id)
    if row.status in ("running", "paused"):
        raise Conflict(f"This campaign is {row.status}. Cancel it first.")
    session.delete(row)
    session.flush()
    live.publish(session, actor.organization_id, "campaigns")


def item(
    row: Campaign,
    counts: CampaignCounts | None = None,
    variants: Sequence[CampaignVariant] = (),
) -> CampaignItem:
    """What upstairs may know of a campaign."""
    return CampaignItem(
        id=str(row.id),
        name=row.name,
        account_id=str(row.account_id),
        template_id=str(row.template_id),
        segment_id=str(row.segment_id) if row.segment_id else None,
        contact_ids=[str(contact_id) for contact_id in row.contact_ids],
        variables=row.variables,
        rate_per_second=row.rate_per_second,
        variants=[VariantItem(v.name, str(v.template_id), v.variables) for v in variants],
        canary=row.rules.get("canary"),
        quiet_hours=row.rules.get("quiet_hours"),
        frequency_cap=row.rules.get("frequency_cap"),
        local_time=bool(row.rules.get("local_time")),
        status=row.status,
        reason=row.reason,
        counts=counts or CampaignCounts(),
        scheduled_at=row.scheduled_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        created_at=row.created_at,
    )


def kept(session: Session, row: Campaign) -> CampaignItem:
    """The campaign as it is now in the database; pages look again."""
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, row.organization_id, "campaigns")
    return _counted(session, row)


def _counted(session: Session, row: Campaign) -> CampaignItem:
    begun = [row.id] if row.started_at else []
    counts = counts_of(session, row.organization_id, begun)
    variants = variants_of(session, row.organization_id, [row.id])
    return item(row, counts.get(row.id), variants.get(row.id, ()))


def _with_variants(
    session: Session, actor: Actor, row: Campaign, fields: dict[str, Any]
) -> CampaignItem:
    if fields.get("variants") is not None:
        session.add(row)
        session.flush()
        replace_variants(session, actor, row, fields["variants"])
    return kept(session, row)


def _change(session: Session, actor: Actor, row: Campaign, fields: dict[str, Any]) -> None:
    given = {name: value for name, value in fields.items() if value is not None}
    if "name" in given:
        row.name = clean(given["name"])
        if not 1 <= len(row.name) <= 120:
            raise Invalid("A name has 1 to 120 characters.", field="name")
    if "account_id" in given:
        row.account_id = get_named(
            session, actor, WhatsAppAccount, given["account_id"], "account_id"
        ).id
    if "template_id" in given:
        row.template_id = get_named(
            session, actor, Template, given["template_id"], "template_id"
        ).id
    _check_pair(session, actor, row)
    _choose(session, actor, row, given)
    _set_rules(row, fields)


def _set_rules(row: Campaign, fields: dict[str, Any]) -> None:
    """What stands in its places, how fast and when it goes, and what it keeps to."""
    if fields.get("variables") is not None:
        row.variables = checked_variables(fields["variables"])
    if "rate_per_second" in fields:
        row.rate_per_second = _rate(fields["rate_per_second"])
    if "scheduled_at" in fields:
        row.scheduled_at = _moment(fields["scheduled_at"])
    for name in RULES:
        if name in fields:
            rule = fields[name]
            row.rules = {**row.rules, name: rule and checked_rule(name, rule)}


def _choose(session: Session, actor: Actor, row: Campaign, given: dict[str, Any]) -> None:
    """Whom it is for: the one way of saying so replaces the other."""
    if "segment_id" in given and "contact_ids" in given:
        raise Invalid("Name a segment or contacts, not both.", field="segment_id")
    if "segment_id" in given:
        row.segment_id = get_named(session, actor, Segment, given["segment_id"], "segment_id").id
        row.contact_ids = []
    if "contact_ids" in given:
        row.contact_ids = _contacts(session, actor, given["contact_ids"])
        row.segment_id = None


def _moment(given: datetime | None) -> datetime | None:
    if given is not None and given.tzinfo is None:
        raise Invalid("Say the time zone, such as 2026-12-01T09:00:00Z.", field="scheduled_at")
    if given is not None and given.year not in _YEARS:
        raise Invalid("A time between 2020 and 2100.", field="scheduled_at")
    return given


def _check_pair(session: Session, actor: Actor, row: Campaign) -> None:
    account = get(session, actor, WhatsAppAccount, row.account_id)
    template = get(session, actor, Template, row.template_id)
    if template.waba_id != account.waba_id:
        raise Invalid("This template is another business account's.", field="template_id")


def _contacts(session: Session, actor: Actor, given: Sequence[str]) -> list[UUID]:
    ids = [as_id(each) for each in given]
    wanted = {each for each in ids if each is not None}
    if not ids or len(ids) > _MOST_CONTACTS:
        raise Invalid(f"Name 1 to {_MOST_CONTACTS:,} contacts.", field="contact_ids")
    known = session.exec(
        select(Contact.id).where(
            Contact.organization_id == actor.organization_id, col(Contact.id).in_(wanted)
        )
    ).all()
    if None in ids or wanted - set(known):
        raise Invalid("One of these is no contact of yours.", field="contact_ids")
    return [each for each in ids if each is not None]


def _rate(given: int | None) -> int | None:
    if given is not None and given not in THROUGHPUT:
        raise Invalid("Between 1 and 1,000 messages a second.", field="rate_per_second")
    return given
