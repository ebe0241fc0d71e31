"""/api/tags: the tags that contacts and conversations bear."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import tags
from botpe_app.services.team_views import TagItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/tags", "Tags")


class Tag(Shape):
    """A tag; `color` is written #rrggbb."""

    id: Id
    name: str
    color: str
    created_at: Moment


class NewTag(BaseModel):
    """A tag to make; grey unless given a colour."""

    name: str
    color: str | None = None


class TagChange(BaseModel):
    """What may be changed. A new name reaches everything that bears the tag."""

    name: str | None = None
    color: str | None = None


@routes.get("", response_model=Listed[Tag])
@needs(Permission.READ)
def list_tags(call: Caller, query: FromQuery[Paging]) -> Page[TagItem]:
    """The organization's tags, by name."""
    return page_of(tags.list_tags(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Tag)
@needs(Permission.MANAGE_CONTACTS)
def create_tag(call: Caller, body: NewTag) -> TagItem:
    """Make a tag."""
    return tags.create_tag(call.session, call.actor, name=body.name, color=body.color)


@routes.get("/{tag_id}", response_model=Tag)
@needs(Permission.READ)
def get_tag(call: Caller, tag_id: Id) -> TagItem:
    """One tag."""
    return tags.get_tag(call.session, call.actor, tag_id)


@routes.patch("/{tag_id}", response_model=Tag)
@needs(Permission.MANAGE_CONTACTS)
def change_tag(call: Caller, tag_id: Id, body: TagChange) -> TagItem:
    """Rename or recolour a tag."""
    return tags.update_tag(call.session, call.actor, tag_id, **given(body))


@routes.delete("/{tag_id}", status_code=204)
@needs(Permission.MANAGE_CONTACTS)
def delete_tag(call: Caller, tag_id: Id) -> None:
    """Remove a tag, also from everything that bears it."""
    tags.delete_tag(call.session, call.actor, tag_id)
