"""/api/conversations: the inbox. Reading here does not mark anything read."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasChoices, BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.services import assignment, bot_sessions, inbox, messages, notes
from botpe_app.services.bot_sessions import BotSessionItem
from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.views import ConversationItem, MessageItem, Page
from botpe_app.web.api.bot_shapes import BotSession
from botpe_app.web.api.messages import Content, Message, Queued
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/conversations", "Conversations")


class ContactBrief(Shape):
    """The customer of a conversation."""

    id: Id
    name: str
    phone: str | None


class Hit(Shape):
    """The newest message of a conversation that a search found."""

    message_id: Id
    text: str


class Conversation(Shape):
    """A customer's thread with one number. `assignee` is a user's id; `owner` says who speaks.

    Until `window_closes_at` anything may be sent, after it templates only. `intent`, `language`,
    `sentiment` and `urgency` are what the customer's last text sounds like, null before it is read.
    """

    id: Id
    contact: ContactBrief
    account_id: Id
    account_name: str
    status: str
    assignee: Id | None = Field(validation_alias="assignee_id")
    assignee_name: str | None
    unread_count: int
    last_message: str
    last_message_at: Moment
    last_direction: str
    last_status: str
    window_closes_at: Moment | None
    owner: str
    bot_id: Id | None
    tags: list[str]
    intent: str | None
    language: str | None
    sentiment: str | None
    urgency: str | None
    priority: str
    snoozed_until: Moment | None
    team: Id | None = Field(validation_alias="team_id")
    team_name: str | None
    blocked: bool
    hit: Hit | None = None


class Note(Shape):
    """What staff wrote to each other; never sent. `mentions` are users' ids."""

    id: Id
    conversation_id: Id
    author: str
    text: str
    mentions: list[Id]
    created_at: Moment


class ConversationQuery(Paging):
    """Which conversations are wanted."""

    status: str | None = Field(None, description="open, pending, snoozed, resolved or closed")
    assignee: str | None = Field(None, description="me, none or a user's id")
    tag: str | None = None
    team: str | None = Field(None, description="none or a team's id")
    priority: str | None = Field(None, description="low, normal, high or urgent")
    unread: bool = False
    mentioned: bool = Field(False, description="Those whose notes name you")
    q: str | None = Field(None, description="Part of a name or number, or words that were said")
    account_id: str | None = None
    contact_id: str | None = None
    intent: str | None = Field(None, description="What the customer's last text means")
    language: str | None = Field(None, description="Such as en")
    sentiment: str | None = Field(None, description="positive, neutral or negative")
    urgency: str | None = Field(None, description="low, medium or high")


class ConversationChange(BaseModel):
    """What may be changed; what is not named stays. A null `assignee` unassigns."""

    status: str | None = None
    snoozed_until: datetime | None = Field(
        None, description="With status snoozed: when it opens by itself; else once they write"
    )
    assignee: str | None = None
    team: str | None = None
    priority: str | None = None
    tags: list[str] | None = None


class Assignment(BaseModel):
    """Whom a conversation is given to; null for nobody. A `team` may have turns of its own."""

    assignee: str | None = Field(
        None, validation_alias=AliasChoices("assignee", "user_id"), description="A user's id"
    )
    team: str | None = Field(
        None, validation_alias=AliasChoices("team", "team_id"), description="A team's id"
    )
    note: str = Field("", description="A word for whoever gets it")


class NewNote(BaseModel):
    """A note to leave."""

    text: str


class Tags(BaseModel):
    """All the tags a conversation is to have."""

    tags: list[str]


@routes.get("", response_model=Listed[Conversation])
@needs(Permission.READ)
def list_conversations(call: Caller, query: FromQuery[ConversationQuery]) -> Page[ConversationItem]:
    """Conversations, the one that moved last first."""
    return inbox.list_conversations(call.session, call.actor, **query.model_dump())


@routes.get("/{conversation_id}", response_model=Conversation)
@needs(Permission.READ)
def get_conversation(call: Caller, conversation_id: Id) -> ConversationItem:
    """One conversation."""
    return inbox.get_conversation(call.session, call.actor, conversation_id)


