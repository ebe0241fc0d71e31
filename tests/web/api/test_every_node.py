"""A bot with every kind of node: made by API, driven by signed webhooks, as it was simulated."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from botpe_app.core.flow.nodes import Node
from botpe_app.queue import Lane
from botpe_app.services.outbox import Timing
from botpe_app.whatsapp.signature import sign
from jobs import agents, bot_calls, conversations, outbox
from jobs import drain as drains
from tests.conftest import APP_SECRET, Business
from tests.pretend_graph import Asked, Graph, serving
from tests.services.conversing import answer, flow
from tests.services.ingesting import ANA, change, one, rows, work_off
from tests.web.conftest import Browser
from tests.whatsapp import bodies

Json = dict[str, Any]
SHOP = "https://shop.example.com"


def every_node(other_bot: str, url: str) -> Json:
    """One node of each kind, in the order in which they come."""
    text = {"type": "text", "text": {"body": "Welcome, {{contact.name}}"}}
    place = {"type": "location", "location": {"latitude": 38.7, "longitude": -9.1, "name": "Us"}}
    nodes: list[Json] = [
        {"id": "message", "type": "message", "data": {"messages": [text, place]}},
        {"id": "question", "type": "question", "data": {
            "text": "How many?", "answer": {"type": "number", "whole": True}, "save_to": "amount"}},
        {"id": "buttons", "type": "buttons", "data": {"text": "Sure?", "buttons": [
            {"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]}},
        {"id": "list", "type": "list", "data": {"text": "Which?", "button": "Show", "sections": [
            {"rows": [{"id": "tea", "title": "Tea"}, {"id": "milk", "title": "Milk"}]}],
            "save_to": "what"}},
        {"id": "condition", "type": "condition", "data": {"branches": [{"id": "many", "when": {
            "tests": [{"subject": "{{amount}}", "op": "gt", "args": [2]}]}}]}},
        {"id": "set", "type": "set_variable", "data": {"assignments": [
            {"variable": "sum", "operation": "format", "value": "{{amount}} × {{what}}"}]}},
        {"id": "ai", "type": "ai", "data": {"mode": "classify", "text": "{{what}}", "categories": [
            {"id": "drink", "name": "Milk", "description": "milk"},
            {"id": "food", "name": "Bread", "description": "bread"}]}},
        {"id": "call", "type": "api_call", "data": {
            "url": f"{url}/orders", "mappings": [{"path": "$.state", "variable": "state"}]}},
        {"id": "act", "type": "action", "data": {"actions": [
            {"type": "add_tags", "tags": ["buyer"]}, {"type": "add_note", "text": "{{sum}}"}]}},
        {"id": "template", "type": "template", "data": {
            "template": {"name": "hello", "language": "en"}}},
        {"id": "form", "type": "whatsapp_flow", "data": {
            "text": "Your address, please.", "cta": "Open", "flow_id": "77", "save_to": "form"}},
        {"id": "delay", "type": "delay", "data": {"amount": 1, "unit": "seconds"}},
        {"id": "random", "type": "random", "data": {"branches": [{"id": "a"}, {"id": "b"}]}},
        {"id": "go", "type": "go_to_bot", "data": {"bot_id": other_bot}},
        {"id": "person", "type": "hand_off", "data": {"text": "A colleague checks it."}},
        {"id": "end", "type": "end", "data": {
            "text": "{{sum}} is {{state}}, to {{form.street}}, {{tip}} tip"}},
    ]  # fmt: skip
    edges = [
        "start next message", "message next question", "question next buttons",
        "buttons yes list", "buttons no end", "list next condition", "condition many set",
        "condition else end", "set next ai", "ai drink call", "ai food end", "ai other end",
        "ai error end", "call next act", "call error end", "act next template",
        "template next form", "form next delay", "delay next random", "random a go",
        "random b go", "go next person", "go error end", "person next end",
    ]  # fmt: skip
    return flow(nodes, edges, variables=[{"name": "tip"}])


OTHER = flow(
    [{"id": "tip", "type": "question", "data": {"text": "A tip?", "save_to": "tip"}}],
    ["start next tip"],
    triggers=[],
)
PRESSED = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}
CHOSEN = {"type": "list_reply", "list_reply": {"id": "milk", "title": "Milk"}}
FORM = {"street": "Rua Augusta 12"}
SAID: list[tuple[Json, str, Json]] = [
    ({"text": "hi"}, "text", {"body": "hi"}),
    ({"text": "many"}, "text", {"body": "many"}),
    ({"text": "3"}, "text", {"body": "3"}),
    ({"button": "yes"}, "interactive", PRESSED),
    ({"list": "milk"}, "interactive", CHOSEN),
    ({"form": FORM}, "interactive", {"type": "nfm_reply", "nfm_reply": {
        "name": "flow", "body": "Sent", "response_json": json.dumps(FORM)}}),
    ({"text": "none"}, "text", {"body": "none"}),
]  # fmt: skip
ANSWERS = [
    {"callback": {"data": {"category": "drink"}}},
    {"callback": {"data": {"status": 200, "body": {"state": "on its way"}}}},
]


def accepts(asked: Asked) -> tuple[int, Any]:
    """A Graph API that takes every message, beside a shop that knows an order's state."""
    if asked.path.startswith("/orders") or asked.path == "/":
        return 200, {"state": "on its way"}
    return 200, {"messages": [{"id": f"wamid.out.{len(asked.path)}.{id(asked)}"}]}


