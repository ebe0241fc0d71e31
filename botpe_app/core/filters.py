"""The filters of templates: each takes a value and arguments, and gives the value to go on with.

A filter that cannot do its work (a word where a number should be) leaves the value as it is:
a customer gets a plain message rather than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import cast
from urllib.parse import quote

from botpe_app.core.conditions import Env, located
from botpe_app.core.conditions.dates import parse_moment, parse_time
from botpe_app.core.conditions.values import (
    as_text,
    items,
    json_number,
    number_or_none,
    parse_number,
)

Arguments = Sequence[str]
Apply = Callable[[object, Arguments, Env], object]
LONGEST = 10_000  # characters of a text, so that no chain of filters grows without end
_MOST_PLACES = 10
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FIELD = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|HH|H|hh|h|mm|ss|A|a|.", re.DOTALL)


def is_empty(value: object) -> bool:
    """Whether there is nothing: no value, a blank text, an empty list or object."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _argument(args: Arguments, place: int, default: str = "") -> str:
    return args[place] if len(args) > place else default


def _whole(args: Arguments, place: int, default: int, most: int) -> int:
    number = parse_number(_argument(args, place, str(default)))
    return max(-most, min(most, int(number))) if number is not None else default


def _on_text(change: Callable[[str, Arguments], object]) -> Apply:
    def apply(value: object, args: Arguments, env: Env) -> object:
        changed = change(as_text(value), args)
        return changed[:LONGEST] if isinstance(changed, str) else changed

    return apply


def _truncate(text: str, args: Arguments) -> str:
    most = max(1, _whole(args, 0, 100, LONGEST))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _replace(text: str, args: Arguments) -> str:
    old, new = _argument(args, 0), _argument(args, 1)
    return text.replace(old, new, LONGEST) if old else text


def _word(text: str, args: Arguments) -> str:
    words, place = text.split(), _whole(args, 0, 1, LONGEST)
    at = place - 1 if place > 0 else place
    return words[at] if -len(words) <= at < len(words) else ""


def _split(text: str, args: Arguments) -> list[str]:
    mark = _argument(args, 0, ",") or ","
    return [piece.strip() for piece in text.split(mark) if piece.strip()]


def _capitalize(text: str, args: Arguments) -> str:
    return text[:1].upper() + text[1:]


def _first(value: object, args: Arguments, env: Env) -> object:
    return items(value)[0] if items(value) else as_text(value)[:1]


def _last(value: object, args: Arguments, env: Env) -> object:
    return items(value)[-1] if items(value) else as_text(value)[-1:]


def _count(value: object, args: Arguments, env: Env) -> int:
    return len(cast("list[object]", value)) if isinstance(value, list | dict) else _length(value)


def _length(value: object) -> int:
    return len(as_text(value))


def _join(value: object, args: Arguments, env: Env) -> str:
    mark = _argument(args, 0, ", ")
    listed = items(value) or ([value] if not is_empty(value) else [])
    return mark.join(as_text(item) for item in listed)[:LONGEST]


def _json(value: object, args: Arguments, env: Env) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST]
    except RecursionError:
        return ""


def _arithmetic(change: Callable[[Decimal, Decimal], Decimal]) -> Apply:
    def apply(value: object, args: Arguments, env: Env) -> object:
        number = Decimal(0) if is_empty(value) else number_or_none(value)
        other = parse_number(_argument(args, 0))
        if number is None or other is None:
            return value
        with localcontext(prec=40):
            return _kept(change(number, other), value)

    return apply


def _kept(number: Decimal, otherwise: object) -> object:
    """The number if it is one that conditions would read again."""
    rounded = _rounded(number, 12) if abs(number) < 10**20 else number
    fits = parse_number(f"{rounded.normalize():f}") if rounded.is_finite() else None
    return otherwise if fits is None else json_number(fits)


def _rounded(number: Decimal, places: int) -> Decimal:
    """Rounded as people do, a half away from nought."""
    with localcontext(prec=120):
        return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _round(value: object, args: Arguments, env: Env) -> object:
    number, places = number_or_none(value), max(0, _whole(args, 0, 0, _MOST_PLACES))
    if number is None:
        return value
    return json_number(_rounded(number, places))


