"""The parts that nodes are made of: what a node's `data` holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from botpe_app.core.conditions.values import mapping
from botpe_app.core.flow.messages import Header, Message
from botpe_app.core.flow.texts import (
    Body,
    ButtonTitle,
    Footer,
    Id,
    Label,
    Limit,
    Line,
    LongBody,
    Name,
    OperatorName,
    OptionalBody,
    Part,
    RowDescription,
    RowTitle,
    Value,
)

LONGEST_WAIT = 30 * 24 * 3600  # seconds
Seconds = Annotated[int, Field(ge=1, le=LONGEST_WAIT)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]


class Messages(Part):
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=10)]


class Waiting(Part):
    """What all nodes share that wait for the customer.

    `retries` tries after the first are answered with `error_text`; then the branch `invalid` is
    taken, or without one the flow's fallback limit counts on. `timeout_seconds` count from when
    the message was sent and lead to the branch `timeout`.
    """

    save_to: Name | None = None
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    error_text: Annotated[str, Limit(1024, least=0)] = ""
    timeout_seconds: Seconds | None = None


class Choice(Part):
    id: Id
    title: ButtonTitle


class Row(Part):
    id: Id
    title: RowTitle
    description: RowDescription = ""


class Section(Part):
    title: Annotated[str, Limit(24, least=0)] = ""
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=10)]


class Option(Part):
    """An answer a question accepts, and what else people call it."""

    id: Id
    title: Line
    synonyms: Annotated[tuple[Line, ...], Field(max_length=50)] = ()


MediaKind = Literal["image", "video", "audio", "document", "sticker"]


class Answer(Part):
    """What a question accepts. Bounds: of a number, a date (`2026-12-31`, `today`), a length."""

    type: Literal[
        "any",
        "text",
        "number",
        "email",
        "phone",
        "date",
        "time",
        "choice",
        "media",
        "location",
        "pattern",
    ] = "any"
    least: float | Line | None = None
    most: float | Line | None = None
    whole: bool = False
    pattern: Annotated[str, Limit(1000, least=0)] = ""
    options: Annotated[tuple[Option, ...], Field(max_length=50)] = ()
    media: tuple[MediaKind, ...] = ()


class Question(Waiting):
    text: LongBody
    answer: Answer = Answer()


class Buttons(Waiting):
    text: Body
    header: Header | None = None
    footer: Footer = ""
    buttons: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=3)]


class ListOf(Waiting):
    text: LongBody
    header: Header | None = None
    footer: Footer = ""
    button: ButtonTitle
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=10)]


class TemplateContent(Part):
    """A template by its name, with components in the words of the Cloud API."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Za-z0-9]{2,8})?$")]
    components: tuple[dict[str, JsonValue], ...] = ()


class Template(Waiting):
    """Waits for one of `replies`, the template's quick replies, where there are any."""

    template: TemplateContent
    replies: Annotated[tuple[Choice, ...], Field(max_length=10)] = ()


class Form(Waiting):
    """A WhatsApp Flow; waits for its answers, saved as an object."""

    text: Body
    header: Header | None = None
    footer: Footer = ""
    cta: Annotated[str, Limit(30)]
    flow_id: Annotated[str, Limit(100, least=0)] = ""
    flow_name: Annotated[str, Limit(200, least=0)] = ""
    mode: Literal["draft", "published"] = "published"
    screen: Annotated[str, Limit(100, least=0)] = ""
    values: Annotated[dict[str, JsonValue], Field(default_factory=dict)]


class Test(Part):
    """One test: `docs/flow-format.md` lists `op` and its arguments. `negate` turns it around."""

    subject: Value = "{{input.text}}"
    op: OperatorName
    args: Annotated[tuple[JsonValue, ...], Field(max_length=100)] = ()
    negate: bool = False


class Group(Part):
    """Tests of which all, or any, must hold; groups nest."""

    match: Literal["all", "any"] = "all"
    tests: Annotated[tuple[TestOrGroup, ...], Field(min_length=1, max_length=50)]


def _kind_of_test(value: object) -> str:
    return "group" if isinstance(value, Group) or "tests" in mapping(value) else "test"


TestOrGroup = Annotated[
    Annotated[Test, Tag("test")] | Annotated[Group, Tag("group")], Discriminator(_kind_of_test)
]


class Branch(Part):
    id: Id
    name: Label = ""
    when: Group


class Condition(Part):
    """The first branch that holds is taken, else `else`. What it extracted can be saved."""

    branches: Annotated[tuple[Branch, ...], Field(min_length=1, max_length=50)]
    save_to: Name | None = None


class Share(Part):
    id: Id
    name: Label = ""
    weight: Annotated[float, Field(gt=0, le=1_000_000)] = 1


class Random(Part):
    branches: Annotated[tuple[Share, ...], Field(min_length=2, max_length=20)]


class Assignment(Part):
    """`set` and `append` keep a single placeholder's type; `format` always makes a text."""

    variable: Name
    operation: Literal["set", "increment", "append", "format", "clear"] = "set"
    value: JsonValue = ""


class Assignments(Part):
    assignments: Annotated[tuple[Assignment, ...], Field(min_length=1, max_length=50)]


class Delay(Part):
    """`for` so long, or `until` a time of day (on a weekday), in the zone of either side."""

    mode: Literal["for", "until"] = "for"
    amount: Annotated[float, Field(gt=0, le=1000)] = 1
    unit: Literal["seconds", "minutes", "hours", "days"] = "minutes"
    time: Clock = "09:00"
    weekday: Day | None = None
    zone: Literal["contact", "organization"] = "contact"


class GoToBot(Part):
    """Another bot of the organization; it shares the variables, and comes back to `next`."""

    bot_id: Line
    comes_back: bool = True


class HandOff(Part):
    """A person takes over. If they give the conversation back, it goes on at `next`."""

    text: OptionalBody = ""
    team_id: Line | None = None
    user_id: Line | None = None
    note: Value = ""


class End(Part):
    """The bot's end; `everything` ends those that called it as well."""

    text: OptionalBody = ""
    everything: bool = False


class Nothing(Part):
    """No settings."""