@routes.patch("/{conversation_id}", response_model=Conversation)
@needs(Permission.ANSWER)
def change_conversation(
    call: Caller, conversation_id: Id, body: ConversationChange
) -> ConversationItem:
    """Change a conversation's status, assignee, team, priority or tags."""
    who = (call.session, call.actor, conversation_id)
    if body.status is not None:
        inbox.set_status(*who, body.status, body.snoozed_until)
    if "team" in body.model_fields_set:
        assignment.assign_team(*who, body.team)
    if "assignee" in body.model_fields_set:
        inbox.assign(*who, body.assignee)
    if body.priority is not None:
        inbox.set_priority(*who, body.priority)
    if body.tags is not None:
        inbox.set_tags(*who, body.tags)
    return inbox.get_conversation(*who)


@routes.get("/{conversation_id}/messages", response_model=Listed[Message])
@needs(Permission.READ)
def list_messages(call: Caller, conversation_id: Id, query: FromQuery[Paging]) -> Page[MessageItem]:
    """A conversation's messages, newest first."""
    return messages.thread(call.session, call.actor, conversation_id, **query.model_dump())


@routes.post("/{conversation_id}/messages", status_code=202, response_model=Queued)
@needs(Permission.ANSWER)
def reply(call: Caller, conversation_id: Id, body: Content) -> MessageItem:
    """Queue an answer; outside the 24-hour window only a template (`window_closed`)."""
    return messages.reply(call.session, call.actor, conversation_id, **body.said())


@routes.get("/{conversation_id}/notes", response_model=Listed[Note])
@needs(Permission.READ)
def list_notes(call: Caller, conversation_id: Id, query: FromQuery[Paging]) -> Page[NoteItem]:
    """What staff wrote to each other, oldest first."""
    return page_of(notes.list_notes(call.session, call.actor, conversation_id), query)


@routes.post("/{conversation_id}/notes", status_code=201, response_model=Note)
@needs(Permission.ANSWER)
def add_note(call: Caller, conversation_id: Id, body: NewNote) -> NoteItem:
    """Leave a note for colleagues."""
    return notes.add_note(call.session, call.actor, conversation_id, body.text)


@routes.post("/{conversation_id}/assign", response_model=Conversation)
@needs(Permission.ANSWER)
def assign(call: Caller, conversation_id: Id, body: Assignment) -> ConversationItem:
    """Give a conversation to a colleague, a team, or to nobody, with a word on why."""
    if not body.model_fields_set:
        raise Invalid("Say whom it is given to.", field="assignee")
    to = {"user_id": body.assignee, "team_id": body.team, "note": body.note}
    return assignment.transfer(call.session, call.actor, conversation_id, **to)


@routes.post("/{conversation_id}/tags", response_model=Conversation)
@needs(Permission.ANSWER)
def set_tags(call: Caller, conversation_id: Id, body: Tags) -> ConversationItem:
    """Replace a conversation's tags."""
    return inbox.set_tags(call.session, call.actor, conversation_id, body.tags)


@routes.post("/{conversation_id}/handoff", response_model=Conversation)
@needs(Permission.ANSWER)
def hand_off(call: Caller, conversation_id: Id) -> ConversationItem:
    """From here on a person speaks, not the bot."""
    return inbox.hand_off(call.session, call.actor, conversation_id)


@routes.post("/{conversation_id}/resume-bot", response_model=Conversation)
@needs(Permission.ANSWER)
def resume_bot(call: Caller, conversation_id: Id) -> ConversationItem:
    """Give the conversation back to its bot."""
    return inbox.resume_bot(call.session, call.actor, conversation_id)


@routes.post("/{conversation_id}/reset-bot", response_model=Conversation)
@needs(Permission.ANSWER)
def reset_bot(call: Caller, conversation_id: Id) -> ConversationItem:
    """Take the conversation out of its bot; the customer's next message begins anew."""
    return bot_sessions.reset_bot(call.session, call.actor, conversation_id)


@routes.get("/{conversation_id}/bot-session", response_model=BotSession | None)
@needs(Permission.READ)
def get_bot_session(call: Caller, conversation_id: Id) -> BotSessionItem | None:
    """Where the conversation is in a bot; nothing (204) if it is in none."""
    return bot_sessions.session_of(call.session, call.actor, conversation_id)
