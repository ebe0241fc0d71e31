"""Flows from the command line: `botpe flow eval` puts their tests to lines of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import click

from botpe_app.errors import Invalid

UNUSABLE = 2


@click.group()
def flow() -> None:
    """Flows of bots."""


@flow.command("eval")
@click.pass_context
def evaluate_lines(context: click.Context) -> None:
    """Put tests of flows to texts: a line of JSON in, a line out.

    In: {"op": "has_number_gt", "text": "12 please", "args": [10], "env": {"timezone",
    "date_format", "country", "now"}}. Out: {"match", "value", "extra"}, or {"error"}.
    """
    usable = False
    for line in _lines(sys.stdin.buffer):
        answer, readable = _answer(line)
        usable = usable or readable
        click.echo(json.dumps(answer))
    if not usable:
        click.echo('botpe: Give lines like {"op": "has_text", "text": "hello"}.', err=True)
        context.exit(UNUSABLE)


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in stream if line.strip())


def _answer(line: bytes) -> tuple[dict[str, Any], bool]:
    """What to print for a line, and whether it was a question at all."""
    try:
        question = _question(line)
    except ValueError as error:
        return {"error": f"The line is no question: {error}"}, False
    try:
        return _evaluated(question), True
    except Invalid as error:
        return {"error": error.message, "field": error.field}, True


def _question(line: bytes) -> dict[str, Any]:
    try:
        question = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply.") from None
    if not isinstance(question, dict) or not isinstance(question.get("op"), str):
        raise ValueError('it must be an object with a text "op".')
    return question


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON.")


def _evaluated(question: dict[str, Any]) -> dict[str, Any]:
    from botpe_app.core.conditions import evaluate, read_env

    op, args = question["op"], question.get("args") or []
    if not isinstance(args, list):
        raise Invalid("args must be a list.", field="args")
    if op.startswith("has_") and "text" not in question:
        raise Invalid("text is missing.", field="text")
    env = read_env(question.get("env"), datetime.now(UTC))
    result = evaluate(op, question.get("text"), args, env)
    return {"match": result.match, "value": result.value, "extra": result.extra}


COMMANDS = (flow,)
