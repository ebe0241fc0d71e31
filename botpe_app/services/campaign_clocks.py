"""When a campaign may write: its time and quiet hours, by one clock or by each recipient's own.

With the rule `local_time`, `scheduled_at` stands for the hour that clocks in the organization's
zone show then, and each recipient gets it when their own clock shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from botpe_app.core.zones import zone_of_phone

FIELDS = ("time_zone", "timezone")  # custom fields that say it before the phone number does
EARLIEST = ZoneInfo("Pacific/Kiritimati")  # where every hour of the clock comes first


class Located(Protocol):
    """What of a contact tells where their clock is."""

    @property
    def phone(self) -> str | None: ...
    @property
    def custom_fields(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """A campaign's rules of time, and the organization's zone."""

    rules: Mapping[str, Any]
    scheduled_at: datetime | None
    home: ZoneInfo

    @property
    def is_local(self) -> bool:
        """Whether each recipient's own clock counts."""
        return bool(self.rules.get("local_time"))

    def zone_of(self, who: Located) -> ZoneInfo:
        """Whose clock counts for a recipient: a field of theirs, else their number's zone."""
        if not self.is_local:
            return self.home
        named = (who.custom_fields.get(field) for field in FIELDS)
        for name in (*named, zone_of_phone(who.phone)):
            if isinstance(name, str) and (zone := _zone(name)):
                return zone
        return self.home

    def starts_at(self, zone: ZoneInfo) -> datetime | None:
        """When its time has come in a zone; None if it is not scheduled."""
        if self.scheduled_at is None or not self.is_local:
            return self.scheduled_at
        hour = self.scheduled_at.astimezone(self.home).replace(tzinfo=zone)
        return hour.astimezone(UTC)

    def opens_at(self, zone: ZoneInfo, now: datetime) -> datetime:
        """From when on it may write in a zone: not before now, nor in quiet hours."""
        return opens_at(self.rules, max(now, self.starts_at(zone) or now), zone)

    def begins_at(self, now: datetime) -> datetime:
        """From when on it runs: with local clocks as soon as it may write anywhere."""
        return max(now, self.starts_at(EARLIEST) or now)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def is_quiet(rules: Mapping[str, Any], now: time) -> bool:
    """Whether the rules want silence at this time of day; hours may go past midnight."""
    hours = rules.get("quiet_hours")
    if not hours:
        return False
    begin, end = (time.fromisoformat(hours[key]) for key in ("from", "to"))
    return begin <= now < end if begin < end else now >= begin or now < end


def opens_at(rules: Mapping[str, Any], moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or if it is a quiet one in this zone, when the quiet hours end there."""
    local = moment.astimezone(zone)
    if not is_quiet(rules, local.time()):
        return moment
    end = time.fromisoformat(rules["quiet_hours"]["to"])
    ends = datetime.combine(local.date(), end, zone)
    return (ends if ends > local else ends + timedelta(days=1)).astimezone(UTC)
