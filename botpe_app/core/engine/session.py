"""A conversation of one customer with a bot: all the engine remembers, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

Status = Literal["waiting", "paused", "ended"]
WaitKind = Literal["reply", "callback", "timer", "person"]
# How a session ended: its flow's end, silence, another bot, outside business hours, a fault.
Ending = Literal["", "completed", "expired", "timed_out", "interrupted", "closed", "failed"]


@dataclass(slots=True)
class Frame:
    """A bot and where it is; the one that runs is the last of a session's."""

    bot_id: str = ""
    version: str = ""
    node_id: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """What the session waits for. `token` is good once: what answers must carry it.

    A reply's time counts from when its message was sent: until `message_sent` tells, `due_at`
    is None. A callback's and a timer's count from when the wait began.
    """

    kind: WaitKind
    token: str
    timeout_seconds: float | None = None
    due_at: datetime | None = None


@dataclass
class Session:
    """Where a customer is in a bot. The engine never changes the one it is given."""

    status: Status = "waiting"
    ending: Ending = ""
    frames: list[Frame] = field(default_factory=list[Frame])
    wait: Wait | None = None
    held: Wait | None = None  # what it waited for when a person took over
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    results: dict[str, Any] = field(
        default_factory=dict[str, Any]
    )  # of questions, choices, conditions and calls, by name
    match: dict[str, Any] = field(default_factory=dict[str, Any])  # of the last of them
    trigger: dict[str, Any] = field(default_factory=dict[str, Any])
    input: dict[str, Any] = field(default_factory=dict[str, Any])  # what the customer said last
    tries: int = 0  # at the node it waits at
    fallbacks: int = 0  # answers in a row that were not understood
    steps: int = 0  # nodes visited since the customer said something
    messages: int = 0  # sent since then
    started_at: datetime | None = None
    last_input_at: datetime | None = None
    expires_at: datetime | None = None

    def draft(self) -> Session:
        """A copy to work on: its variables and frames may be changed, the rest replaced."""
        copy = object.__new__(Session)
        copy.__dict__.update(self.__dict__)
        copy.variables = dict(self.variables)
        copy.frames = [Frame(one.bot_id, one.version, one.node_id) for one in self.frames]
        return copy

    @property
    def bots(self) -> list[tuple[str, str]]:
        """(bot id, version) of every bot that must be at hand to go on."""
        return [(frame.bot_id, frame.version) for frame in self.frames]

    def to_json(self) -> dict[str, Any]:
        """The session as a JSON object, without what is as it was in a new one."""
        return _adapter().dump_python(self, mode="json", exclude_defaults=True)

    @staticmethod
    def read(raw: object) -> Session:
        """The session of a JSON object, or of its text. Raises ValueError."""
        if isinstance(raw, str | bytes):
            return _adapter().validate_json(raw)
        return _adapter().validate_python(raw)


@cache
def _adapter() -> TypeAdapter[Session]:
    return TypeAdapter(Session)
