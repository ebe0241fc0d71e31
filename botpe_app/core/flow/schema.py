"""A flow: the whole definition of a bot, as versioned JSON. `docs/flow-format.md` describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from botpe_app.core.flow.nodes import NEXT, Node
from botpe_app.core.flow.steps import Clock, Day
from botpe_app.core.flow.texts import Id, Label, Limit, Line, Name, Part

VERSION = 1
MOST_NODES = 1000
LONGEST_SESSION = 30 * 24 * 60  # minutes


class Edge(Part):
    """A way from a handle of one node to another node."""

    id: Id
    source: Id
    source_handle: Id = NEXT
    target: Id


class Variable(Part):
    """A name that placeholders may use bare, and where its value is kept.

    `session`: until the conversation with the bot ends; `contact`: a field of the customer;
    `organization`: shared by everybody.
    """

    name: Name
    scope: Literal["session", "contact", "organization"] = "session"
    type: Literal["text", "number", "boolean", "date", "list", "object"] = "text"
    default: JsonValue = None


class _Trigger(Part):
    id: Id


class Keyword(_Trigger):
    """A text; `interrupts`: also in the middle of this or another bot."""

    type: Literal["keyword"]
    match: Literal["exact", "contains", "starts_with", "regex"] = "exact"
    keywords: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    interrupts: bool = False


class AnyMessage(_Trigger):
    """Whatever nobody else answers."""

    type: Literal["any_message"]


class ButtonPress(_Trigger):
    """A button of any message that carries one of these payloads."""

    type: Literal["button"]
    payloads: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]


class Referral(_Trigger):
    """A first message from an ad or a post; without `source_ids` from any of them."""

    type: Literal["referral"]
    source_ids: Annotated[tuple[Line, ...], Field(max_length=100)] = ()


class TemplateReply(_Trigger):
    """An answer to a template, of these names or any."""

    type: Literal["template_reply"]
    templates: Annotated[tuple[Line, ...], Field(max_length=100)] = ()


class Api(_Trigger):
    """Another program's call."""

    type: Literal["api"]


class TagAdded(_Trigger):
    """A contact that gets one of these tags."""

    type: Literal["tag"]
    tags: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]


class Schedule(_Trigger):
    """A time of day on these days (none: every day), for the contacts of a segment."""

    type: Literal["schedule"]
    time: Clock
    days: tuple[Day, ...] = ()
    segment_id: Line | None = None


Trigger = Annotated[
    Keyword | AnyMessage | ButtonPress | Referral | TemplateReply | Api | TagAdded | Schedule,
    Field(discriminator="type"),
]


class Interrupt(Part):
    """Words that do something wherever the flow is."""

    keywords: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    action: Literal["restart", "end", "hand_off", "go_to"] = "restart"
    node_id: Id | None = None  # for go_to


class BusinessHours(Part):
    """Hours of the bot's own (else the organization's), and what to say outside them.

    With a `closed_text` the bot only says that outside hours; without one it always runs.
    """

    days: dict[Day, tuple[tuple[str, ...], ...]] | None = None
    holidays: tuple[str, ...] = ()
    timezone: str = ""
    closed_text: Annotated[str, Limit(1024, least=0)] = ""


class Settings(Part):
    """How the whole flow behaves.

    A session ends after `timeout_minutes` without a word. After `fallback_limit` answers in a
    row that were not understood a person takes over. Empty `timezone`, `country` and
    `date_format` mean the organization's.
    """

    language: Annotated[str, Limit(20, least=0)] = ""
    timezone: Annotated[str, Limit(64, least=0)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    date_format: Literal["", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY-MM-DD"] = ""
    timeout_minutes: Annotated[int, Field(ge=1, le=LONGEST_SESSION)] = 24 * 60
    timeout_text: Annotated[str, Limit(1024, least=0)] = ""
    fallback_limit: Annotated[int, Field(ge=1, le=20)] = 3
    fallback_text: Annotated[str, Limit(1024, least=0)] = "Sorry, I did not understand that."
    hand_off_text: Annotated[str, Limit(1024, least=0)] = "I will ask a colleague to help you."
    interrupts: Annotated[tuple[Interrupt, ...], Field(max_length=20)] = ()
    business_hours: BusinessHours | None = None


class Flow(Part):
    """The definition of a bot. Ids of nodes, edges and triggers are its author's own."""

    version: Literal[1] = VERSION
    name: Label = ""
    triggers: Annotated[tuple[Trigger, ...], Field(max_length=100)] = ()
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=MOST_NODES)]
    edges: Annotated[tuple[Edge, ...], Field(max_length=5 * MOST_NODES)] = ()
    variables: Annotated[tuple[Variable, ...], Field(max_length=500)] = ()
    settings: Settings = Settings()


def flow_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a flow."""
    schema = Flow.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
