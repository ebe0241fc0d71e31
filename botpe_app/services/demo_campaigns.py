"""The demo's campaigns: one that went out a week ago, one that is being planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app.models import (
    Campaign,
    CampaignRecipient,
    Contact,
    Conversation,
    Message,
    Segment,
    Template,
)
from botpe_app.models.base import new_id
from botpe_app.services.access import Actor
from botpe_app.services.joining import on

_SENT, _PLANNED = "Winter sale, first news", "Last call before the holidays"
_FAILURES = (
    (
        131026,
        "Not reachable on WhatsApp",
        "They have no WhatsApp or an old version of it. Reach them another way.",
    ),
    (
        131049,
        "Meta held it back",
        "They get much marketing already. Try again after a day, or leave them alone.",
    ),
)
_VARIABLES = {
    "header": {"link": "https://shop.example.com/sale.jpg"},
    "body": {"1": "{{contact.name|there}}", "2": "20 %"},
}

# What Meta would count of them.
_COUNT = text(
    "insert into template_insights (organization_id, template_id, day, sent, delivered, read,"
    " clicked, cost) select m.organization_id, :sale, (m.created_at at time zone 'utc')::date,"
    " count(*) filter (where m.status <> 'failed'), count(m.delivered_at), count(m.read_at),"
    " count(r.clicked_at), round(count(m.delivered_at) * 0.0625, 2)"
    " from messages m join campaign_recipients r on r.organization_id = m.organization_id"
    " and r.message_id = m.id where m.organization_id = :organization group by 1, 3"
)


def plan(session: Session, boss: Actor, account_id: str, now: datetime) -> None:
    """Makes them on this number."""
    ours = select(Segment).where(Segment.organization_id == boss.organization_id)
    segment = session.exec(ours.where(Segment.name == "Newsletter or hikers")).one()
    sale = session.exec(
        select(Template).where(
            Template.organization_id == boss.organization_id,
            Template.name == "season_sale",
            Template.language == "en",
        )
    ).one()
    made: dict[str, Any] = {
        "organization_id": boss.organization_id,
        "account_id": UUID(account_id),
        "template_id": sale.id,
        "segment_id": segment.id,
        "variables": _VARIABLES,
    }
    session.add(Campaign(**made, name=_PLANNED, created_at=now - timedelta(hours=3)))
    begun = now - timedelta(days=7, hours=2)
    sent = Campaign(
        **made,
        name=_SENT,
        status="completed",
        created_at=begun - timedelta(hours=1),
        started_at=begun,
        finished_at=begun + timedelta(minutes=1),
    )
    session.add(sent)
    session.flush()
    _deliver(session, sent)
    session.connection().execute(_COUNT, {"organization": boss.organization_id, "sale": sale.id})


def _deliver(session: Session, campaign: Campaign) -> None:
    """Gives everybody who has talked with the shop a message of the campaign, or why not."""
    talks = select(Conversation, Contact).join(Contact, on(Contact, Conversation.contact_id))
    ours = talks.where(
        Conversation.organization_id == campaign.organization_id,
        col(Contact.phone).is_not(None),
        col(Contact.tags) != [],
    )
    for place, (talk, contact) in enumerate(session.exec(ours.order_by(col(Contact.id)))):
        row = CampaignRecipient(
            organization_id=campaign.organization_id,
            campaign_id=campaign.id,
            contact_id=contact.id,
            place=place,
        )
        if not contact.marketing_opt_in:
            row.state, row.reason = "skipped", "no_opt_in"
        else:
            message = _message(campaign, talk, contact, place)
            session.add(message)
            row.state, row.message_id = "queued", message.id
            if message.read_at and place % 4 == 1:
                row.replied_at = message.read_at + timedelta(minutes=4)
            if message.read_at and place % 3 == 1:
                row.clicked_at = message.read_at + timedelta(seconds=30)
        session.add(row)
    session.flush()


def _message(campaign: Campaign, talk: Conversation, contact: Contact, place: int) -> Message:
    """What became of one: most are read, some only delivered, a few failed."""
    chance = (place * 7 + 3) % 16
    at = campaign.created_at + timedelta(hours=1, seconds=place)
    text = f"Hi {contact.name or 'there'}, our sale has begun: 20 % off everything warm."
    message = Message(
        organization_id=campaign.organization_id,
        conversation_id=talk.id,
        account_id=talk.account_id,
        contact_id=contact.id,
        direction="outgoing",
        type="template",
        content={"name": "season_sale", "language": {"code": "en"}},
        text=text,
        status="read",
        sent_by_kind="campaign",
        sent_by_id=campaign.id,
        correlation_id=new_id(),
        attempt_id=new_id(),
        created_at=at,
        priority=10,
    )
    if chance < len(_FAILURES):
        message.status, message.failed_at = "failed", at
        message.error_code, message.error_title, message.error_details = _FAILURES[chance]
        return message
    message.wa_message_id = f"wamid.demo{message.id.hex.upper()}"
    message.sent_at, message.delivered_at = at, at + timedelta(seconds=2)
    if chance < 6:
        message.status = "delivered"
    else:
        message.read_at = at + timedelta(minutes=3 + chance)
    return message
