"""Tests on the numbers in a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import NO, Result, operator
from botpe_app.core.conditions.patterns import Ours
from botpe_app.core.conditions.values import (
    SPACE,
    as_number,
    as_text,
    json_number,
    parse_number,
)

_SPECIAL = frozenset(r"\.+*?()|[]{}^$-")


def numbers(text: str, env: Env) -> Iterator[Decimal]:
    """The numbers in a text from left to right, written in the environment's format.

    Digits of any script count.
    """
    for found in _pattern(env.decimal, env.grouping).finditer(text):
        number = _read(found.group(), env)
        if number is not None:
            yield number


def _read(written: str, env: Env) -> Decimal | None:
    digits = written.strip(SPACE).replace(env.grouping, "") if env.grouping else written
    digits = digits.strip(SPACE).replace(env.decimal, ".")
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(letter, letter)) for letter in digits)
    return parse_number(digits)


@lru_cache(maxsize=64)
def _pattern(decimal: str, grouping: str) -> Ours:
    """A sign, then digits and grouping with decimals behind them, or decimals alone.

    Decimals alone count only behind space or punctuation: `hi.51` has the number 51.
    """
    point, group = _quoted(decimal), _quoted(grouping)
    return Ours(rf"[-+]?(?:[\pN{group}]+(?:{point}[\pN]+)?|(?:\W|^){point}[\pN]+)")


def _quoted(symbol: str) -> str:
    return "".join("\\" + letter if letter in _SPECIAL else letter for letter in symbol)


_Check = Callable[[Decimal, Sequence[Decimal]], bool]


def _on_numbers(name: str, bounds: int, check: _Check) -> None:
    @operator(name, bounds)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        limits = [as_number(arg, f"args[{place}]") for place, arg in enumerate(args)]
        fitting = (n for n in numbers(as_text(subject), env) if check(n, limits))
        found = next(fitting, None)
        return NO if found is None else Result(True, json_number(found))

    _ = test


_on_numbers("has_number", 0, lambda number, limits: True)
_on_numbers("has_number_lt", 1, lambda number, limits: number < limits[0])
_on_numbers("has_number_lte", 1, lambda number, limits: number <= limits[0])
_on_numbers("has_number_eq", 1, lambda number, limits: number == limits[0])
_on_numbers("has_number_gte", 1, lambda number, limits: number >= limits[0])
_on_numbers("has_number_gt", 1, lambda number, limits: number > limits[0])
_on_numbers("has_number_between", 2, lambda number, limits: limits[0] <= number <= limits[1])
