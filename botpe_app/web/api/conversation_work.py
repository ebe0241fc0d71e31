"""/api/conversations, the rest: taking one, changing many, drafts, and keeping one as a file."""

from __future__ import annotations

from datetime import datetime

from fastapi import Response
from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import assignment, drafts, inbox_bulk, transcripts
from botpe_app.services.inbox_views import BulkResult, DraftItem
from botpe_app.services.views import ConversationItem
from botpe_app.web.api.conversations import Conversation
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Moment, Shape, given

routes = router("/conversations", "Conversations")

_TYPES = {"txt": "text/plain; charset=utf-8", "json": "application/json"}


class Change(BaseModel):
    """The same change for many; what is not named stays."""

    ids: list[str]
    status: str | None = None
    snoozed_until: datetime | None = None
    assignee: str | None = Field(None, description="A user's id; null for nobody")
    team: str | None = Field(None, description="A team's id; null for none")
    priority: str | None = None
    add_tags: list[str] = Field(default_factory=list[str], max_length=50)
    remove_tags: list[str] = Field(default_factory=list[str], max_length=50)
    read: bool = False


class Failure(Shape):
    """One that could not be changed, and why."""

    id: str
    message: str


class Changed(Shape):
    """How many were changed, and which not."""

    changed: int
    failed: list[Failure]


class Draft(Shape):
    """What one has begun to write, on whatever machine; nobody else sees it."""

    conversation_id: Id
    text: str
    updated_at: Moment | None


class NewDraft(BaseModel):
    """What is written so far; empty to forget it."""

    text: str


class Format(BaseModel):
    """How a conversation is wanted as a file."""

    format: str = Field("txt", description="txt or json")


@routes.post("/bulk", response_model=Changed)
@needs(Permission.ANSWER)
def change_conversations(call: Caller, body: Change) -> BulkResult:
    """Change up to 200 conversations at once."""
    return inbox_bulk.change(call.session, call.actor, **given(body))


@routes.post("/{conversation_id}/claim", response_model=Conversation)
@needs(Permission.ANSWER)
def claim_conversation(call: Caller, conversation_id: Id) -> ConversationItem:
    """Take a conversation that nobody has; whoever comes second is told who has it."""
    return assignment.claim(call.session, call.actor, conversation_id)


@routes.get("/{conversation_id}/draft", response_model=Draft)
@needs(Permission.READ)
def get_draft(call: Caller, conversation_id: Id) -> DraftItem:
    """One's own draft."""
    return drafts.get_draft(call.session, call.actor, conversation_id)


@routes.put("/{conversation_id}/draft", response_model=Draft)
@needs(Permission.ANSWER)
def save_draft(call: Caller, conversation_id: Id, body: NewDraft) -> DraftItem:
    """Keep one's own draft."""
    return drafts.save_draft(call.session, call.actor, conversation_id, body.text)


@routes.get("/{conversation_id}/export", response_class=Response, response_model=None)
@needs(Permission.ANSWER)
def export_conversation(call: Caller, conversation_id: Id, query: FromQuery[Format]) -> Response:
    """The conversation as a file."""
    name, content = transcripts.export(call.session, call.actor, conversation_id, query.format)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content.encode(), media_type=_TYPES[query.format], headers=headers)
