"""Segments: keeping filters under a name, and finding the contacts they mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core import segments as grammar
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict
from botpe_app.models import Campaign, Contact, Segment
from botpe_app.models.base import utc_now
from botpe_app.services import contacts, segment_query
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.saving import short_text
from botpe_app.services.segment_views import SegmentItem, SegmentPreview

_SAMPLE = 10


def list_segments(session: Session, actor: Actor) -> list[SegmentItem]:
    """The organization's segments, by name."""
    actor.require(Permission.READ)
    ours = select(Segment).where(Segment.organization_id == actor.organization_id)
    ordered = ours.order_by(func.lower(Segment.name), col(Segment.id))
    return [_item(row) for row in session.exec(ordered)]


def get_segment(session: Session, actor: Actor, segment_id: UUID | str) -> SegmentItem:
    """One segment. Raises NotFound."""
    actor.require(Permission.READ)
    return _item(get(session, actor, Segment, segment_id))


def create_segment(
    session: Session, actor: Actor, *, name: str, filter: dict[str, Any]
) -> SegmentItem:
    """A new segment. Raises Forbidden, Invalid naming the field, within the filter by its path."""
    actor.require(Permission.MANAGE_CONTACTS)
    grammar.of_contacts(filter)
    row = Segment(organization_id=actor.organization_id, name=_name(name), filter=filter)
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, actor.organization_id, "segments")
    return _item(row)


def update_segment(
    session: Session,
    actor: Actor,
    segment_id: UUID | str,
    *,
    name: str | None = None,
    filter: dict[str, Any] | None = None,
) -> SegmentItem:
    """Renames a segment or gives it another filter. Raises Forbidden, NotFound, Invalid."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Segment, segment_id)
    if name is not None:
        row.name = _name(name)
    if filter is not None:
        grammar.of_contacts(filter)
        row.filter = filter
    row.updated_at = utc_now()
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "segments")
    return _item(row)


def delete_segment(session: Session, actor: Actor, segment_id: UUID | str) -> None:
    """Forgets a segment; its contacts stay, and campaigns that have begun go on.

    Raises Forbidden, NotFound, Conflict if a campaign that has not begun is for it.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Segment, segment_id)
    theirs = (
        col(Campaign.organization_id) == row.organization_id,
        col(Campaign.segment_id) == row.id,
    )
    waiting = select(Campaign.name).where(*theirs, col(Campaign.started_at).is_(None))
    if name := session.exec(waiting.limit(1)).first():
        raise Conflict(f"The campaign {name} is for this segment.")
    session.connection().execute(update(Campaign).where(*theirs).values(segment_id=None))
    session.delete(row)
    session.flush()
    live.publish(session, actor.organization_id, "segments")


def preview(session: Session, actor: Actor, *, filter: dict[str, Any]) -> SegmentPreview:
    """How many contacts a filter means, and the newest of them. Raises Forbidden, Invalid."""
    actor.require(Permission.MANAGE_CONTACTS)
    meant = (Contact.organization_id == actor.organization_id, segment_query.means(filter))
    count = session.exec(select(func.count()).select_from(Contact).where(*meant)).one()
    newest = (
        select(Contact)
        .where(*meant)
        .order_by(col(Contact.created_at).desc(), col(Contact.id).desc())
    )
    sample = session.exec(newest.limit(_SAMPLE)) if count else ()
    return SegmentPreview(count, [contacts.item(row) for row in sample])


def _name(name: str) -> str:
    return short_text(name, field="name", most=80)


def _item(row: Segment) -> SegmentItem:
    return SegmentItem(str(row.id), row.name, dict(row.filter), row.created_at, row.updated_at)
