"""What sets a bot going again: typed, so that a timer or an answer of a program is no message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.errors import Invalid


class _Resume(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Resume):
    """A message of the customer: its text, and for what is more than text type and content."""

    type: Literal["reply"] = "reply"
    text: str = ""
    kind: str = "text"  # the message's type: text, image, location …
    content: dict[str, Any] = Field(default_factory=dict)
    message_id: str = ""


class Button(_Resume):
    """A button or a row of a list that the customer pressed; a template's quick reply."""

    type: Literal["button"] = "button"
    id: str
    title: str = ""
    template: bool = False
    message_id: str = ""


class Filled(_Resume):
    """The answers of a WhatsApp Flow."""

    type: Literal["form"] = "form"
    response: dict[str, Any] = Field(default_factory=dict)
    message_id: str = ""


class Timeout(_Resume):
    """The time of the wait with this token is up."""

    type: Literal["timeout"] = "timeout"
    token: str


class Callback(_Resume):
    """What an AI or another program answered to the call with this token.

    `data`: of an API call {"status", "body"}; of an AI {"text"}, {"category"} or {"values"},
    with "action": "hand_off" where it proposes a person.
    """

    type: Literal["callback"] = "callback"
    token: str
    ok: bool = True
    data: Any = None
    error: str = ""


class Expiry(_Resume):
    """The customer has been silent for as long as the flow allows."""

    type: Literal["expiry"] = "expiry"


class Pause(_Resume):
    """A person takes the conversation over."""

    type: Literal["pause"] = "pause"


class Continue(_Resume):
    """A person gives the conversation back to the bot."""

    type: Literal["continue"] = "continue"


Said = Reply | Button | Filled
Resume = Annotated[
    Reply | Button | Filled | Timeout | Callback | Expiry | Pause | Continue,
    Field(discriminator="type"),
]
_RESUME: TypeAdapter[Any] = TypeAdapter(Resume)


class Start(_Resume):
    """What starts a bot. `type` is a trigger's; `data` becomes `{{trigger.data}}`."""

    type: Literal["message", "template_reply", "api", "tag", "schedule", "bot"] = "message"
    said: Annotated[Said | None, Field(discriminator="type")] = None
    referral: dict[str, Any] = Field(default_factory=dict)
    template: str = ""  # the name of the template that was answered
    tag: str = ""
    trigger_id: str = ""  # of the trigger that matched; "" finds none
    data: dict[str, Any] = Field(default_factory=dict)


def read_resume(raw: object) -> Any:
    """A Resume from JSON. Raises Invalid."""
    try:
        return _RESUME.validate_python(raw)
    except ValueError as error:
        raise Invalid(f"That is nothing a bot can go on with: {error}.", field="type") from None


def from_message(kind: str, content: dict[str, Any], text: str, message_id: str = "") -> Said:
    """What a customer's message is to a bot; `kind` and `content` as messages are stored.

    `text` is the message's one-line preview, for kinds whose content has no words of its own.
    """
    if kind == "button":
        title = as_text(content.get("text"))
        pressed = as_text(content.get("payload")) or title
        return Button(id=pressed, title=title, template=True, message_id=message_id)
    if kind == "interactive":
        return _interactive(mapping(content.get(as_text(content.get("type")))), message_id)
    words = content.get("body") if kind == "text" else content.get("caption")
    said = as_text(words) or (text if kind == "text" else "")
    return Reply(text=said, kind=kind, content=content, message_id=message_id)


def _interactive(inner: Mapping[str, object], message_id: str) -> Said:
    response = inner.get("response")
    if isinstance(response, dict):
        return Filled(response=cast("dict[str, Any]", response), message_id=message_id)
    title = as_text(inner.get("title"))
    return Button(id=as_text(inner.get("id")), title=title, message_id=message_id)


def said_text(said: Said | None) -> str:
    """The words of what was said: a text, a caption, a button's title."""
    if isinstance(said, Button):
        return said.title or said.id
    return said.text if isinstance(said, Reply) else ""
