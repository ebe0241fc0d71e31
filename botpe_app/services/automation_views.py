"""What services hand upstairs of automation rules; as in `views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleItem:
    """A rule, and how often and when last it did something."""

    id: str
    name: str
    enabled: bool
    position: int
    trigger: dict[str, Any]
    conditions: dict[str, Any]
    actions: list[dict[str, Any]]
    rest_minutes: int
    stops: bool
    fired: int  # in the last 30 days
    last_fired_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one action; no problem: it is done."""

    type: str
    problem: str


@dataclass(frozen=True, slots=True)
class RunItem:
    """A rule at work in a conversation."""

    id: str
    rule_id: str
    conversation_id: str
    contact_name: str
    outcome: str  # done, partly, failed, held
    steps: list[Step]
    at: datetime


@dataclass(frozen=True, slots=True)
class WouldFire:
    """Something in the past at which a rule would have started."""

    id: str
    conversation_id: str
    contact_name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done: of so many things of the past, the newest it fits."""

    looked_at: int
    count: int
    matches: list[WouldFire]
    about: str  # what was looked at, in words
