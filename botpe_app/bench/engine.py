"""How many nodes a second the engine visits on one core.

A step is a node visited; reading an answer where the bot had stopped counts as none. In one of
the two figures sessions go through JSON between turns, as they do in Postgres. Seconds are those
of the processor, so that what else the machine does costs nothing.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from botpe_app.core.engine import Context, Program, Ran, Reply, Session, Start, begin, resume
from botpe_app.core.flow import parse

_AIM = 20_000
_ROUNDS = 3
_SECONDS = 1.0  # a round
_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_SAYS = ("hello", "Ann Lee", "3 please", "no thanks", "2", "ann@example.com")


def run() -> dict[str, Any]:
    """Medians of three rounds: steps a second (kept in memory; through JSON), against the aim."""
    program, context = Program(parse(_FLOW), "shop", "1"), _context()
    memory = [_round(program, context, through_json=False) for _ in range(_ROUNDS)]
    stored = [_round(program, context, through_json=True) for _ in range(_ROUNDS)]
    a_second = statistics.median(memory)
    return {
        "steps_per_second": round(a_second),
        "steps_per_second_through_json": round(statistics.median(stored)),
        "microseconds_per_step": round(1e6 / a_second, 2),
        "aim": _AIM,
        "ratio": round(a_second / _AIM, 2),
    }


def _round(program: Program, context: Context, *, through_json: bool) -> float:
    """Steps a second of conversations played for a second."""
    steps, began = 0, time.process_time()
    while (elapsed := time.process_time() - began) < _SECONDS:
        for _ in range(20):
            steps += _conversation(program, context, through_json=through_json)
    return steps / elapsed


def _conversation(program: Program, context: Context, *, through_json: bool) -> int:
    """Plays one conversation to its end; the nodes visited."""
    first, *rest = _SAYS
    around: dict[str, Any] = {"context": context, "token": "one"}
    ran = begin(program, Start(said=Reply(text=first)), now=_NOW, **around)
    steps = _visits(ran)
    for turn, text in enumerate(rest, 1):
        session = _stored(ran.session) if through_json else ran.session
        now = _NOW + timedelta(seconds=turn)
        ran = resume(program, session, Reply(text=text), now=now, **around)
        steps += _visits(ran)
    if ran.session.status != "ended":
        raise AssertionError("The conversation did not come to its end.")
    return steps


def _visits(ran: Ran) -> int:
    return sum(step.arrived for step in ran.path)


def _stored(session: Session) -> Session:
    return Session.read(json.dumps(session.to_json()))


def _context() -> Context:
    contact = {"name": "Ann", "phone": "+14155550123", "tags": ["vip"], "custom_fields": {}}
    return Context(contact=contact, organization={"name": "Shop"}, timezone="Asia/Kolkata")


def _say(node_id: str, *texts: str) -> dict[str, Any]:
    messages = [{"type": "text", "text": {"body": text}} for text in texts]
    return {"id": node_id, "type": "message", "data": {"messages": messages}}


def _test(op: str, *args: object, subject: str = "{{input.text}}") -> dict[str, Any]:
    return {"match": "all", "tests": [{"op": op, "args": list(args), "subject": subject}]}


def _edges(*ways: str) -> list[dict[str, str]]:
    cut = [(*way.partition(">")[0].partition(":")[::2], way.partition(">")[2]) for way in ways]
    return [
        {"id": f"e{n}", "source": source, "source_handle": handle or "next", "target": target}
        for n, (source, handle, target) in enumerate(cut)
    ]


# An ordinary order: messages, questions, buttons, conditions, variables and actions.
_FLOW: dict[str, Any] = {
    "triggers": [{"id": "hi", "type": "keyword", "keywords": ["hello"]}],
    "variables": [{"name": "total", "type": "number", "default": 0}],
    "nodes": [
        {"id": "start", "type": "start"},
        _say("hello", "Hello {{contact.name|there}}!", "Welcome to {{organization.name}}."),
        {"id": "name", "type": "question",
         "data": {"text": "Your name?", "save_to": "name", "answer": {"type": "text"}}},
        {"id": "count", "type": "question",
         "data": {"text": "How many, {{name|first_word}}?", "save_to": "count",
                  "answer": {"type": "number", "least": 1, "most": 9}}},
        {"id": "price", "type": "set_variable",
         "data": {"assignments": [{"variable": "total", "value": "{{count|times:12.5}}"}]}},
        {"id": "large", "type": "condition",
         "data": {"branches": [{"id": "yes", "when": _test("gt", 100, subject="{{total}}")}]}},
        {"id": "offer", "type": "buttons",
         "data": {"text": "{{count}} make {{total|number:2}}. More?", "save_to": "more",
                  "buttons": [{"id": "more", "title": "More"}, {"id": "no", "title": "No, thanks"}],
                  }},
        {"id": "pay", "type": "list",
         "data": {"text": "How will you pay?", "button": "Choose", "sections": [
             {"rows": [{"id": "card", "title": "Card"}, {"id": "cash", "title": "Cash"}]}]}},
        {"id": "cash", "type": "condition",
         "data": {"branches": [
             {"id": "card", "when": _test("has_category", "card", subject="{{results.pay}}")},
             {"id": "cash", "when": _test("has_any_word", "cash 2")}]}},
        {"id": "mail", "type": "question",
         "data": {"text": "Your e-mail?", "save_to": "mail", "answer": {"type": "email"}}},
        {"id": "tag", "type": "action",
         "data": {"actions": [
             {"type": "add_tags", "tags": ["ordered"]},
             {"type": "update_contact", "field": "email", "value": "{{mail}}"}]}},
        _say("thanks", "Thanks, {{name}}: {{count}} for {{total}}, {{results.pay.value}}."),
        {"id": "end", "type": "end"},
    ],
    "edges": _edges(
        "start>hello", "hello>name", "name>count", "count>price", "price>large", "large:yes>thanks",
        "large:else>offer", "offer:more>count", "offer:no>pay", "pay>cash", "cash:card>mail",
        "cash:cash>mail", "cash:else>end", "mail>tag", "tag>thanks", "thanks>end",
    ),
}  # fmt: skip
