"""Tests on the time it is: weekday, time of day, business hours. An empty subject means now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from botpe_app.core.conditions.dates import parse_moment, parse_time
from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.hours import DAYS, between, clock
from botpe_app.core.conditions.operators import MANY, NO, Result, operator
from botpe_app.core.conditions.values import as_text
from botpe_app.errors import Invalid


def _moment(subject: object, env: Env) -> datetime | None:
    text = as_text(subject)
    moment = parse_moment(text, env, fill=False) if text else env.now
    try:
        return moment and moment.astimezone(env.timezone)
    except OverflowError:
        return None


@operator("is_weekday", 1, MANY)
def is_weekday(subject: object, args: Sequence[object], env: Env) -> Result:
    """One of those days (`mon`, `Monday` …); extracts its three letters."""
    wanted = [as_text(arg).lower()[:3] for arg in args]
    for place, day in enumerate(wanted):
        if day not in DAYS:
            raise Invalid(f"args[{place}] must be one of {', '.join(DAYS)}.", field="args")
    moment = _moment(subject, env)
    day = DAYS[moment.weekday()] if moment else ""
    return Result(True, day) if day in wanted else NO


@operator("is_time_between", 2)
def is_time_between(subject: object, args: Sequence[object], env: Env) -> Result:
    """From the first time up to the second ("22:00", "06:00" goes over midnight)."""
    start, end = clock(args[0], "args[0]"), clock(args[1], "args[1]")
    text = as_text(subject)
    moment = parse_time(text) if text else env.now.time()
    if moment is None or not between(moment, start, end):
        return NO
    return Result(True, moment.isoformat("minutes"))


@operator("is_open")
def is_open(subject: object, args: Sequence[object], env: Env) -> Result:
    """Within business hours; always, where none are set."""
    moment = _moment(subject, env)
    if moment is None or (env.hours and not env.hours.is_open(moment)):
        return NO
    return Result(True, moment.isoformat(timespec="seconds"))
