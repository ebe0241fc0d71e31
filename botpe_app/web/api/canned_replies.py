"""/api/canned-replies: texts to answer with."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import canned_replies
from botpe_app.services.team_views import CannedReplyItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/canned-replies", "Canned replies")


class CannedReply(Shape):
    """A text to answer with; a personal one is seen by its owner only."""

    id: Id
    shortcut: str
    text: str
    category: str
    personal: bool
    created_at: Moment


class NewCannedReply(BaseModel):
    """A canned reply to make."""

    shortcut: str = Field(description="What is typed after /")
    text: str
    category: str = ""
    personal: bool = False


class CannedReplyChange(BaseModel):
    """What may be changed; what is not named stays."""

    shortcut: str | None = None
    text: str | None = None
    category: str | None = None


@routes.get("", response_model=Listed[CannedReply])
@needs(Permission.READ)
def list_canned_replies(call: Caller, query: FromQuery[Paging]) -> Page[CannedReplyItem]:
    """Everybody's and one's own, by shortcut."""
    return page_of(canned_replies.list_replies(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=CannedReply)
@needs(Permission.MANAGE_CANNED_REPLIES)
def create_canned_reply(call: Caller, body: NewCannedReply) -> CannedReplyItem:
    """Make a canned reply."""
    return canned_replies.create_reply(call.session, call.actor, **body.model_dump())


@routes.get("/{reply_id}", response_model=CannedReply)
@needs(Permission.READ)
def get_canned_reply(call: Caller, reply_id: Id) -> CannedReplyItem:
    """One canned reply."""
    return canned_replies.get_reply(call.session, call.actor, reply_id)


@routes.patch("/{reply_id}", response_model=CannedReply)
@needs(Permission.MANAGE_CANNED_REPLIES)
def change_canned_reply(call: Caller, reply_id: Id, body: CannedReplyChange) -> CannedReplyItem:
    """Change a canned reply."""
    return canned_replies.update_reply(call.session, call.actor, reply_id, **given(body))


@routes.delete("/{reply_id}", status_code=204)
@needs(Permission.MANAGE_CANNED_REPLIES)
def delete_canned_reply(call: Caller, reply_id: Id) -> None:
    """Remove a canned reply."""
    canned_replies.delete_reply(call.session, call.actor, reply_id)
