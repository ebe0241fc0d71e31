"""When a time of day on certain weekdays was last reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from botpe_app.core.conditions import located
from botpe_app.core.conditions.hours import DAYS, clock

_WEEK = 7


def last_time(now: datetime, zone: ZoneInfo, at: str, days: Sequence[str] = ()) -> datetime:
    """The latest such moment up to `now`: `at` is HH:MM in the zone; no days mean every day.

    A time that a change of clocks leaves out counts where it would have been.
    """
    today = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    for back in range(_WEEK + 1):
        day = today - timedelta(days=back)
        moment = located(day + timedelta(minutes=clock(at, "time")), zone)
        if moment <= now and (not days or DAYS[day.weekday()] in days):
            return moment
    raise AssertionError("a week has every day")  # pragma: no cover