@pytest.fixture
def graph(services: str, configure: Callable[..., None]) -> Iterator[Graph]:
    with serving() as found:
        found.answer = accepts
        configure(WHATSAPP_GRAPH_URL=found.url)
        yield found
    drains._stop_requested.clear()


def settle() -> None:
    """What bots ask of an AI and of other programs is done, and heard."""
    drains.run(Lane.AGENTS, agents.open_work, idle_seconds=0.1)
    drains.run(Lane.CONVERSATIONS, conversations.open_work, idle_seconds=0.1)
    answer()


def send() -> None:
    """All that is queued leaves."""
    outbox.drain(Timing(request=5, lease=20), idle_seconds=0.1)


def post(browser: Browser, number: int, kind: str, content: Json) -> None:
    """A signed webhook with a message of Ana's."""
    sent = {"id": f"wamid.{number}", "timestamp": str(int(time.time()) - 60 + number)}
    people = [{"profile": {"name": "Ana"}, "wa_id": ANA}]
    said = bodies.message(kind, content, **sent)
    body = bodies.post(bodies.value(contacts=people, messages=[said]))
    headers = {"X-Hub-Signature-256": sign(APP_SECRET, body)}
    answered = browser("POST", "/webhooks/whatsapp", content=body, headers=headers)
    assert answered.status_code == 200


def shown(kind: str, content: Json) -> tuple[str, Any]:
    """A message as the customer sees it: without a form's token, and how an answer was sent."""
    text = json.dumps(content)
    held = json.loads(text)
    held.get("action", {}).get("parameters", {}).pop("flow_token", None)
    if "nfm_reply" in held:
        return kind, held["nfm_reply"]["response"]
    return kind, held


def test_customers_hear_from_every_kind_of_node_what_the_simulation_said(
    services: str,
    business: Business,
    admin: Browser,
    graph: Graph,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot_calls, "may_reach", lambda address: True)
    other = admin("POST", "/api/bots", {"name": "Tips", "flow": OTHER}).json()["id"]
    assert admin("POST", f"/api/bots/{other}/publish").status_code == 200
    held = every_node(other, f"{graph.url}/v1")
    kinds = {node["type"] for node in held["nodes"]}
    union = Node.__origin__.__args__  # pyright: ignore
    assert kinds == {kind.model_fields["type"].annotation.__args__[0] for kind in union}
    made = admin("POST", "/api/bots", {"name": "All", "flow": held}).json()
    published = admin("POST", f"/api/bots/{made['id']}/publish")
    assert published.status_code == 200, published.text

    inputs = [given for given, _, _ in SAID]
    script = [*inputs[:5], *ANSWERS, *inputs[5:], {"given_back": True}]
    asked = {"inputs": script, "contact": {"name": "Ana"}}
    simulated = admin("POST", f"/api/bots/{made['id']}/simulate", asked).json()
    assert simulated["status"] == "ended", simulated

    for number, (_, kind, content) in enumerate(SAID):
        post(admin, number, kind, content)
        work_off(services)
        answer()
        if number in (4, 5):  # an AI and another program are asked, then a delay passes
            let_the_delay_pass(services)
            settle()
    talk = one(services, "select id, owner from conversations")
    assert talk["owner"] == "human"
    send()  # what was said before is said under the epoch before
    admin("POST", f"/api/conversations/{talk['id']}/resume-bot")
    answer()
    send()

    real = rows(services, "select direction, type, content, status from messages order by id")
    assert [(row["direction"], *shown(row["type"], row["content"])) for row in real] == [
        ("incoming" if line["from"] == "contact" else "outgoing",
         *shown(line["type"], line["content"]))
        for line in simulated["transcript"]
    ]  # fmt: skip
    assert {row["status"] for row in real if row["direction"] == "outgoing"} == {"sent"}
    posted = [one.body["type"] for one in graph.asked if one.path.endswith("/messages")]
    said = [line["type"] for line in simulated["transcript"] if line["from"] == "bot"]
    assert posted == said
    assert simulated["transcript"][-1]["content"]["body"] == (
        "3 × Milk is on its way, to Rua Augusta 12, none tip"
    )
    path = [row["node_id"] for row in rows(
        services, "select node_id from bot_steps where arrived order by id")]  # fmt: skip
    assert path == simulated["path"]


