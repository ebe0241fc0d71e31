"""Campaigns: drafting them. What one would do and cost is told by `campaign_plans`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid, NotFound
from botpe_app.models import Campaign, Contact, Template, WhatsAppAccount
from botpe_app.services import paging
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.accounts import THROUGHPUT
from botpe_app.services.views import Page

_MOST_CONTACTS = 10_000
_PARTS = ("header", "body", "buttons")


@dataclass(frozen=True, slots=True)
class CampaignItem:
    """A campaign as it goes upstairs."""

    id: str
    name: str
    account_id: str
    template_id: str
    contact_ids: list[str]
    variables: dict[str, Any]
    rate_per_second: int | None
    status: str
    created_at: datetime


def list_campaigns(
    session: Session, actor: Actor, *, limit: int = 50, cursor: str | None = None
) -> Page[CampaignItem]:
    """Campaigns, newest first. Raises Invalid for a bad cursor."""
    actor.require(Permission.READ)
    wanted = select(Campaign).where(Campaign.organization_id == actor.organization_id)
    return paging.newest(session, wanted, Campaign, item, limit=limit, cursor=cursor)


def get_campaign(session: Session, actor: Actor, campaign_id: UUID | str) -> CampaignItem:
    """One campaign. Raises NotFound."""
    actor.require(Permission.READ)
    return item(get(session, actor, Campaign, campaign_id))


def create_campaign(session: Session, actor: Actor, **fields: Any) -> CampaignItem:
    """A draft; `fields` are name, account_id, template_id, contact_ids, and perhaps variables
    and rate_per_second. Raises Forbidden, Invalid naming the field."""
    actor.require(Permission.MANAGE_CAMPAIGNS)
    account = _named(session, actor, WhatsAppAccount, fields["account_id"], "account_id")
    template = _named(session, actor, Template, fields["template_id"], "template_id")
    row = Campaign(
        organization_id=actor.organization_id,
        name="",
        account_id=account.id,
        template_id=template.id,
    )
    _change(session, actor, row, fields)
    return _kept(session, row)


def update_campaign(
    session: Session, actor: Actor, campaign_id: UUID | str, **fields: Any
) -> CampaignItem:
    """Changes a draft; what is not named stays. Raises as `create_campaign`, and NotFound."""
    actor.require(Permission.MANAGE_CAMPAIGNS)
    row = get_locked(session, actor, Campaign, campaign_id)
    _change(session, actor, row, fields)
    return _kept(session, row)


def delete_campaign(session: Session, actor: Actor, campaign_id: UUID | str) -> None:
    """Removes a draft. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_CAMPAIGNS)
    session.delete(get_locked(session, actor, Campaign, campaign_id))
    session.flush()
    live.publish(session, actor.organization_id, "campaigns")


def item(row: Campaign) -> CampaignItem:
    """What upstairs may know of a campaign."""
    return CampaignItem(
        id=str(row.id),
        name=row.name,
        account_id=str(row.account_id),
        template_id=str(row.template_id),
        contact_ids=[str(contact_id) for contact_id in row.contact_ids],
        variables=row.variables,
        rate_per_second=row.rate_per_second,
        status=row.status,
        created_at=row.created_at,
    )


def _kept(session: Session, row: Campaign) -> CampaignItem:
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, row.organization_id, "campaigns")
    return item(row)


def _change(session: Session, actor: Actor, row: Campaign, fields: dict[str, Any]) -> None:
    given = {name: value for name, value in fields.items() if value is not None}
    if "name" in given:
        row.name = clean(given["name"])
        if not 1 <= len(row.name) <= 120:
            raise Invalid("A name has 1 to 120 characters.", field="name")
    if "account_id" in given:
        row.account_id = _named(
            session, actor, WhatsAppAccount, given["account_id"], "account_id"
        ).id
    if "template_id" in given:
        row.template_id = _named(session, actor, Template, given["template_id"], "template_id").id
    _check_pair(session, actor, row)
    if "contact_ids" in given:
        row.contact_ids = _contacts(session, actor, given["contact_ids"])
    if "variables" in given:
        row.variables = _variables(given["variables"])
    if "rate_per_second" in fields:
        row.rate_per_second = _rate(fields["rate_per_second"])


def _named(session: Session, actor: Actor, table: type[Any], row_id: str, field: str) -> Any:
    try:
        return get(session, actor, table, row_id)
    except NotFound as error:
        raise Invalid(error.message, field=field) from None


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


def _variables(given: dict[str, dict[str, str]]) -> dict[str, Any]:
    for part, values in given.items():
        if part not in _PARTS:
            raise Invalid(f"Parts are {', '.join(_PARTS)}.", field=f"variables.{part}")
        if len(values) > 100 or any(len(value) > 1024 for value in values.values()):
            raise Invalid("At most 100 values of 1,024 characters.", field=f"variables.{part}")
    return dict(given)


def _rate(given: int | None) -> int | None:
    if given is not None and given not in THROUGHPUT:
        raise Invalid("Between 1 and 1,000 messages a second.", field="rate_per_second")
    return given
