"""Small checks that combine into the shape of a whole message.

A check takes a value and the name of its field, and gives the value to keep or raises
Invalid with that name. Limits and words stand where the checks are combined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json

Check = Callable[[object, str], Any]

_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+\.?[^\s]*", re.IGNORECASE)


class Missing(Invalid):
    """Something that must be there is not."""


def units(text: str) -> int:
    """A text's length as WhatsApp may count it: UTF-16 units, never fewer than code points."""
    return len(text) + sum(char > "\uffff" for char in text)


def text(most: int, *, least: int = 1) -> Check:
    """A string of at most so many characters that says something (`least` 0: may be empty)."""

    def check(value: object, field: str) -> str:
        if value is None:
            raise Missing(f"{field} is missing.", field=field)
        if not isinstance(value, str):
            raise Invalid(f"{field} must be a text.", field=field)
        if least and not value.strip():
            raise Missing(f"{field} is empty.", field=field)
        if _UNSENDABLE.search(value):
            raise Invalid(f"{field} holds a character that cannot be sent.", field=field)
        length = units(value)
        if length > most:
            raise Invalid(
                f"{field} has {length:,} characters; WhatsApp takes {most:,}. Shorten it.",
                field=field,
            )
        return value

    return check


def matching(pattern: str, hint: str, most: int) -> Check:
    """A text that matches the whole pattern; `hint` tells people how it must look."""
    compiled, within = re.compile(pattern), text(most)

    def check(value: object, field: str) -> str:
        if compiled.fullmatch(within(value, field)) is None:
            raise Invalid(f"{field} must be {hint}.", field=field)
        return cast("str", value)

    return check


def url(most: int = 2000) -> Check:
    """An http or https address."""
    return matching(_WEB_ADDRESS.pattern, "a web address that starts with https://", most)


def one_of(*words: str) -> Check:
    """One of these words."""

    def check(value: object, field: str) -> str:
        if value is None:
            raise Missing(f"{field} is missing.", field=field)
        if value not in words:
            raise Invalid(f"{field} must be {' or '.join(words)}.", field=field)
        return cast("str", value)

    return check


def number(low: float, high: float) -> Check:
    """A number from `low` to `high`; a string of digits will do."""

    def check(value: object, field: str) -> float:
        if value is None:
            raise Missing(f"{field} is missing.", field=field)
        try:
            found = float(cast("str", value))
        except (TypeError, ValueError, OverflowError):
            found = float("nan")
        if isinstance(value, bool) or not low <= found <= high:
            raise Invalid(f"{field} must be a number from {low:,} to {high:,}.", field=field)
        return found

    return check


def whole(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: object, field: str) -> int:
        if value is None:
            raise Missing(f"{field} is missing.", field=field)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Invalid(f"{field} must be a whole number from {low:,} to {high:,}.", field=field)
        return value

    return check


def flag(value: object, field: str) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise Invalid(f"{field} must be true or false.", field=field)


def anything(value: object, field: str) -> object:
    """Any object, which only the receiver of the message understands."""
    if isinstance(value, dict) and value:
        return cast("Json", value)
    raise Invalid(f"{field} must be an object that is not empty.", field=field)


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others; an optional field may be null."""
    known = {**required, **(optional or {})}

    def check(value: object, field: str) -> Json:
        given = mapping(value, field)
        for name in given:
            if name not in known:
                raise Invalid(
                    f"{field} has no field {name}; it takes {', '.join(known)}.",
                    field=f"{field}.{name}",
                )
        kept = {name: item for name, item in given.items() if item is not None}
        wanted = [name for name in known if name in required or name in kept]
        return {name: known[name](kept.get(name), f"{field}.{name}") for name in wanted}

    return check


def items(of: Check, most: int, *, least: int = 1) -> Check:
    """A list of `least` to `most` such things."""

    def check(value: object, field: str) -> list[Any]:
        if value is None:
            raise Missing(f"{field} is missing.", field=field)
        if not isinstance(value, list):
            raise Invalid(f"{field} must be a list.", field=field)
        listed = cast("list[object]", value)
        if not least <= len(listed) <= most:
            raise Invalid(
                f"{field} has {len(listed)} entries; WhatsApp takes {least} to {most}.",
                field=field,
            )
        return [of(item, f"{field}[{place}]") for place, item in enumerate(listed)]

    return check


def mapping(value: object, field: str) -> Json:
    """The value as an object."""
    if value is None:
        raise Missing(f"{field} is missing.", field=field)
    if not isinstance(value, dict):
        raise Invalid(f"{field} must be an object.", field=field)
    return cast("Json", value)


def unique(values: list[str], field: str, what: str) -> None:
    """Raises Invalid, naming the list, where two of the values are the same."""
    if len(set(values)) < len(values):
        raise Invalid(f"Two entries of {field} have the same {what}.", field=field)
