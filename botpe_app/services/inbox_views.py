"""What services hand upstairs of the inbox beside conversations themselves; as in `views`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoteItem:
    """A note of the staff, never sent to the customer."""

    id: str
    conversation_id: str
    author: str
    text: str
    created_at: datetime
    mentions: list[str] = field(default_factory=list[str])  # users' ids


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest message of a conversation that a search found."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A conversation of many that could not be changed, and why."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of changing many conversations."""

    changed: int
    failed: list[Failure]


@dataclass(frozen=True, slots=True)
class DraftItem:
    """What a person has begun to write in a conversation."""

    conversation_id: str
    text: str
    updated_at: datetime | None
