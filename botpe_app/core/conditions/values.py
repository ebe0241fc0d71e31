"""JSON values as texts and numbers, and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import cast

from botpe_app.errors import Invalid

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # fmt: skip  # noqa: E501
MOST_DIGITS = 36
_LARGEST_EXPONENT = 100
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")


def plain(text: str) -> str:
    """`text` without what no database takes: noughts, and halves of surrogate pairs (then `?`)."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "")


def clean(value: object) -> object:
    """A copy of a JSON value that any database takes. Raises RecursionError where it is deep."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        held = cast("dict[object, object]", value)
        return {plain(str(name)): clean(inner) for name, inner in held.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in cast("list[object]", value)]
    return value


def as_text(value: object) -> str:
    """The value as people read it: nothing is "", a list or object its JSON."""
    if isinstance(value, str):
        return plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    try:
        return plain(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return ""


def number_text(value: float | Decimal) -> str:
    """The number without exponent and without noughts at its end: 1200, 0.5."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return ""
    written = f"{exact:f}"
    return (written.rstrip("0").rstrip(".") or "0") if "." in written else written


def parse_number(text: str) -> Decimal | None:
    """The number that `text` is (123, 1.5, .5; no sign but minus, no exponent), else None.

    None as well for one with over 36 digits that count, or beyond 1e100.
    """
    written = text.strip(SPACE)
    if len(written) > 2 * _LARGEST_EXPONENT or not _NUMBER.fullmatch(written):
        return None
    return _fitting(Decimal(written))


def _fitting(number: Decimal) -> Decimal | None:
    if not number:
        return Decimal(0)
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        return None
    digits = number.as_tuple().digits
    if len(digits) <= MOST_DIGITS or not any(digits[MOST_DIGITS:]):
        return number
    return None


def number_or_none(value: object) -> Decimal | None:
    """The number that a value is or spells, else None. True and false are no numbers."""
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _fitting(value if isinstance(value, Decimal) else Decimal(str(value)))
    return None


def as_number(value: object, field: str) -> Decimal:
    """The number that a value is or spells. Raises Invalid, naming `field`."""
    found = number_or_none(value)
    if found is None:
        raise Invalid(f"{field} must be a number like 42 or -1.5.", field=field)
    return found


def json_number(number: Decimal) -> int | float:
    """The number for JSON: whole numbers exactly, others to the 15 digits a float keeps."""
    return int(number) if number == number.to_integral_value() else float(number)


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is an object, else an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def items(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def lower(text: str) -> str:
    """Lower case letter by letter, so that a letter's case never depends on its neighbours."""
    if text.isascii():
        return text.lower()
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)
