"""What nodes have others do: an AI, another program, the inbox."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from botpe_app.core.flow.texts import Id, Label, Limit, Line, Name, Part, Url, Value

_Tag = Annotated[str, Limit(100)]


class Category(Part):
    id: Id
    name: Label = ""
    description: Annotated[str, Limit(1000, least=0)] = ""


class Extract(Part):
    """A variable to fill from what was said."""

    variable: Name
    type: Literal["text", "number", "boolean", "date", "list"] = "text"
    description: Annotated[str, Limit(1000, least=0)] = ""


class Ai(Part):
    """Answer with knowledge, sort into categories, or extract variables.

    Without a category that fits the branch is `other`; after a failure it is `error`.
    """

    mode: Literal["answer", "classify", "extract"] = "answer"
    text: Value = "{{input.text}}"
    instructions: Annotated[str, Limit(8000, least=0)] = ""
    categories: Annotated[tuple[Category, ...], Field(max_length=20)] = ()
    fields: Annotated[tuple[Extract, ...], Field(max_length=20)] = ()
    use_knowledge: bool = True
    save_to: Name | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=300)] = 60


class Pair(Part):
    name: Line
    value: Value = ""


class Auth(Part):
    """How a call proves itself; `secret` is the name of a stored secret, never its value."""

    type: Literal["none", "bearer", "basic", "header", "query"] = "none"
    secret: Annotated[str, Limit(100, least=0)] = ""
    name: Annotated[str, Limit(200, least=0)] = ""  # of the user, the header or the parameter


class Content(Part):
    """The body of a call: a JSON value, the fields of a form, or a text."""

    type: Literal["none", "json", "form", "text"] = "none"
    value: JsonValue = None
    fields: Annotated[tuple[Pair, ...], Field(max_length=100)] = ()
    text: Annotated[str, Limit(20_000, least=0)] = ""


class Mapping(Part):
    """A variable filled from the answer by JSONPath: `$.items[0].price`."""

    path: Annotated[str, Limit(500)]
    variable: Name


class ApiCall(Part):
    """A call to another program; `next` after a 2xx answer, else `error`."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Url
    headers: Annotated[tuple[Pair, ...], Field(max_length=50)] = ()
    query: Annotated[tuple[Pair, ...], Field(max_length=50)] = ()
    body: Content = Content()
    auth: Auth = Auth()
    mappings: Annotated[tuple[Mapping, ...], Field(max_length=50)] = ()
    save_to: Name | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10
    retries: Annotated[int, Field(ge=0, le=5)] = 0


class Assign(Part):
    type: Literal["assign"]
    user_id: Line | None = None
    team_id: Line | None = None


class Tags(Part):
    type: Literal["add_tags", "remove_tags"]
    tags: Annotated[tuple[_Tag, ...], Field(min_length=1, max_length=20)]


class UpdateContact(Part):
    """Sets `name`, `email`, `language` or a custom field."""

    type: Literal["update_contact"]
    field: Name
    value: JsonValue = ""


class AddNote(Part):
    type: Literal["add_note"]
    text: Annotated[str, Limit(4096)]


class SetStatus(Part):
    type: Literal["set_status"]
    status: Literal["open", "pending", "resolved", "closed"]


class SendEmail(Part):
    type: Literal["send_email"]
    to: Line
    subject: Line
    body: Annotated[str, Limit(20_000, least=0)] = ""


class CallWebhook(Part):
    """Tells the organization's webhook subscriptions, as an event of this name."""

    type: Literal["call_webhook"]
    event: Name
    payload: JsonValue = None


class Consent(Part):
    type: Literal["opt_in", "opt_out"]


class AddToCampaign(Part):
    type: Literal["add_to_campaign"]
    campaign_id: Line


Action = Annotated[
    Assign
    | Tags
    | UpdateContact
    | AddNote
    | SetStatus
    | SendEmail
    | CallWebhook
    | Consent
    | AddToCampaign,
    Field(discriminator="type"),
]


class Actions(Part):
    actions: Annotated[tuple[Action, ...], Field(min_length=1, max_length=20)]
