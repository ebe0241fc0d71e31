"""Comparing a variable with a value: the same words that segments use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from botpe_app.core.conditions.dates import as_moment, parse_moment
from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import MANY, NO, Result, operator
from botpe_app.core.conditions.values import (
    SPACE,
    as_number,
    as_text,
    items,
    lower,
    number_or_none,
)


def _said(value: object) -> str:
    return lower(as_text(value).strip(SPACE))


def equal(value: object, other: object) -> bool:
    """Whether two values are equal: as numbers if both are, else as texts in any case."""
    number, limit = number_or_none(value), number_or_none(other)
    if number is not None and limit is not None:
        return number == limit
    return _said(value) == _said(other)


def _held(value: object, other: object) -> bool:
    """Whether a list holds a value, or a text another."""
    if not isinstance(value, list):
        return _said(other) in _said(value)
    return any(equal(item, other) for item in items(cast("object", value)))


_Holds = Callable[[object, Sequence[object]], bool]


def _on_values(name: str, holds: _Holds, *, fewest: int = 1, most: int = 1) -> None:
    @operator(name, fewest, most)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        return Result(True, subject) if holds(subject, args) else NO

    _ = test


def _is_set(value: object) -> bool:
    return value is not None and value != [] and value != {} and _said(value) != ""


_on_values("eq", lambda value, args: equal(value, args[0]))
_on_values("ne", lambda value, args: not equal(value, args[0]))
_on_values("in", lambda value, args: any(equal(value, arg) for arg in args), most=MANY)
_on_values("not_in", lambda value, args: not any(equal(value, arg) for arg in args), most=MANY)
_on_values("contains", lambda value, args: _held(value, args[0]))
_on_values("not_contains", lambda value, args: not _held(value, args[0]))
_on_values("starts_with", lambda value, args: _said(value).startswith(_said(args[0])))
_on_values("ends_with", lambda value, args: _said(value).endswith(_said(args[0])))
_on_values("exists", lambda value, args: _is_set(value), fewest=0, most=0)
_on_values("not_exists", lambda value, args: not _is_set(value), fewest=0, most=0)


def _on_sizes(name: str, holds: Callable[[Decimal, list[Decimal]], bool], bounds: int = 1) -> None:
    @operator(name, bounds)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        limits = [as_number(arg, f"args[{place}]") for place, arg in enumerate(args)]
        number = number_or_none(subject)
        return Result(True, subject) if number is not None and holds(number, limits) else NO

    _ = test


_on_sizes("lt", lambda number, limits: number < limits[0])
_on_sizes("lte", lambda number, limits: number <= limits[0])
_on_sizes("gt", lambda number, limits: number > limits[0])
_on_sizes("gte", lambda number, limits: number >= limits[0])
_on_sizes("between", lambda number, limits: limits[0] <= number <= limits[1], bounds=2)


def _on_moments(name: str, check: Callable[[datetime, datetime], bool]) -> None:
    @operator(name, 1)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        limit = as_moment(args[0], env, "args[0]")
        found = parse_moment(as_text(subject), env, fill=False)
        return Result(True, subject) if found is not None and check(found, limit) else NO

    _ = test


_on_moments("before", lambda moment, limit: moment < limit)
_on_moments("after", lambda moment, limit: moment > limit)
