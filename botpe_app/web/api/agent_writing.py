"""/api/agents/write and /ask: beside the staff; nothing is sent."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import agent_writing
from botpe_app.services.agent_writing import ToldItem, WrittenItem
from botpe_app.web.api.agent_asking import AgentRoute, asked, prepared_by
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Id, Shape

routes = router("/agents", "Agents", AgentRoute)


class WriteRequest(BaseModel):
    """A draft to edit or translate; without one, what the conversation's customer wrote last."""

    wish: str = Field(description="correct, friendly, formal, shorter or translate")
    text: str | None = None
    language: str | None = Field(None, description="To translate into; the customer's or your own")
    conversation_id: str | None = None


class Written(Shape):
    """The text as it was wished; as it was where `source` is local."""

    text: str
    source: str
    run_id: Id


class AskRequest(BaseModel):
    """A question about the customer of a conversation."""

    conversation_id: str
    question: str


class Told(Shape):
    """What is known, for the staff alone."""

    answer: str
    source: str
    run_id: Id


@routes.post("/write", response_model=Written)
@needs(Permission.ANSWER)
@prepared_by(
    lambda session, actor, body: agent_writing.prepare(session, actor, **body.model_dump())
)
def write(call: Caller, body: WriteRequest) -> WrittenItem:
    """Edit or translate a draft, or translate what a customer wrote, without changing its facts."""
    return agent_writing.finish(call.session, call.actor, asked(call))


@routes.post("/ask", response_model=Told)
@needs(Permission.ANSWER)
@prepared_by(
    lambda session, actor, body: agent_writing.prepare_question(session, actor, **body.model_dump())
)
def ask_about(call: Caller, body: AskRequest) -> ToldItem:
    """Ask about a customer: what is known of them, and what they said."""
    return agent_writing.finish_question(call.session, call.actor, asked(call))
