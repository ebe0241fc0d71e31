"""Whom a campaign is for: the contacts it means now, and the list it keeps once it begins."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, func, insert, literal, select
from sqlmodel import Session, col

from botpe_app.models import Campaign, CampaignRecipient, Contact, Segment
from botpe_app.services import segment_query


def meant(session: Session, row: Campaign) -> list[ColumnElement[bool]]:
    """What holds of the contacts that the campaign means now."""
    ours = col(Contact.organization_id) == row.organization_id
    if row.segment_id is None:
        return [ours, col(Contact.id).in_(set(row.contact_ids))]
    segment = session.get_one(Segment, (row.organization_id, row.segment_id))
    return [ours, segment_query.means(segment.filter)]


def freeze(session: Session, row: Campaign, variants: int = 1) -> int:
    """Writes down whom it means, each once, their turns at random, the variants one after the
    other; how many they are.

    From here on a changed segment changes nothing.
    """
    seed = row.id.int % 2**63
    turn = func.row_number().over(order_by=func.hashtextextended(cast(col(Contact.id), Text), seed))
    variant = (turn - 1) % variants
    wanted = literal(row.organization_id), literal(row.id), col(Contact.id), turn, variant
    chosen = select(*wanted).where(*meant(session, row))
    columns = ["organization_id", "campaign_id", "contact_id", "place", "variant"]
    writing = insert(CampaignRecipient).from_select(columns, chosen)
    options = {"preserve_rowcount": True}
    return session.connection().execute(writing, execution_options=options).rowcount
