"""The shapes of bots: what comes in and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from botpe_app.services.bot_replay import MOST_CONVERSATIONS
from botpe_app.web.api.shapes import Id, Moment, Paging, Shape


class Bot(Shape):
    """A bot. `flow` is its draft; `version` answers customers, null before the first publish."""

    id: Id
    name: str
    account_id: Id | None
    status: str
    flow: dict[str, Any]
    dialogues: list[dict[str, Any]]
    revision: int
    version: int | None
    created_at: Moment
    updated_at: Moment


class PublishedBot(Bot):
    """A bot just published. Of the conversations under way `migrated` came along to the new
    version, where that was asked for; `kept` could not and stay in theirs."""

    migrated: int
    kept: int


class BotSession(Shape):
    """A customer in a bot. `stuck` says why it does not go on, null if it may."""

    id: Id
    conversation_id: Id
    contact: str
    bot_id: Id
    bot_name: str
    version: int
    status: str
    node_id: str
    waits_for: str
    due_at: Moment | None
    started_at: Moment
    moved_at: Moment
    stuck: str | None


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
    """How the conversation went. `path` are the nodes it came to; `began` counts the lines before
    each input; `waits_for` names the node that waits, and for what."""

    transcript: list[dict[str, Any]]
    began: list[int]
    path: list[str]
    steps: list[dict[str, Any]]
    variables: dict[str, Any]
    contact: dict[str, Any]
    status: str
    waits_for: dict[str, Any] | None
    problems: list[Problem]
    notes: list[str]


class Tests(Shape):
    """How the dialogues went; `traffic` is of the customers of the last 90 days."""

    passed: int
    failed: int
    results: list[dict[str, Any]]
    coverage: dict[str, Any]
    problems: list[Problem]


class ReplayedConversation(Shape):
    """A real conversation beside what it would be; `difference` is the first line that differs."""

    session_id: Id
    conversation_id: Id
    contact: str
    version: int
    started_at: Moment
    same: bool
    difference: dict[str, Any] | None
    recorded: list[dict[str, Any]]
    replayed: list[dict[str, Any]]
    recorded_path: list[str]
    replayed_path: list[str]
    recorded_status: str
    replayed_status: str
    notes: list[str]


class Replayed(Shape):
    """The last conversations, newest first, and how many would be the same or differ."""

    summary: dict[str, Any]
    conversations: list[ReplayedConversation]
    problems: list[Problem]


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
    dialogues: list[dict[str, Any]] | None = Field(
        None, description="Tried before it is published: `{id, name, lines: [{say} | {expect}]}`"
    )
    revision: int | None = Field(None, description="Refused if the draft was saved since")


class ToCheck(BaseModel):
    """The flow to check, the draft unless given."""

    flow: dict[str, Any] | None = None


class Script(ToCheck):
    """What a customer says: `{"text"}`, `{"button"}`, `{"list"}`, `{"image"}`, `{"form"}` … and
    what calls are answered: `{"callback": {"ok", "data", "error"}}`, in this order."""

    inputs: list[dict[str, Any]]
    contact: dict[str, Any] | None = None
    now: datetime | None = None
    calls: Literal["fail", "wait"] = Field(
        "fail", description="What becomes of a call that the inputs do not answer"
    )

    @field_validator("now")
    @classmethod
    def _in_our_time(cls, value: datetime | None) -> datetime | None:
        if value is not None and not 2000 <= value.year <= 2200:
            raise ValueError("must be between 2000 and 2200")
        return value.astimezone() if value else None


class ToTry(ToCheck):
    """The dialogues to try, the bot's own unless given."""

    dialogues: list[dict[str, Any]] | None = None


class Publishing(BaseModel):
    """How to publish."""

    force: bool = Field(False, description="Also if a dialogue fails")
    migrate: bool = Field(False, description="Take conversations under way along")


class Started(Shape):
    """A bot that is about to begin in a conversation."""

    bot_id: Id
    conversation_id: Id
    contact_id: Id


class Starting(BaseModel):
    """With whom a bot is to begin: one of conversation_id, contact_id and to (E.164)."""

    conversation_id: str | None = None
    contact_id: str | None = None
    to: str | None = None
    trigger_id: str = Field(
        "", description="Which of the bot's API triggers; the first unless named"
    )
    data: dict[str, Any] = Field(default_factory=dict, description="Becomes {{trigger.data}}")
    interrupt: bool = Field(False, description="Also where a bot is in the conversation already")


class Running(Paging):
    """Which conversations are wanted."""

    stuck: bool = Field(False, description="Only those that do not go on")


class Again(ToCheck):
    """How many of the last conversations to have again."""

    count: int = Field(20, ge=1, le=MOST_CONVERSATIONS)


class Back(BaseModel):
    """Which version is to answer again."""

    version: int
