"""For how long a conversation may be snoozed with one click. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SNOOZES = {
    "hour": "For an hour",
    "three": "For three hours",
    "tomorrow": "Until tomorrow, 9:00",
    "monday": "Until Monday, 9:00",
    "reply": "Until they write",
}
_MORNING = 9


def until(choice: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When it wakes; None for when the customer writes."""
    if choice in ("hour", "three"):
        return now + timedelta(hours=1 if choice == "hour" else 3)
    local = now.astimezone(zone)
    if choice == "tomorrow":
        return _morning(local + timedelta(days=1))
    if choice == "monday":
        return _morning(local + timedelta(days=7 - local.weekday()))
    return None


def _morning(day: datetime) -> datetime:
    return day.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
