"""/api/agents: what the agents make of what they are given; nothing is stored or sent."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import (
    agent_builder,
    agent_improving,
    agent_response,
    agent_support,
    agent_templates,
    agents,
)
from botpe_app.services.agent_builder import BuiltBot
from botpe_app.services.agent_improving import Improvements as Improved
from botpe_app.services.agent_response import ResponseItem
from botpe_app.services.agent_support import SupportItem
from botpe_app.services.agent_templates import TemplateDraft
from botpe_app.services.agents import Understood
from botpe_app.web.api.agent_asking import AgentRoute, asked, prepared_by
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Id, Shape

routes = router("/agents", "Agents", AgentRoute)


class FoundEntity(Shape):
    """Something that a text names, and where it stands in it."""

    name: str
    value: str
    start: int
    end: int


class Understanding(Shape):
    """What a text means. `intent` is null where it means none of yours.

    `question` is what to ask the customer where that is not clear.
    """

    intent: str | None
    confidence: float
    candidates: list[tuple[str, float]]
    entities: list[FoundEntity]
    sentiment: str
    urgency: str
    language: str | None
    question: str | None
    source: str
    run_id: Id


class Utterance(BaseModel):
    """A customer's words."""

    text: str


@routes.post("/intent", response_model=Understanding)
@needs(Permission.ANSWER)
@prepared_by(lambda session, actor, body: agents.prepare(session, actor, body.text))
def understand(call: Caller, body: Utterance) -> Understood:
    """What a text means: intent, entities, feeling, urgency and language; needs no key."""
    return agents.finish(call.session, call.actor, asked(call))


class Description(BaseModel):
    """What the template is for, in any language."""

    description: str
    languages: list[str] = Field([], description="Codes such as es or pt_BR to translate it into")
    variants: int = Field(0, description="How many other ways of saying it, to compare")


class TemplateProblem(Shape):
    """Something to mend before Meta sees it."""

    field: str
    severity: str
    message: str


class CheckedTemplate(Shape):
    """A template in Graph form, and what our lint finds in it."""

    template: dict[str, Any]
    problems: list[TemplateProblem]


class DraftedTemplate(CheckedTemplate):
    """A template, its translations, and variants of it; nothing is stored."""

    translations: list[CheckedTemplate]
    variants: list[CheckedTemplate]
    source: str
    run_id: Id


class SupportRequest(BaseModel):
    """A conversation, or a customer's text alone."""

    conversation_id: str | None = None
    text: str | None = None


class Support(Shape):
    """Replies to choose from, and a summary; nothing is sent."""

    suggestions: list[str]
    summary: str
    sentiment: str
    urgency: str
    source: str
    run_id: Id


class ResponseRequest(BaseModel):
    """A customer's text, or the conversation whose last one is to be answered."""

    text: str | None = None
    conversation_id: str | None = None


class Citation(Shape):
    """The words of a document that say so."""

    item_id: Id
    title: str
    text: str


class Response(Shape):
    """What to tell the customer; `action` is reply, ask or hand_off. Nothing is sent."""

    reply: str
    action: str
    citations: list[Citation]
    source: str
    run_id: Id


@routes.post("/template", response_model=DraftedTemplate)
@needs(Permission.MANAGE_TEMPLATES)
@prepared_by(
    lambda session, actor, body: agent_templates.prepare(session, actor, **body.model_dump())
)
def write_template(call: Caller, body: Description) -> TemplateDraft:
    """Write a message template from a description, checked by our lint."""
    return agent_templates.finish(call.session, call.actor, asked(call))


@routes.post("/support", response_model=Support)
@needs(Permission.ANSWER)
@prepared_by(
    lambda session, actor, body: agent_support.prepare(
        session, actor, body.conversation_id, body.text
    )
)
def support(call: Caller, body: SupportRequest) -> SupportItem:
    """Suggest what to answer next, and sum up what was said."""
    return agent_support.finish(call.session, call.actor, asked(call))


class BotRequest(BaseModel):
    """What a new bot shall do; or what to change in a bot's draft, or in a flow."""

    description: str | None = None
    instruction: str | None = None
    bot_id: str | None = None
    flow: Any = None


class BotProblem(Shape):
    """Something wrong with a flow; an `error` keeps it from being published."""

    node_id: str | None
    field: str
    severity: str
    message: str
    code: str


class BotDialogue(Shape):
    """A conversation that the bot was tried with; `problem` says why it did not pass."""

    name: str
    inputs: list[dict[str, Any]]
    expects: str
    transcript: list[dict[str, Any]]
    passed: bool
    problem: str


class BotChanges(Shape):
    """The ids of the nodes that an edit touched."""

    added: list[str]
    removed: list[str]
    changed: list[str]


class DraftedBot(Shape):
    """A flow laid out for the canvas, and what its owner has to say yet; nothing is stored."""

    flow: dict[str, Any]
    plan: str
    problems: list[BotProblem]
    questions: list[str]
    dialogues: list[BotDialogue]
    changes: BotChanges
    source: str
    run_id: Id


@routes.post("/bot-builder", response_model=DraftedBot)
@needs(Permission.MANAGE_BOTS)
@prepared_by(
    lambda session, actor, body: agent_builder.prepare(session, actor, **body.model_dump())
)
def build_bot(call: Caller, body: BotRequest) -> BuiltBot:
    """Build a bot from a description, or change one by an instruction, until it is valid."""
    return agent_builder.finish(call.session, call.actor, asked(call))


@routes.post("/response", response_model=Response)
@needs(Permission.ANSWER)
@prepared_by(
    lambda session, actor, body: agent_response.prepare(
        session, actor, body.text, body.conversation_id
    )
)
def respond(call: Caller, body: ResponseRequest) -> ResponseItem:
    """Answer a customer from your knowledge, with the passages that say so, or hand off."""
    return agent_response.finish(call.session, call.actor, asked(call))


class ImproverRequest(BaseModel):
    """The bot whose figures are to be read."""

    bot_id: str


class Proposal(Shape):
    """Something to change; the bot builder takes its `instruction`. `node_id` may be empty."""

    title: str
    why: str
    instruction: str
    node_id: str


class Improvements(Shape):
    """What the last 30 days say could be better; nothing is changed."""

    proposals: list[Proposal]
    source: str
    run_id: Id


@routes.post("/bot-improver", response_model=Improvements)
@needs(Permission.MANAGE_BOTS)
@prepared_by(lambda session, actor, body: agent_improving.prepare(session, actor, body.bot_id))
def improve_bot(call: Caller, body: ImproverRequest) -> Improved:
    """Propose changes to a bot from how its conversations went."""
    return agent_improving.finish(call.session, call.actor, asked(call))
