"""/api/bots: bots from draft to answering."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from botpe_app.core.flow import flow_schema
from botpe_app.core.permissions import Permission
from botpe_app.services import bot_library, bot_publishing, bot_simulation, bots
from botpe_app.services.bot_library import LibraryItem
from botpe_app.services.bot_simulation import Played
from botpe_app.services.bot_views import BotItem, Checked, VersionItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/bots", "Bots")


class Bot(Shape):
    """A bot. `flow` is its draft; `version` answers customers, null before the first publish."""

    id: Id
    name: str
    account_id: Id | None
    status: str
    flow: dict[str, Any]
    revision: int
    version: int | None
    created_at: Moment
    updated_at: Moment


class Problem(Shape):
    """Something wrong with a flow; an `error` keeps it from being published."""

    node_id: str | None
    field: str
    severity: str
    message: str
    code: str


class Problems(Shape):
    """What is wrong with a flow, errors first."""

    problems: list[Problem]


class Version(Shape):
    """What was published."""

    id: Id
    version: int
    flow: dict[str, Any]
    is_live: bool
    created_at: Moment


class StartingBot(Shape):
    """A bot to start from. The first text of `example` starts it."""

    id: str
    name: str
    description: str
    example: list[str]
    flow: dict[str, Any]


class Simulated(Shape):
    """How the conversation went. `path` are the nodes it came to."""

    transcript: list[dict[str, Any]]
    path: list[str]
    steps: list[dict[str, Any]]
    variables: dict[str, Any]
    contact: dict[str, Any]
    status: str
    problems: list[Problem]
    notes: list[str]


class BotFields(BaseModel):
    """What may be said of a bot."""

    name: str | None = None
    account_id: str | None = None
    flow: dict[str, Any] | None = None


class NewBot(BotFields):
    """A bot to make: from nothing, from a flow, or from the library."""

    library: str | None = Field(None, description="The id of a bot of /api/bots/library")


class BotChange(BotFields):
    """What may be changed; what is not named stays. `flow` is the draft."""

    status: Literal["active", "paused"] | None = None
    revision: int | None = Field(None, description="Refused if the draft was saved since")


class ToCheck(BaseModel):
    """The flow to check, the draft unless given."""

    flow: dict[str, Any] | None = None


class Script(ToCheck):
    """What a customer says: `{"text"}`, `{"button"}`, `{"list"}`, `{"image"}` … in this order."""

    inputs: list[dict[str, Any]]
    contact: dict[str, Any] | None = None
    now: datetime | None = None

    @field_validator("now")
    @classmethod
    def _in_our_time(cls, value: datetime | None) -> datetime | None:
        if value is not None and not 2000 <= value.year <= 2200:
            raise ValueError("must be between 2000 and 2200")
        return value.astimezone() if value else None


class Back(BaseModel):
    """Which version is to answer again."""

    version: int


@routes.get("", response_model=Listed[Bot])
@needs(Permission.READ)
def list_bots(call: Caller, query: FromQuery[Paging]) -> Page[BotItem]:
    """Bots, newest first."""
    return bots.list_bots(call.session, call.actor, **query.model_dump())


@routes.get("/flow-schema.json", response_model=dict[str, Any])
@needs(Permission.READ)
def get_flow_schema(call: Caller) -> dict[str, Any]:
    """The JSON Schema of a flow."""
    return flow_schema()


@routes.get("/library", response_model=list[StartingBot])
@needs(Permission.READ)
def list_library(call: Caller) -> list[LibraryItem]:
    """Bots to start from."""
    return bot_library.library()


@routes.post("", status_code=201, response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def create_bot(call: Caller, body: NewBot) -> BotItem:
    """Make a bot, of the library if `library` names one."""
    return bots.create_bot(call.session, call.actor, **given(body))


@routes.get("/{bot_id}", response_model=Bot)
@needs(Permission.READ)
def get_bot(call: Caller, bot_id: Id) -> BotItem:
    """One bot."""
    return bots.get_bot(call.session, call.actor, bot_id)


@routes.patch("/{bot_id}", response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def change_bot(call: Caller, bot_id: Id, body: BotChange) -> BotItem:
    """Change a bot's draft, or pause it and let it answer again."""
    fields = given(body)
    status = fields.pop("status", None)
    who = (call.session, call.actor, bot_id)
    if fields.get("flow", 0) is None:
        del fields["flow"]
    if status == "paused":
        bot_publishing.pause_bot(*who)
    changed = bots.update_bot(*who, **fields)
    return bot_publishing.resume_bot(*who) if status == "active" else changed


@routes.delete("/{bot_id}", status_code=204)
@needs(Permission.MANAGE_BOTS)
def delete_bot(call: Caller, bot_id: Id) -> None:
    """Remove a bot that does not answer."""
    bots.delete_bot(call.session, call.actor, bot_id)


@routes.post("/{bot_id}/validate", response_model=Problems)
@needs(Permission.MANAGE_BOTS)
def validate_bot(call: Caller, bot_id: Id, body: ToCheck) -> Checked:
    """What is wrong with the draft, or with the flow given."""
    return bots.validate_bot(call.session, call.actor, bot_id, body.flow)


@routes.post("/{bot_id}/publish", response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def publish_bot(call: Caller, bot_id: Id) -> BotItem:
    """Make the draft a version, which answers from now on."""
    return bot_publishing.publish_bot(call.session, call.actor, bot_id)


@routes.post("/{bot_id}/rollback", response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def roll_back_bot(call: Caller, bot_id: Id, body: Back) -> BotItem:
    """Publish an old version anew."""
    return bot_publishing.roll_back_bot(call.session, call.actor, bot_id, body.version)


@routes.post("/{bot_id}/clone", status_code=201, response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def clone_bot(call: Caller, bot_id: Id) -> BotItem:
    """Make a draft like this bot's."""
    return bots.clone_bot(call.session, call.actor, bot_id)


@routes.post("/{bot_id}/simulate", response_model=Simulated)
@needs(Permission.MANAGE_BOTS)
def simulate_bot(call: Caller, bot_id: Id, body: Script) -> Played:
    """Talk to the draft, or to the flow given, without anybody being written to."""
    return bot_simulation.simulate_bot(call.session, call.actor, bot_id, **dict(body))


@routes.get("/{bot_id}/versions", response_model=Listed[Version])
@needs(Permission.READ)
def list_bot_versions(call: Caller, bot_id: Id, query: FromQuery[Paging]) -> Page[VersionItem]:
    """What was published, newest first."""
    return page_of(bots.list_versions(call.session, call.actor, bot_id), query)
