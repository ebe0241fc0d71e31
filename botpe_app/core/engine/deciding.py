"""Visits of nodes that decide and remember: condition, chance, variables, delay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from botpe_app.core import filters
from botpe_app.core.conditions import Result, evaluate, located
from botpe_app.core.conditions.hours import DAYS, clock
from botpe_app.core.conditions.values import as_text, items, number_or_none
from botpe_app.core.conditions.zones import zone
from botpe_app.core.engine.turn import Outcome, Turn
from botpe_app.core.engine.visiting import visit
from botpe_app.core.flow.nodes import (
    ELSE,
    ConditionNode,
    DelayNode,
    RandomNode,
    SetVariableNode,
)
from botpe_app.core.flow.nodes import NEXT as NEXT_HANDLE
from botpe_app.core.flow.steps import Assignment, Delay, Group, Test
from botpe_app.errors import Invalid

_NO = Result(match=False)
_LONGEST_LIST = 1000


@visit.register
def _condition(node: ConditionNode, turn: Turn) -> Outcome:
    for branch in node.data.branches:
        found = _group(turn, node.id, branch.when)
        if found.match:
            turn.result(node, branch.id, found.value, found.extra)
            return branch.id
    turn.miss(node, ELSE)
    return ELSE


def _group(turn: Turn, node_id: str, group: Group) -> Result:
    """Whether all, or any, of the tests hold; with what the last one that held extracted."""
    found = _NO
    for test in group.tests:
        is_group = isinstance(test, Group)
        found = _group(turn, node_id, test) if is_group else _test(turn, node_id, test)
        if found.match == (group.match == "any"):
            return found
    return found


def _test(turn: Turn, node_id: str, test: Test) -> Result:
    """One test; an argument it cannot use (a word for a number) makes it not hold."""
    subject = turn.value(test.subject)
    try:
        found = evaluate(test.op, subject, [turn.value(arg) for arg in test.args], turn.env)
    except Invalid as error:
        turn.note("bad_test", node_id, error.message)
        return _NO
    if test.negate:
        return _NO if found.match else Result(True, subject)
    return found


@visit.register
def _random(node: RandomNode, turn: Turn) -> Outcome:
    shares = node.data.branches
    ahead = turn.draw() * sum(share.weight for share in shares)
    for share in shares:
        ahead -= share.weight
        if ahead < 0:
            return share.id
    return shares[-1].id


@visit.register
def _set_variable(node: SetVariableNode, turn: Turn) -> Outcome:
    for assignment in node.data.assignments:
        turn.keep(node.id, assignment.variable, _assigned(turn, assignment))
    return NEXT_HANDLE


def _assigned(turn: Turn, assignment: Assignment) -> object:
    before = turn.values.get(assignment.variable)
    match assignment.operation:
        case "clear":
            return None
        case "format":
            return turn.text(as_text(assignment.value))
        case "increment":
            return _increased(before, turn.value(assignment.value))
        case "append":
            return _appended(before, turn.value(assignment.value))
        case _:
            return turn.value(assignment.value)


def _increased(before: object, amount: object) -> object:
    """The sum; nothing and words count as 0, and increasing by nothing is by 1."""
    number = before if number_or_none(before) is not None else 0
    return filters.plus(number, 1 if filters.is_empty(amount) else amount)


def _appended(before: object, value: object) -> object:
    """A list with one more at its end, or a text with another behind it."""
    if isinstance(before, str) and before:
        return before + as_text(value)
    return [*items(cast("object", before)), value][-_LONGEST_LIST:]


@visit.register
def _delay(node: DelayNode, turn: Turn) -> Outcome:
    return turn.wait("timer", _seconds(turn, node.data))


_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def _seconds(turn: Turn, delay: Delay) -> float:
    if delay.mode == "for":
        return delay.amount * _UNITS[delay.unit]
    timezone = turn.env.timezone
    if delay.zone == "contact" and turn.context.contact_timezone:
        try:
            timezone = zone(turn.context.contact_timezone, "timezone")
        except Invalid:
            timezone = turn.env.timezone
    local = turn.now.astimezone(timezone).replace(tzinfo=None)
    return (located(_next(local, delay), timezone) - turn.now).total_seconds()


def _next(local: datetime, delay: Delay) -> datetime:
    """The next such time of day after `local`, on the weekday if there is one."""
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = start + timedelta(minutes=clock(delay.time, "time"))
    while at <= local or (delay.weekday and DAYS[at.weekday()] != delay.weekday):
        at += timedelta(days=1)
    return at
