"""Bots built by API: from a description, and by an instruction, with Claude and without."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from botpe_app.claude.prompts import prompt
from botpe_app.core.flow import problems
from tests.claude.messages_api import MessagesApi, fails, says
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

EXAMPLE = re.search(r"```json\n(.*)\n```", prompt("builder_v1"))
assert EXAMPLE
FLOW: dict[str, Any] = json.loads(EXAMPLE[1])
DIALOGUE = {"name": "Hours", "says": ["hello", "Opening hours"], "expects": "monday to friday"}


def writes(flow: Any, **more: Any) -> Any:
    """An answer with this flow, as a text of JSON unless it is one already."""
    text = flow if isinstance(flow, str) else json.dumps(flow)
    return says(json.dumps({"plan": "Tells the hours.", "flow": text, **more}))


def build(ask: Browser, **body: Any) -> dict[str, Any]:
    response = ask("POST", "/api/agents/bot-builder", body)
    assert response.status_code == 200, response.text
    return response.json()


def without(flow: dict[str, Any], node_id: str) -> dict[str, Any]:
    """The flow with a node missing, to which an edge still leads."""
    return {**flow, "nodes": [node for node in flow["nodes"] if node["id"] != node_id]}


def errors(told: dict[str, Any]) -> list[Any]:
    return [one for one in told["problems"] if one["severity"] == "error"]


def test_the_example_in_the_instructions_is_a_bot() -> None:
    assert problems(FLOW) == []


def test_claude_writes_a_bot_that_our_check_accepts(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [writes(FLOW, questions=["On Saturdays?", " "], dialogues=[DIALOGUE])]
    told = build(admin, description="tell our opening hours")
    assert (told["source"], told["questions"], told["plan"]) == (
        "claude", ["On Saturdays?"], "Tells the hours.",
    )  # fmt: skip
    assert errors(told) == []
    places = [(node["position"]["x"], node["position"]["y"]) for node in told["flow"]["nodes"]]
    assert len(set(places)) == len(places) == 4
    (played,) = told["dialogues"]
    assert played["passed"]
    assert "Monday" in str(played["transcript"][-1]["content"])
    run = admin("GET", "/api/agents/runs").json()["data"][0]
    assert (run["id"], run["agent"], run["success"]) == (told["run_id"], "bot-builder", True)
    assert admin("GET", "/api/bots").json()["data"] == []
    made = admin("POST", "/api/bots", {"flow": told["flow"]})
    assert made.status_code == 201


@pytest.mark.parametrize(
    ("first", "complaint"),
    [
        (writes(without(FLOW, "tell")), "tell"),
        (writes("{not json"), "not the JSON of a flow"),
        (writes(FLOW, dialogues=[{**DIALOGUE, "expects": "on sundays"}]), "on sundays"),
        (says("nonsense"), "JSON"),
    ],
)
def test_what_is_wrong_is_told_to_claude_who_repairs_it(
    claude: MessagesApi, admin: Browser, first: Any, complaint: str
) -> None:
    claude.script = [first, writes(FLOW, dialogues=[DIALOGUE])]
    told = build(admin, description="tell our opening hours")
    assert (told["source"], errors(told), len(claude.asked)) == ("claude", [], 2)
    assert complaint in claude.asked[1]["messages"][-1]["content"]


def test_one_that_stays_wrong_gives_way_to_the_library(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [writes(without(FLOW, "tell"))]
    told = build(admin, description="sell pizza, started by “pizza time”")
    assert (told["source"], errors(told), len(claude.asked)) == ("local", [], 3)
    run = admin("GET", "/api/agents/runs").json()["data"][0]
    assert not run["success"]
    assert "tell" in run["error"]


def test_a_dialogue_that_never_passes_is_told(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [writes(FLOW, dialogues=[{**DIALOGUE, "expects": "on sundays"}])]
    told = build(admin, description="tell our opening hours")
    assert told["source"] == "claude"
    assert [one["severity"] for one in told["problems"] if one["code"] == "dialogue"] == ["warning"]
    assert not told["dialogues"][0]["passed"]


@pytest.mark.parametrize(
    ("description", "trigger"),
    [
        ("Let patients book an appointment at our dental clinic", "appointment"),
        ("Los clientes preguntan por el estado de su pedido, seguimiento", "where is my order"),
        ("vender produtos da minha loja", "shop"),
        ("ask how satisfied people are", "survey"),
        ("🙂", "hello"),
    ],
)
def test_without_a_key_the_nearest_library_bot_is_filled_in(
    admin: Browser, description: str, trigger: str
) -> None:
    told = build(admin, description=f"{description} “psst”")
    assert (told["source"], errors(told)) == ("local", [])
    words = [word for one in told["flow"]["triggers"] for word in one.get("keywords", [])]
    assert trigger in words
    assert "psst" in words
    assert told["questions"]
    assert told["dialogues"][0]["passed"], told["dialogues"][0]
    assert "Acme" in json.dumps(told["flow"])


def test_a_bot_is_changed_by_an_instruction_and_keeps_its_places(
    claude: MessagesApi, admin: Browser
) -> None:
    placed = [
        {**node, "position": {"x": 7, "y": 9 + 300 * n}} for n, node in enumerate(FLOW["nodes"])
    ]
    bot = admin("POST", "/api/bots", {"flow": {**FLOW, "nodes": placed}}).json()
    more = {"id": "more", "type": "end", "data": {"text": "Anything else?"}}
    menu = {**FLOW["nodes"][1], "data": {**FLOW["nodes"][1]["data"], "text": "Hi!"}}
    changed = {**FLOW, "nodes": [FLOW["nodes"][0], menu, more, FLOW["nodes"][3]]}
    changed["edges"] = [
        {**edge, "target": "more"} if edge["target"] == "tell" else edge for edge in FLOW["edges"]
    ]
    claude.script = [writes(changed)]
    told = build(admin, bot_id=bot["id"], instruction="say hi, and ask for more")
    assert told["changes"] == {"added": ["more"], "removed": ["tell"], "changed": ["menu"]}
    places = {node["id"]: node["position"] for node in told["flow"]["nodes"]}
    assert places["menu"] == {"x": 7, "y": 309}
    data = json.loads(claude.asked[0]["messages"][0]["content"])
    assert data["instruction"] == "say hi, and ask for more"
    assert admin("GET", f"/api/bots/{bot['id']}").json()["flow"] == bot["flow"]


@pytest.mark.parametrize("answer", [fails(529), writes({"nodes": []})])
def test_a_bot_that_cannot_be_changed_stays_as_it_is(
    claude: MessagesApi, admin: Browser, answer: Any
) -> None:
    claude.script = [answer]
    told = build(admin, flow=FLOW, instruction="say hi")
    assert (told["flow"], told["source"]) == (FLOW, "local")
    assert told["changes"] == {"added": [], "removed": [], "changed": []}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (422, "invalid", "description")),
        ({"description": " "}, (422, "invalid", "description")),
        ({"description": "x" * 4001}, (422, "invalid", "description")),
        ({"description": 5}, (422, "invalid", "description")),
        ({"flow": FLOW}, (422, "invalid", "instruction")),
        ({"flow": [], "instruction": "x"}, (422, "invalid", "flow")),
        ({"flow": {"nodes": 5}, "instruction": "x"}, (422, "invalid", "flow.nodes")),
        ({"bot_id": "x", "instruction": "x"}, (404, "not_found", None)),
    ],
)
def test_what_cannot_be_built_is_refused(
    admin: Browser, body: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    assert problem(admin("POST", "/api/agents/bot-builder", body)) == expected


def test_another_organizations_bot_is_not_found(
    admin: Browser, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    bot = admin("POST", "/api/bots", {"library": "faq"}).json()["id"]
    stranger = with_key(make_business("Globex", "999").admin)
    refused = stranger("POST", "/api/agents/bot-builder", {"bot_id": bot, "instruction": "x"})
    assert refused.status_code == 404
