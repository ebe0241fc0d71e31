"""/api/segments: contacts by what they have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import segments
from botpe_app.services.segment_views import SegmentItem, SegmentPreview
from botpe_app.services.views import Page
from botpe_app.web.api.contacts import Contact
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/segments", "Segments")

_FILTER = Field(
    description='`{"all": […]}` or `{"any": […]}` of further ones and of `{"field", "op", "value"}`'
)


class Segment(Shape):
    """A filter with a name."""

    id: Id
    name: str
    filter: dict[str, Any]
    created_at: Moment
    updated_at: Moment


class NewSegment(BaseModel):
    """A segment to make."""

    name: str
    filter: dict[str, Any] = _FILTER


class SegmentChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    filter: dict[str, Any] | None = None


class Filter(BaseModel):
    """A filter to try."""

    filter: dict[str, Any] = _FILTER


class Preview(Shape):
    """How many contacts a filter means now, and the newest of them."""

    count: int
    sample: list[Contact]


@routes.get("", response_model=Listed[Segment])
@needs(Permission.READ)
def list_segments(call: Caller, query: FromQuery[Paging]) -> Page[SegmentItem]:
    """The organization's segments, by name."""
    return page_of(segments.list_segments(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Segment)
@needs(Permission.MANAGE_CONTACTS)
def create_segment(call: Caller, body: NewSegment) -> SegmentItem:
    """Make a segment."""
    return segments.create_segment(call.session, call.actor, name=body.name, filter=body.filter)


@routes.post("/preview", response_model=Preview)
@needs(Permission.MANAGE_CONTACTS)
def preview_segment(call: Caller, body: Filter) -> SegmentPreview:
    """Try a filter."""
    return segments.preview(call.session, call.actor, filter=body.filter)


@routes.get("/{segment_id}", response_model=Segment)
@needs(Permission.READ)
def get_segment(call: Caller, segment_id: Id) -> SegmentItem:
    """One segment."""
    return segments.get_segment(call.session, call.actor, segment_id)


@routes.patch("/{segment_id}", response_model=Segment)
@needs(Permission.MANAGE_CONTACTS)
def change_segment(call: Caller, segment_id: Id, body: SegmentChange) -> SegmentItem:
    """Rename a segment, or give it another filter."""
    return segments.update_segment(call.session, call.actor, segment_id, **given(body))


@routes.delete("/{segment_id}", status_code=204)
@needs(Permission.MANAGE_CONTACTS)
def delete_segment(call: Caller, segment_id: Id) -> None:
    """Forget a segment; its contacts stay."""
    segments.delete_segment(call.session, call.actor, segment_id)