def _number(value: object, args: Arguments, env: Env) -> object:
    """The number as the country writes it, with so many decimals (else those it has)."""
    number = number_or_none(value)
    if number is None:
        return value
    places = max(0, _whole(args, 0, 0, _MOST_PLACES))
    written = f"{_rounded(number, places) if args else number:,f}"
    signs = {",": env.grouping, ".": env.decimal}
    return "".join(signs.get(letter, letter) for letter in written)


def _moment(value: object, env: Env) -> datetime | None:
    found = parse_moment(as_text(value), env, fill=False)
    try:
        return found and found.astimezone(env.timezone)
    except OverflowError:
        return None


def _date(value: object, args: Arguments, env: Env) -> object:
    """A date as `DD-MM-YYYY`, or in the environment's order."""
    parts = {"d": "DD", "m": "MM", "y": "YYYY"}
    usual = "-".join(parts[part] for part in env.date_order)
    moment = _moment(value, env)
    return formatted(moment, _argument(args, 0, usual)) if moment else value


def _time(value: object, args: Arguments, env: Env) -> object:
    moment, clock = _moment(value, env), parse_time(as_text(value))
    if moment is None and clock is not None:
        moment = datetime.combine(env.now.date(), clock)
    return formatted(moment, _argument(args, 0, "HH:mm")) if moment else value


def _later(unit: str) -> Apply:
    def apply(value: object, args: Arguments, env: Env) -> object:
        moment, amount = _moment(value, env), _whole(args, 0, 0, 10**6)
        if moment is None:
            return value
        try:
            later = moment.replace(tzinfo=None) + timedelta(**{unit: amount})
            return located(later, env.timezone).isoformat()
        except OverflowError:
            return value

    return apply


def formatted(moment: datetime, pattern: str) -> str:
    """A moment by letters: YYYY MM DD HH mm ss, MMMM March, ddd Mon, h A 7 PM."""
    hour, month, day = moment.hour % 12 or 12, _MONTHS[moment.month - 1], _DAYS[moment.weekday()]
    half = "PM" if moment.hour > 11 else "AM"
    fields: dict[str, str] = {
        "YYYY": f"{moment.year:04}", "YY": f"{moment.year % 100:02}", "MMMM": month,
        "MMM": month[:3], "MM": f"{moment.month:02}", "M": str(moment.month),
        "DD": f"{moment.day:02}", "D": str(moment.day), "dddd": day, "ddd": day[:3],
        "HH": f"{moment.hour:02}", "H": str(moment.hour), "hh": f"{hour:02}", "h": str(hour),
        "mm": f"{moment.minute:02}", "ss": f"{moment.second:02}", "A": half, "a": half.lower(),
    }  # fmt: skip
    found = cast("list[str]", _FIELD.findall(pattern))
    return "".join(fields.get(field, field) for field in found)


def _default(value: object, args: Arguments, env: Env) -> object:
    return args[0] if is_empty(value) and args else value


FILTERS: dict[str, Apply] = {
    "default": _default,
    "upper": _on_text(lambda text, args: text.upper()),
    "lower": _on_text(lambda text, args: text.lower()),
    "title": _on_text(lambda text, args: " ".join(_capitalize(w, ()) for w in text.split())),
    "capitalize": _on_text(_capitalize),
    "trim": _on_text(lambda text, args: text.strip()),
    "truncate": _on_text(_truncate),
    "replace": _on_text(_replace),
    "word": _on_text(_word),
    "first_word": _on_text(lambda text, args: _word(text, ())),
    "digits": _on_text(lambda text, args: "".join(c for c in text if "0" <= c <= "9")),
    "split": _on_text(_split),
    "url": _on_text(lambda text, args: quote(text, safe="")),
    "first": _first,
    "last": _last,
    "count": _count,
    "join": _join,
    "json": _json,
    "plus": _arithmetic(lambda number, other: number + other),
    "minus": _arithmetic(lambda number, other: number - other),
    "times": _arithmetic(lambda number, other: number * other),
    "divide": _arithmetic(lambda number, other: number / other if other else number),
    "round": _round,
    "number": _number,
    "date": _date,
    "time": _time,
    "add_minutes": _later("minutes"),
    "add_hours": _later("hours"),
    "add_days": _later("days"),
}


def plus(value: object, amount: object) -> object:
    """The sum of two numbers; the first as it is where the second is none."""
    number, other = number_or_none(value), number_or_none(amount)
    if number is None or other is None:
        return value
    with localcontext(prec=40):
        return _kept(number + other, value)
