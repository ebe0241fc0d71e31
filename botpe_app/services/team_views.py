"""What services hand upstairs of the things staff work with; as in `views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TagItem:
    """A tag of the organization."""

    id: str
    name: str
    color: str  # #rrggbb
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CustomFieldItem:
    """A field that contacts may have; `name` is its key in their `custom_fields`."""

    id: str
    name: str
    label: str
    type: str  # text, number, boolean, date, choice
    options: list[str]  # of a choice
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CannedReplyItem:
    """A text to answer with."""

    id: str
    shortcut: str
    text: str
    category: str
    personal: bool  # only its owner's
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TeamItem:
    """Some people of the organization."""

    id: str
    name: str
    member_ids: list[str]
    created_at: datetime
    assignment: str = "manual"  # manual, round_robin, least_busy


@dataclass(frozen=True, slots=True)
class BusinessHoursItem:
    """When the organization is open; spans like ["09:00", "18:00"] by day, mon to sun."""

    timezone: str
    days: dict[str, list[list[str]]]
    holidays: list[str]
    open_now: bool
