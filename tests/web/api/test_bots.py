"""/api/bots from outside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Business
from tests.services.conversing import end, say
from tests.services.conversing import flow as flow_of
from tests.services.test_bots import HELLO, changed
from tests.web.api.conftest import problem
from tests.web.conftest import Browser


def test_a_bot_of_the_library_is_made_published_tried_and_paused(
    business: Business, admin: Browser
) -> None:
    items = admin("GET", "/api/bots/library").json()
    assert {"id", "name", "description", "flow", "example"} <= items[0].keys()
    body = {"library": items[0]["id"], "account_id": str(business.account_id)}
    made = admin("POST", "/api/bots", body)
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    address = f"/api/bots/{made.json()['id']}"
    published = admin("POST", f"{address}/publish").json()
    assert (published["status"], published["version"]) == ("active", 1)
    inputs = [{"text": text} for text in items[0]["example"]]
    played = admin("POST", f"{address}/simulate", {"inputs": inputs}).json()
    assert played["transcript"][0] == {
        "from": "contact", "type": "text", "content": {"body": items[0]["example"][0]},
        "node_id": None,
    }  # fmt: skip
    assert played["transcript"][1]["from"] == "bot"
    assert played["problems"] == []
    assert admin("PATCH", address, {"status": "paused"}).json()["status"] == "paused"
    assert admin("PATCH", address, {"status": "active"}).json()["status"] == "active"
    assert len(admin("GET", f"{address}/versions").json()["data"]) == 1
    assert admin("DELETE", address).status_code == 409
    admin("PATCH", address, {"status": "paused"})
    assert admin("DELETE", address).status_code == 204


def test_a_call_waits_on_request_and_is_answered_as_the_inputs_say(admin: Browser) -> None:
    call = {"id": "call", "type": "api_call", "data": {"url": "https://a.example"}}
    edges = ["start next call", "call next good", "call error bad"]
    held = flow_of([call, end("good", "y"), end("bad", "n")], edges)
    address = f"/api/bots/{admin('POST', '/api/bots', {'flow': held}).json()['id']}/simulate"
    hello, answer = {"text": "hi"}, {"callback": {"data": {"status": 200, "body": None}}}

    def played(*inputs: object, **how: str) -> dict[str, Any]:
        return admin("POST", address, {"inputs": inputs, **how}).json()

    assert played(hello)["path"] == ["start", "call", "bad"]
    waiting = played(hello, calls="wait")
    assert (waiting["status"], waiting["waits_for"]["node_id"]) == ("waiting", "call")
    answered = played(hello, answer, calls="wait")
    assert (answered["path"], answered["waits_for"]) == (["start", "call", "good"], None)
    assert answered["began"] == [0, 1]
    wrong = admin("POST", address, {"inputs": [hello], "calls": "maybe"})
    assert problem(wrong) == (422, "invalid", "calls")


def test_real_conversations_are_replayed_with_a_draft(
    services: str, business: Business, admin: Browser
) -> None:
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    admin("POST", f"/api/bots/{bot}/publish")
    say(services, 1, "hi")
    found = admin("POST", f"/api/bots/{bot}/replay").json()
    assert (found["summary"]["same"], found["problems"]) == (1, [])
    assert found["conversations"][0]["recorded"] == found["conversations"][0]["replayed"]
    nodes = [HELLO["nodes"][0], {**HELLO["nodes"][1], "data": {"text": "Who?"}}, HELLO["nodes"][2]]
    draft = {"flow": changed(nodes=nodes), "count": 5}
    told = admin("POST", f"/api/bots/{bot}/replay", draft).json()["conversations"][0]
    assert (told["same"], told["difference"]["line"]) == (False, 1)
    assert told["difference"]["replayed"]["content"] == {"body": "Who?"}
    for wrong in ({"count": 0}, {"count": 201}, {"count": "x"}, {"flow": []}):
        assert problem(admin("POST", f"/api/bots/{bot}/replay", wrong))[:2] == (422, "invalid")


def test_a_failing_dialogue_refuses_publishing_with_its_problems_unless_forced(
    admin: Browser,
) -> None:
    wrong = {"id": "d", "lines": [{"say": "hi"}, {"expect": "Who?"}]}
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    address = f"/api/bots/{bot}"
    saved = admin("PATCH", address, {"dialogues": [wrong]}).json()
    assert (saved["dialogues"], saved["revision"]) == ([wrong], 1)
    told = admin("POST", f"{address}/test").json()
    assert (told["passed"], told["failed"]) == (0, 1)
    assert told["results"][0]["failure"]["heard"] == ["Name?"]
    right = {"id": "d", "lines": [{"say": "hi"}, {"expect": "Name?"}]}
    assert admin("POST", f"{address}/test", {"dialogues": [right]}).json()["passed"] == 1
    refused = admin("POST", f"{address}/publish")
    assert problem(refused) == (422, "invalid", "dialogues[0].lines[1]")
    assert refused.json()["error"]["problems"][0]["code"] == "dialogue_failed"
    assert admin("POST", f"{address}/publish", {"force": True}).json()["status"] == "active"
    assert problem(admin("PATCH", address, {"dialogues": [{}]}))[:2] == (422, "invalid")
    assert problem(admin("PATCH", address, {"dialogues": "x"}))[:2] == (422, "invalid")
    assert admin("PATCH", address, {"dialogues": None}).json()["dialogues"] == [wrong]
    assert "problems" not in admin("POST", "/api/bots", {"name": 5}).json()["error"]


def test_a_bots_figures_are_told_for_a_range(
    services: str, business: Business, admin: Browser
) -> None:
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    admin("POST", f"/api/bots/{bot}/publish")
    say(services, 1, "hi")
    found = admin("GET", f"/api/analytics/bots/{bot}").json()
    assert (found["sessions"], found["running"], found["containment"]) == (1, 1, None)
    assert found["from"] < found["to"]
    assert found["nodes"][0].keys() >= {"node_id", "visits", "dropped", "drop_off", "left_by"}
    past = admin("GET", f"/api/analytics/bots/{bot}?from=2026-01-01&to=2026-01-31").json()
    assert (past["from"], past["sessions"]) == ("2026-01-01T00:00:00Z", 0)
    assert problem(admin("GET", f"/api/analytics/bots/{bot}?from=x"))[2] == "from"


def test_who_is_in_a_bot_is_listed_and_a_conversation_is_reset(
    services: str, business: Business, admin: Browser, agent: Browser
) -> None:
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    done = admin("POST", f"/api/bots/{bot}/publish", {"migrate": True}).json()
    assert (done["migrated"], done["kept"]) == (0, 0)
    say(services, 1, "hi")
    (found,) = agent("GET", f"/api/bots/{bot}/sessions").json()["data"]
    assert (found["node_id"], found["stuck"]) == ("ask", None)
    assert agent("GET", f"/api/bots/{bot}/sessions?stuck=true").json()["data"] == []
    address = f"/api/conversations/{found['conversation_id']}"
    assert agent("GET", f"{address}/bot-session").json() == found
    assert agent("POST", f"{address}/reset-bot").json()["owner"] == "nobody"
    assert agent("GET", f"{address}/bot-session").status_code == 204
    assert problem(agent("POST", f"{address}/reset-bot"))[:2] == (409, "conflict")
    assert problem(admin("POST", f"/api/bots/{bot}/publish", {"migrate": "x"}))[2] == "migrate"


def test_the_schema_of_flows_is_published(admin: Browser) -> None:
    schema = admin("GET", "/api/bots/flow-schema.json").json()
    assert schema["$schema"].endswith("2020-12/schema")
    assert "nodes" in schema["properties"]


def test_problems_name_node_and_field_and_keep_the_bot_from_being_published(
    admin: Browser,
) -> None:
    broken = changed(nodes=[*HELLO["nodes"], {"id": "bad", "type": "message", "data": {}}])
    bot = admin("POST", "/api/bots", {"name": "b", "flow": broken}).json()["id"]
    told = admin("POST", f"/api/bots/{bot}/validate").json()["problems"]
    assert told[0]["node_id"] == "bad"
    assert {"node_id", "field", "severity", "message"} <= told[0].keys()
    assert admin("POST", f"/api/bots/{bot}/validate", {"flow": HELLO}).json() == {"problems": []}
    status, code, field = problem(admin("POST", f"/api/bots/{bot}/publish"))
    assert (status, code) == (422, "invalid")
    assert "bad" in str(field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"flow": "x"}, "flow"),
        ({"flow": {"nodes": {}}}, "flow.nodes"),
        ({"name": 5}, "name"),
        ({"library": "x"}, "library"),
    ],
)
def test_a_body_that_is_no_bot_is_422(admin: Browser, body: object, field: str) -> None:
    assert problem(admin("POST", "/api/bots", body)) == (422, "invalid", field)


def test_an_unknown_number_is_404_and_a_bot_cannot_be_put_on_it(admin: Browser) -> None:
    body = {"account_id": "5e1ba07c-0000-4000-8000-000000000000"}
    assert problem(admin("POST", "/api/bots", body))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"inputs": "x"},
        {"inputs": [5]},
        {"inputs": [{"text": "hi"}], "now": "0001-01-01T00:00:00Z"},
        {"inputs": [{"text": "hi"}], "flow": []},
        {"inputs": [{"text": "hi"}] * 201},
    ],
)
def test_a_script_that_is_none_is_422(admin: Browser, body: object) -> None:
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    assert problem(admin("POST", f"/api/bots/{bot}/simulate", body))[:2] == (422, "invalid")


def test_wild_flows_are_tried_without_a_crash(admin: Browser) -> None:
    bot = admin("POST", "/api/bots", {"flow": HELLO}).json()["id"]
    deep: object = "x"
    for _ in range(150):
        deep = [deep]
    for flow in ({}, {"nodes": []}, {"nodes": [1, None, {"id": "a"}]}, {"nodes": deep}):
        body = {"flow": flow, "inputs": [{"text": "hi"}], "contact": {"tags": 5, "name": None}}
        answered = admin("POST", f"/api/bots/{bot}/simulate", body)
        assert answered.status_code == 200, answered.text
        assert admin("POST", f"/api/bots/{bot}/validate", {"flow": flow}).status_code == 200
