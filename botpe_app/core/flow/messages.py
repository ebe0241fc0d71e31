"""Messages as a flow holds them: the bodies that `POST /api/messages` takes, with placeholders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from botpe_app.core.flow.texts import Caption, Footer, Limit, Line, LongBody, Part, Url

LONGEST_PAUSE = 60  # seconds before a message


class _Message(Part):
    """`delay_seconds` passes before it leaves, with `typing` shown meanwhile."""

    delay_seconds: Annotated[float, Field(ge=0, le=LONGEST_PAUSE)] = 0
    typing: bool = False


class TextBody(Part):
    body: LongBody
    preview_url: bool = False


class TextMessage(_Message):
    type: Literal["text"]
    text: TextBody


class Media(Part):
    """A file by the `id` of an upload or by a `link`, one of the two."""

    id: Line | None = None
    link: Url | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Media:
        if (self.id is None) == (self.link is None):
            raise PydanticCustomError("one_source", "needs an uploaded file (id) or a link")
        return self


class CaptionedMedia(Media):
    caption: Caption = ""


class Document(CaptionedMedia):
    filename: Annotated[str, Limit(240, least=0)] = ""


class Audio(Media):
    voice: bool = False


class ImageMessage(_Message):
    type: Literal["image"]
    image: CaptionedMedia


class VideoMessage(_Message):
    type: Literal["video"]
    video: CaptionedMedia


class AudioMessage(_Message):
    type: Literal["audio"]
    audio: Audio


class DocumentMessage(_Message):
    type: Literal["document"]
    document: Document


class StickerMessage(_Message):
    type: Literal["sticker"]
    sticker: Media


class Location(Part):
    """A place in degrees; texts are for placeholders."""

    latitude: float | Line
    longitude: float | Line
    name: Annotated[str, Limit(1000, least=0)] = ""
    address: Annotated[str, Limit(1000, least=0)] = ""


class LocationMessage(_Message):
    type: Literal["location"]
    location: Location


class ContactsMessage(_Message):
    type: Literal["contacts"]
    contacts: Annotated[tuple[dict[str, JsonValue], ...], Field(min_length=1, max_length=257)]


class Reaction(Part):
    """The emoji put on the customer's last message; empty takes it back."""

    emoji: Annotated[str, Limit(64, least=0)]


class ReactionMessage(_Message):
    type: Literal["reaction"]
    reaction: Reaction


Interactive = Literal[
    "cta_url",
    "location_request_message",
    "address_message",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "voice_call",
    "button",
    "list",
    "flow",
]


class InteractiveMessage(_Message):
    """Links, products and requests, in the words of the Cloud API."""

    type: Literal["interactive"]
    interactive: dict[str, JsonValue]

    @model_validator(mode="after")
    def _known(self) -> InteractiveMessage:
        if self.interactive.get("type") not in Interactive.__args__:
            raise PydanticCustomError(
                "interactive_type", "has an interactive message of no type that WhatsApp knows"
            )
        return self


Message = Annotated[
    TextMessage
    | ImageMessage
    | VideoMessage
    | AudioMessage
    | DocumentMessage
    | StickerMessage
    | LocationMessage
    | ContactsMessage
    | ReactionMessage
    | InteractiveMessage,
    Field(discriminator="type"),
]


class Header(Part):
    """What stands above a choice: a line of text or a file."""

    type: Literal["text", "image", "video", "document"]
    text: Annotated[str, Limit(60, least=0)] = ""
    image: Media | None = None
    video: Media | None = None
    document: Document | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> Header:
        if not getattr(self, self.type):
            raise PydanticCustomError("header", "says {type} and holds none", {"type": self.type})
        return self


def content_of(message: _Message) -> dict[str, Any]:
    """The message's content as the Cloud API names it, without fields that are empty."""
    kind: str = getattr(message, "type")  # noqa: B009 - only the kinds of Message have one
    held = message.model_dump(mode="json", exclude_none=True)[kind]
    return {"contacts": held} if kind == "contacts" else without_blanks(held)


def without_blanks(held: dict[str, Any]) -> dict[str, Any]:
    """The object without fields that are "" or false, which all mean the same as absent."""
    kept = {name: value for name, value in held.items() if value not in ("", False)}
    return kept if "emoji" not in held else {**kept, "emoji": held["emoji"]}


__all__ = ["Footer", "Header", "Message", "content_of", "without_blanks"]
