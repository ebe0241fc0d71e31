"""Reading JSON that others wrote, where anything may be missing or of another type.

Every reader takes any value and never raises; what is not there reads as empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

Json = dict[str, Any]

_LONGEST_ID = 10**40
_LATEST = 253_402_300_799  # the last second of year 9999


def get(item: object, name: str) -> Any:
    """Whatever stands under `name`, else None."""
    return cast("Mapping[str, Any]", item).get(name) if isinstance(item, dict) else None


def mapping(item: object, name: str) -> Json:
    """The object under `name`, else {}."""
    value = get(item, name)
    return cast("Json", value) if isinstance(value, dict) else {}


def listing(item: object, name: str) -> list[Any]:
    """The list under `name`; any other value there counts as a list of that one thing."""
    value = get(item, name)
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def mappings(item: object, name: str) -> list[Json]:
    """The objects among the list under `name`."""
    return [cast("Json", value) for value in listing(item, name) if isinstance(value, dict)]


def first(item: object, name: str) -> Json:
    """The first object in the list under `name`, else {}."""
    found = mappings(item, name)
    return found[0] if found else {}


def text(item: object, name: str) -> str:
    """The string (or the whole number, as its digits: ids come as both) under `name`, else ""."""
    value = get(item, name)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    return str(value) if abs(value) < _LONGEST_ID else ""


def number(item: object, name: str) -> float | None:
    """The number under `name`, also when it was written as a string."""
    value = get(item, name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def whole(item: object, name: str) -> int | None:
    """The whole number under `name`, also when it was written as a string."""
    value = get(item, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 19 and value.isascii():
        return int(value) if value.removeprefix("-").isdigit() else None
    return None


def flag(item: object, name: str) -> bool:
    """Whether true stands under `name`."""
    return get(item, name) is True


def time(item: object, name: str) -> datetime | None:
    """The moment under `name`, given in seconds since 1970; None where there is no usable one."""
    seconds = whole(item, name)
    if seconds is None or not 0 < seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def some(**fields: Any) -> Json:
    """Those of the fields that hold something: not None, "", [] or {}."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
