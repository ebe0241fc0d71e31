"""Tests on the dates and times in a text, and reading them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone

from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import NO, Result, operator
from botpe_app.core.conditions.values import as_text
from botpe_app.core.conditions.zones import located
from botpe_app.errors import Invalid

_SEPARATOR = r"[-.\\/_ ]"
_SHORT, _YEAR = "([0-9]{1,2})", "([0-9]{4}|[0-9]{2})"
_PARTS = {"d": _SHORT, "m": _SHORT, "y": _YEAR}
_DATES = {
    order: re.compile(rf"\b{_SEPARATOR.join(_PARTS[part] for part in order)}\b", re.ASCII)
    for order in ("dmy", "mdy", "ymd")
}
_TIME = re.compile(
    r"\b([0-9]{1,2})(?::?([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?\W*([aApP][mM])?\b", re.ASCII
)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_BLANK = " \n\r\t"


def iso(moment: datetime) -> str:
    """A moment as `2026-11-23T09:30:00.000000+05:30`, or with Z in UTC."""
    local = moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    offset = moment.utcoffset() or timedelta()
    hours, minutes = divmod(int(abs(offset).total_seconds()) // 60, 60)
    sign = "-" if offset < timedelta() else "+"
    return local + (f"{sign}{hours:02}:{minutes:02}" if offset else "Z")


def parse_moment(text: str, env: Env, *, fill: bool) -> datetime | None:
    """The moment a text names: in ISO 8601, or a date in the environment's order with a time.

    Without a time it is midnight, or with `fill` the time it is now. None if there is no date.
    """
    text = text.strip(_BLANK)
    exact = _iso_moment(text)
    if exact is not None:
        return exact
    day, rest = _date(text, env)
    if day is None:
        return None
    at = parse_time(rest) or (env.now.time() if fill else time())
    try:
        return located(datetime.combine(day, at.replace(tzinfo=None)), env.timezone)
    except OverflowError:
        return None


def parse_time(text: str) -> time | None:
    """The first time of day in a text: `10:30`, `1030`, `10 pm`, `10`; 24:00 is midnight."""
    for hour, minute, second, fraction, half in _TIME.findall(text):
        found = _time(int(hour), int(minute or 0), int(second or 0), fraction, half.lower())
        if found is not None:
            return found
    return None


def _time(hour: int, minute: int, second: int, fraction: str, half: str) -> time | None:
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if hour == 24 and not (minute or second or fraction.strip("0")):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second, int(fraction[:6].ljust(6, "0")))


def _date(text: str, env: Env) -> tuple[date | None, str]:
    """The first believable date, and what stands behind it."""
    start = _ISO_DATE.match(text)
    day = _day(start[1], start[2], start[3], env) if start else None
    if start and day:
        return day, text[start.end() :]
    for found in _DATES[env.date_order].finditer(text):
        parts = dict(zip(env.date_order, found.groups(), strict=True))
        day = _day(parts["y"], parts["m"], parts["d"], env)
        if day is not None and day.year >= 1000:
            return day, text[found.end() :]
    return None, text


def _day(year: str, month: str, day: str, env: Env) -> date | None:
    """A year of two digits lies in the last hundred years, this one included."""
    number = int(year)
    if len(year) == 2:
        number += 1900 if number > env.now.year % 1000 else 2000
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _iso_moment(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, *offset = found.groups()
    away = timedelta(hours=int(offset[0] or 0), minutes=int(offset[1] or 0))
    micro = int((fraction or "")[:6].ljust(6, "0"))
    zone = timezone(-away if sign == "-" else away) if away < timedelta(days=1) else UTC
    try:
        clock = time(int(hour), int(minute), int(second or 0), micro, tzinfo=zone)
        return datetime.combine(date(int(year), int(month), int(day)), clock)
    except ValueError:
        return None


_Check = Callable[[date, date], bool]


def _local_day(moment: datetime, env: Env) -> date | None:
    try:
        return moment.astimezone(env.timezone).date()
    except OverflowError:
        return None


def _found(subject: object, env: Env) -> datetime | None:
    return parse_moment(as_text(subject), env, fill=True)


@operator("has_date")
def has_date(subject: object, args: Sequence[object], env: Env) -> Result:
    """A date; extracts it with the time beside it, or the time it is now."""
    found = _found(subject, env)
    return NO if found is None else Result(True, iso(found))


def _on_dates(name: str, check: _Check) -> None:
    @operator(name, 1)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        limit = as_moment(args[0], env, "args[0]")
        found = _found(subject, env)
        days = (found and _local_day(found, env), _local_day(limit, env))
        if found is None or days[0] is None or days[1] is None:
            return NO
        return Result(True, iso(found)) if check(days[0], days[1]) else NO

    _ = test


_on_dates("has_date_lt", lambda day, limit: day < limit)
_on_dates("has_date_eq", lambda day, limit: day == limit)
_on_dates("has_date_gt", lambda day, limit: day > limit)


def as_moment(value: object, env: Env, field: str) -> datetime:
    """The moment that a value names. Raises Invalid, naming `field`."""
    found = parse_moment(as_text(value), env, fill=False)
    if found is None:
        raise Invalid(f"{field} must be a date like 2026-11-23.", field=field)
    return found


@operator("has_time")
def has_time(subject: object, args: Sequence[object], env: Env) -> Result:
    """A time of day; extracts it as `10:30:00.000000`."""
    found = parse_time(as_text(subject))
    return NO if found is None else Result(True, found.isoformat(timespec="microseconds"))
