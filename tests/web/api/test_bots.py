"""/api/bots from outside."""

from __future__ import annotations

import pytest

from tests.conftest import Business
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
