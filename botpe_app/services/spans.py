"""Which stretch of time figures are wanted for: days as the organization counts them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from sqlmodel import Session

from botpe_app.errors import Invalid
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, organization_of

DAYS, LONGEST_DAYS = 30, 731
_YEARS = range(2000, 2201)
_DAY = len("2026-11-25")


class Span(TypedDict):
    """From a moment to before another one."""

    since: datetime
    until: datetime


def read(
    session: Session,
    actor: Actor,
    since: str | None = None,
    until: str | None = None,
    *,
    now: datetime | None = None,
) -> Span:
    """The stretch, of days or times; a day named as its end is within it. Else the last 30 days.

    Raises Invalid naming `from` or `to`.
    """
    zone = ZoneInfo(organization_of(session, actor).time_zone)
    end = _moment(until, zone, "to", days=1) or (now or utc_now())
    today = end.astimezone(zone).date()
    begun = _moment(since, zone, "from")
    begin = begun or datetime.combine(today - timedelta(days=DAYS - 1), time(), zone)
    if not begin < end:
        raise Invalid("The beginning is before the end.", field="from")
    if end - begin > timedelta(days=LONGEST_DAYS):
        raise Invalid("At most two years.", field="from")
    return {"since": begin.astimezone(UTC), "until": end.astimezone(UTC)}


def _moment(value: str | None, zone: ZoneInfo, field: str, days: int = 0) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid("This is a day like 2026-11-25, or a time.", field=field) from None
    if found.year not in _YEARS:
        raise Invalid("This is a day between 2000 and 2200.", field=field)
    if len(value) <= _DAY:
        found += timedelta(days=days)
    return found if found.tzinfo else found.replace(tzinfo=zone)
