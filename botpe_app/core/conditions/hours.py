"""Business hours: when an organization, or one of its bots, is open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from botpe_app.core.conditions.values import items, mapping
from botpe_app.core.conditions.zones import zone
from botpe_app.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of a week in minutes of the day, Monday first, and dates that are closed."""

    week: tuple[tuple[tuple[int, int], ...], ...] = ((),) * 7
    holidays: frozenset[str] = field(default_factory=frozenset[str])  # YYYY-MM-DD
    timezone: ZoneInfo | None = None

    @staticmethod
    def read(raw: object, name: str = "business_hours") -> Hours:
        """Hours from {"days": {"mon": [["09:00", "18:00"]]}, "holidays": [date], "timezone"}.

        A span that ends before it begins goes over midnight; "24:00" is the end of a day.
        Raises Invalid, its field like `business_hours.days.mon`.
        """
        given = mapping(raw)
        days = mapping(given.get("days"))
        if not isinstance(raw, dict) or set(days) - set(DAYS):
            raise Invalid(f"{name}.days takes {', '.join(DAYS)}.", field=f"{name}.days")
        week = tuple(_spans(days.get(day), f"{name}.days.{day}") for day in DAYS)
        holidays = frozenset(str(day) for day in items(given.get("holidays")))
        timezone = given.get("timezone")
        return Hours(week, holidays, zone(timezone, f"{name}.timezone") if timezone else None)

    def is_open(self, now: datetime) -> bool:
        """Whether `now` falls in a span; the minute a span ends counts as closed."""
        local = now.astimezone(self.timezone) if self.timezone else now
        minute = local.hour * 60 + local.minute
        return self._covers(local, minute) or self._covers(
            local - timedelta(days=1), minute + _END_OF_DAY
        )

    def _covers(self, day: datetime, minute: int) -> bool:
        if day.date().isoformat() in self.holidays:
            return False
        return any(start <= minute < end for start, end in self.week[day.weekday()])


def clock(text: object, name: str) -> int:
    """Minutes since midnight of a time like "09:30". Raises Invalid, naming the field."""
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else _END_OF_DAY + 1
    if minutes > _END_OF_DAY:
        raise Invalid(f"{name} must be a time like 09:30.", field=name)
    return minutes


def between(moment: time, start: int, end: int) -> bool:
    """Whether a time of day lies from `start` up to `end` (minutes), also over midnight."""
    minute = moment.hour * 60 + moment.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


def _spans(raw: object, name: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for place, span in enumerate(items(raw)):
        ends = items(span)
        if len(ends) != 2:
            raise Invalid(f"{name}[{place}] must be two times: [from, to].", field=name)
        start, end = clock(ends[0], f"{name}[{place}][0]"), clock(ends[1], f"{name}[{place}][1]")
        spans.append((start, end if end > start else end + _END_OF_DAY))
    return tuple(spans)
