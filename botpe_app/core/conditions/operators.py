"""The table of tests: what each is called, how many arguments it takes, what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botpe_app.core.conditions.env import Env
from botpe_app.errors import Invalid

MANY = 100


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a test matched, what it extracted, and what else it learned.

    `value` is a JSON value: a text, a number, a date or time in ISO 8601, or the group.
    """

    match: bool
    value: object = None
    extra: dict[str, object] | None = None


NO = Result(match=False)
Test = Callable[[object, Sequence[object], Env], Result]


@dataclass(frozen=True, slots=True)
class Operator:
    """A test and the number of arguments it takes beside its subject."""

    name: str
    fewest: int
    most: int
    test: Test


OPERATORS: dict[str, Operator] = {}


def operator(name: str, fewest: int = 0, most: int | None = None) -> Callable[[Test], Test]:
    """Enters a test under its name; it takes `fewest` to `most` arguments (else exactly)."""

    def enter(test: Test) -> Test:
        OPERATORS[name] = Operator(name, fewest, fewest if most is None else most, test)
        return test

    return enter


def evaluate(op: str, subject: object, args: Sequence[object], env: Env) -> Result:
    """What the test `op` finds in `subject`, a text or any JSON value.

    Raises Invalid (field `op`, `args` or `args[0]`) for what no test can be made of; whatever
    the subject, a test only matches or does not.
    """
    found = OPERATORS.get(op)
    if found is None:
        raise Invalid(f"There is no test {op}.", field="op")
    if not found.fewest <= len(args) <= found.most:
        raise Invalid(f"{op} takes {_count(found)}, not {len(args)}.", field="args")
    return found.test(subject, args, env)


def _count(operator: Operator) -> str:
    if operator.most == MANY:
        return f"{operator.fewest} or more arguments"
    if operator.fewest == operator.most:
        return f"{operator.most} argument{'' if operator.most == 1 else 's'}"
    return f"{operator.fewest} to {operator.most} arguments"
