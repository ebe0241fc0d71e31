"""Tests on results and groups: objects, not texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import MANY, NO, Result, operator
from botpe_app.core.conditions.values import (
    as_number,
    as_text,
    items,
    lower,
    mapping,
    number_or_none,
)
from botpe_app.errors import Invalid


@operator("has_error")
def has_error(subject: object, args: Sequence[object], env: Env) -> Result:
    """A result that went wrong: an object with `error`; extracts what it says."""
    told = as_text(mapping(subject).get("error"))
    return Result(True, told) if told else NO


@operator("has_group", 1, 2)
def has_group(subject: object, args: Sequence[object], env: Env) -> Result:
    """A list of groups holding the one with that id or name; extracts the group."""
    wanted = as_text(args[0])
    for group in items(subject):
        if wanted in _names(group):
            return Result(True, group)
    return NO


def _names(group: object) -> list[str]:
    if isinstance(group, str):
        return [group]
    return [as_text(value) for key, value in mapping(group).items() if key in _NAMES]


_NAMES = ("uuid", "id", "name")


@operator("has_tag", 1)
def has_tag(subject: object, args: Sequence[object], env: Env) -> Result:
    """A list of tags holding that one, in any case; extracts it as it is written there."""
    wanted = lower(as_text(args[0]))
    tags = [as_text(tag) for tag in items(subject)] or [as_text(subject)]
    found = next((tag for tag in tags if tag and lower(tag) == wanted), None)
    return NO if found is None else Result(True, found)


@operator("has_category", 1, MANY)
def has_category(subject: object, args: Sequence[object], env: Env) -> Result:
    """A result whose `category` (or a text which itself) is one of those; extracts it."""
    category = subject if isinstance(subject, str) else mapping(subject).get("category")
    if not isinstance(category, str):
        raise Invalid("has_category tests a result, which has a category.", field="text")
    return Result(True, category) if category in map(as_text, args) else NO


@operator("has_intent", 2)
def has_intent(subject: object, args: Sequence[object], env: Env) -> Result:
    """A result with an intent of that name, at least that confident (0..1)."""
    return _intent(_intents(subject), args)


@operator("has_top_intent", 2)
def has_top_intent(subject: object, args: Sequence[object], env: Env) -> Result:
    """A result whose most confident intent has that name, and at least that confidence."""
    ranked = sorted(_intents(subject), key=lambda intent: intent[1], reverse=True)
    return _intent(ranked[:1], args)


def _intent(intents: Sequence[tuple[str, Decimal]], args: Sequence[object]) -> Result:
    name, least = as_text(args[0]), as_number(args[1], "args[1]")
    found = next((one for one in intents if one[0] == name and one[1] >= least), None)
    return NO if found is None else Result(True, name, {"confidence": float(found[1])})


def _intents(subject: object) -> list[tuple[str, Decimal]]:
    """(name, confidence) of each intent in a result, in their order.

    A result holds `intent` and `confidence`, or a list `intents`, itself or in `extra`.
    """
    return [*_read(mapping(subject)), *_read(mapping(mapping(subject).get("extra")))]


def _read(holder: Mapping[str, object]) -> Iterator[tuple[str, Decimal]]:
    named = [holder] if "intent" in holder else []
    for intent in [*named, *map(mapping, items(holder.get("intents")))]:
        confidence = number_or_none(intent.get("confidence"))
        name = intent.get("name", intent.get("intent"))
        if isinstance(name, str) and confidence is not None:
            yield name, confidence