def let_the_delay_pass(url: str) -> None:
    """Its second is over."""
    change(
        url,
        "update bot_sessions set due_at = now(), state ="
        " jsonb_set(state, '{wait,due_at}', to_jsonb(now() - interval '1 second'))"
        " where state -> 'wait' ->> 'kind' = 'timer'",
    )


FAULTS: dict[str, tuple[str, Json]] = {
    "a text that is too long": ("question", {"text": "x" * 5000}),
    "no text": ("question", {"text": ""}),
    "a button too many": ("buttons", {"text": "x", "buttons": [
        {"id": f"b{n}", "title": f"B{n}"} for n in range(4)]}),
    "a title that is too long": ("buttons", {"text": "x", "buttons": [
        {"id": "a", "title": "x" * 21}]}),
    "no branch": ("buttons", {"text": "x", "buttons": [{"id": "lost", "title": "Lost"}]}),
    "an unknown variable": ("question", {"text": "Hello {{nobody}}"}),
    "a broken placeholder": ("question", {"text": "Hello {{contact.name"}),
    "an unknown test": ("condition", {"branches": [
        {"id": "many", "when": {"tests": [{"op": "has_luck"}]}}]}),
    "a bad pattern": ("question", {"text": "x", "answer": {"type": "pattern", "pattern": "("}}),
    "a bad address": ("call", {"url": "ftp://x"}),
    "a secret that is not stored": ("call", {
        "url": "https://x.example", "auth": {"type": "bearer", "secret": "no"}}),
    "a bad path": ("call", {
        "url": "https://x.example", "mappings": [{"path": "$[", "variable": "a"}]}),
    "a bot that is not there": ("go", {"bot_id": "5e1ba07c-0000-4000-8000-000000000000"}),
    "a team that is not there": ("person", {"team_id": "nobody"}),
    "no action": ("act", {"actions": []}),
    "an unknown field": ("delay", {"amount": 1, "colour": "red"}),
    "a delay of no time": ("delay", {"amount": 0}),
    "one share of chance": ("random", {"branches": [{"id": "a"}]}),
    "a form without a name": ("form", {"text": "x", "cta": "Open"}),
    "a template with a bad name": ("template", {"template": {"name": "A b", "language": "en"}}),
}  # fmt: skip


def test_every_planted_fault_is_a_problem_that_names_its_node_and_keeps_the_bot_from_customers(
    admin: Browser,
) -> None:
    other = admin("POST", "/api/bots", {"name": "Tips", "flow": OTHER}).json()["id"]
    good = every_node(other, SHOP)
    bot = admin("POST", "/api/bots", {"flow": good}).json()["id"]
    told = admin("POST", f"/api/bots/{bot}/validate").json()["problems"]
    assert [one for one in told if one["severity"] == "error"] == []
    node, body = "", dict[str, Any]()
    for fault, (node, data) in FAULTS.items():
        nodes = [{**one, "data": data} if one["id"] == node else one for one in good["nodes"]]
        body = {"flow": {**good, "nodes": nodes}}
        told = admin("POST", f"/api/bots/{bot}/validate", body).json()["problems"]
        named = {one["node_id"] for one in told if one["severity"] == "error"}
        assert node in named, f"{fault}: {told}"
    admin("PATCH", f"/api/bots/{bot}", body)
    refused = admin("POST", f"/api/bots/{bot}/publish")
    assert refused.status_code == 422
    assert node in refused.json()["error"]["field"]
