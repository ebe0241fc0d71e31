"""Time zones by name. Their rules are data of the system (or of the package `tzdata`)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from botpe_app.errors import Invalid


@lru_cache(maxsize=1024)
def _find(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such zone, or a name that is no file name
        return None


def zone(name: object, field: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises Invalid, naming `field`."""
    found = _find(name) if isinstance(name, str) else None
    if found is None:
        raise Invalid(f"{field} must be a time zone like Asia/Kolkata.", field=field)
    return found


def located(local: datetime, timezone: ZoneInfo) -> datetime:
    """A local time without zone, in its zone. Raises OverflowError near the years 1 and 9999.

    Where clocks go back or forward it decides as goflow does: by the offset in force when the
    same figures are the time in UTC.
    """
    as_utc = local.replace(tzinfo=UTC)
    guess = as_utc - (as_utc.astimezone(timezone).utcoffset() or UTC.utcoffset(None))
    offset = guess.astimezone(timezone).utcoffset() or UTC.utcoffset(None)
    return (as_utc - offset).astimezone(timezone)
