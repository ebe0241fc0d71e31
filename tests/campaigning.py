"""Campaigns for tests: customers in bulk, an approved template, and workers' steps by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.models import Template
from botpe_app.services import campaign_feeding, campaign_launching, campaigns
from botpe_app.services.campaign_views import CampaignItem
from tests.acting import within
from tests.conftest import Business

BODY = {
    "type": "BODY",
    "text": "Hi {{1}}, our sale has begun.",
    "example": {"body_text": [["Ana"]]},
}
VARIABLES = {"body": {"1": "{{contact.name|there}}"}}


def change(statement: str, **values: Any) -> int:
    """Runs SQL as the system; how many rows it touched."""
    with db.transaction() as session:
        db.act_as_system(session)
        return session.connection().execute(text(statement), values).rowcount


def ask(statement: str, **values: Any) -> list[Any]:
    """The rows of a query of the system."""
    with db.transaction() as session:
        db.act_as_system(session)
        return list(session.connection().execute(text(statement), values))


def customers(business: Business, count: int, first: int = 1) -> list[UUID]:
    """So many opted-in customers called `Customer n`, with numbers from +15551000001."""
    with db.connect_as_system(autocommit=True) as connection:
        ids = business.organization_id, business.account_id
        rows.make_customers(connection, *ids, count, first=first)
    found = ask(
        "select id from contacts where organization_id = :o order by phone desc limit :n",
        o=business.organization_id,
        n=count,
    )
    return [row[0] for row in reversed(found)]


def template(business: Business, **fields: Any) -> str:
    """The id of an approved marketing template with a name in its body."""
    given: Mapping[str, Any] = {
        "name": "sale", "language": "en", "category": "MARKETING", "status": "APPROVED",
        "components": [BODY], **fields,
    }  # fmt: skip
    with db.transaction() as session:
        db.act_as_system(session)
        row = Template(
            organization_id=business.organization_id,
            account_id=business.account_id,
            waba_id=business.waba_id,
            **given,
        )
        session.add(row)
        session.flush()
        return str(row.id)


def draft(business: Business, template_id: str, contacts: list[UUID], **fields: Any) -> str:
    """The id of a campaign for these contacts."""
    body = {
        "name": "Sale", "account_id": str(business.account_id), "template_id": template_id,
        "contact_ids": [str(each) for each in contacts], "variables": VARIABLES, **fields,
    }  # fmt: skip
    return within(business.admin, campaigns.create_campaign, **body).id


def launch(business: Business, campaign_id: str) -> CampaignItem:
    """Begins it."""
    return within(business.admin, campaign_launching.launch, campaign_id)


def get(business: Business, campaign_id: str) -> CampaignItem:
    """As it is now."""
    return within(business.admin, campaigns.get_campaign, campaign_id)


def feed() -> int:
    """One step of the campaigns lane; how many recipients had their turn."""
    with campaign_feeding.connect() as connection:
        return campaign_feeding.work(connection).taken
