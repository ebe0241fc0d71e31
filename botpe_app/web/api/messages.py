"""/api/messages: sending to anyone, and following what became of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field, model_validator

from botpe_app.core.permissions import Permission
from botpe_app.services import message_undo, messages
from botpe_app.services.views import MessageItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Id, Moment, Shape

routes = router("/messages", "Messages")


class SentBy(Shape):
    """Who spoke. `kind` is contact, user, bot, agent, campaign or api."""

    kind: str
    id: Id | None
    name: str


class MessageProblem(Shape):
    """Why a message failed: WhatsApp's code or one of ours, in words."""

    code: int
    title: str
    details: str


class Message(Shape):
    """A message in or out. `content` is what stands under its type; `text` is one line of it.

    `status` is received for incoming; queued, sending, held, sent, delivered, read, failed or
    uncertain (its answer was lost) for outgoing.
    """

    id: Id
    conversation_id: Id
    direction: str
    type: str
    content: dict[str, Any]
    text: str
    status: str
    wa_message_id: str | None
    sent_by: SentBy
    reply_to: str | None
    error: MessageProblem | None
    reactions: list[str]
    edited: bool
    deleted: bool
    created_at: Moment
    sent_at: Moment | None
    delivered_at: Moment | None
    read_at: Moment | None

    @model_validator(mode="before")
    @classmethod
    def _from_view(cls, item: MessageItem) -> dict[str, Any]:
        who = {"kind": item.sent_by_kind, "id": item.sent_by_id, "name": item.sent_by_name}
        return {**asdict(item), "sent_by": who}


class Queued(Shape):
    """A message that will be sent: `GET /api/messages/{id}` tells what became of it."""

    id: Id
    status: str
    conversation_id: Id


class Context(BaseModel):
    """Which message this one answers."""

    message_id: str = Field(description="Its `wa_message_id`")


class Content(BaseModel):
    """What to say, as the WhatsApp Cloud API writes it: under the name of its type."""

    type: str = Field("text", description="The field below that holds the content")
    text: Any = Field(None, examples=[{"body": "Hello!"}])
    image: Any = Field(None, description="`{id or link, caption?}`")
    video: Any = Field(None, description="`{id or link, caption?}`")
    audio: Any = Field(None, description="`{id or link}`")
    document: Any = Field(None, description="`{id or link, caption?, filename?}`")
    sticker: Any = Field(None, description="`{id or link}`")
    location: Any = Field(None, description="`{latitude, longitude, name?, address?}`")
    contacts: Any = Field(None, description="A list of contact cards")
    reaction: Any = Field(None, description="`{message_id, emoji}`, an empty emoji removes it")
    interactive: Any = Field(None, description="Buttons, lists, flows and more")
    template: Any = Field(None, description="`{name, language: {code}, components?}`")
    context: Context | None = None

    def said(self) -> dict[str, Any]:
        """The arguments of `messages.reply` that say what to send."""
        return {
            "type": self.type,
            "content": getattr(self, self.type, None) if self.type in _KINDS else None,
            "reply_to": self.context.message_id if self.context else None,
        }


_KINDS = set(Content.model_fields) - {"type", "context"}


class NewMessage(Content):
    """A message to a number. `account_id` says which number sends, if there are several."""

    to: str = Field(description="E.164, such as +15550783881, or a WhatsApp user id")
    account_id: str | None = None


@routes.post("", status_code=202, response_model=Queued)
@needs(Permission.ANSWER)
def send_message(call: Caller, body: NewMessage) -> MessageItem:
    """Queue a message to anyone; outside the 24-hour window only a template (`window_closed`)."""
    return messages.send_to(
        call.session, call.actor, to=body.to, account_id=body.account_id, **body.said()
    )


@routes.post("/{message_id}/resend", status_code=202, response_model=Queued)
@needs(Permission.ANSWER)
def resend_message(call: Caller, message_id: Id) -> MessageItem:
    """Send a failed or uncertain message again, as a new one; asked twice, it is sent once.

    An uncertain one probably arrived: only a person can decide that it should go again.
    """
    return messages.resend(call.session, call.actor, message_id)


@routes.post("/{message_id}/cancel", response_model=Message)
@needs(Permission.ANSWER)
def cancel_message(call: Caller, message_id: Id) -> MessageItem:
    """Take back a message that has not left; its status is failed then, with code -114."""
    return message_undo.cancel(call.session, call.actor, message_id)


@routes.get("/{message_id}", response_model=Message)
@needs(Permission.READ)
def get_message(call: Caller, message_id: Id) -> MessageItem:
    """One message with its ticks, or why it failed."""
    return messages.get_message(call.session, call.actor, message_id)
