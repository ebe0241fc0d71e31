"""Intents by API, and what the agent of intents makes of a text without any key."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.claude.messages_api import MessagesApi, fails, says
from tests.conftest import Business
from tests.web.api.conftest import RFC3339, problem
from tests.web.conftest import Browser

TRACK = {"name": "track", "phrases": ["where is my order", "track my parcel"]}
REFUND = {"name": "refund", "phrases": ["i want my money back", "refund my purchase"]}
SIZE = {"name": "size", "values": [{"value": "large", "synonyms": ["big", " "]}]}


def means(intent: str, question: str = "", confidence: float = 0.9) -> Any:
    told = {"intent": intent, "confidence": confidence, "question": question}
    return says(json.dumps(told))


def ask(admin: Browser, text: str) -> dict[str, Any]:
    response = admin("POST", "/api/agents/intent", {"text": text})
    assert response.status_code == 200, response.text
    return response.json()


def test_an_intent_is_made_read_changed_and_removed(admin: Browser) -> None:
    made = admin("POST", "/api/intents", {**TRACK, "description": "Parcels"})
    assert made.status_code == 201
    intent = made.json()
    assert (intent["name"], intent["description"]) == ("track", "Parcels")
    assert intent["phrases"] == TRACK["phrases"]
    assert RFC3339.fullmatch(intent["created_at"])
    address = f"/api/intents/{intent['id']}"
    assert admin("GET", address).json() == intent
    changed = admin("PATCH", address, {"phrases": ["b", " a ", "b", ""]}).json()
    assert (changed["name"], changed["phrases"]) == ("track", ["b", "a"])
    admin("POST", "/api/intents", REFUND)
    assert [one["name"] for one in admin("GET", "/api/intents").json()["data"]] == [
        "refund", "track",
    ]  # fmt: skip
    assert admin("DELETE", address).status_code == 204
    assert problem(admin("GET", address))[0] == 404


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, (422, "invalid", "name")),
        ({"name": "x" * 81}, (422, "invalid", "name")),
        ({"name": "OOS"}, (422, "invalid", "name")),
        ({"name": 5}, (422, "invalid", "name")),
        ({"phrases": "hello"}, (422, "invalid", "phrases")),
        ({"phrases": [1]}, (422, "invalid", "phrases.0")),
        ({"phrases": ["x" * 501]}, (422, "invalid", "phrases")),
        ({"phrases": [f"p{n}" for n in range(501)]}, (422, "invalid", "phrases")),
        ({"phrases": ["\0"]}, (422, "invalid", "phrases.0")),
        ({"description": "x" * 1001}, (422, "invalid", "description")),
        ({"entities": [{"name": "a b", "values": []}]}, (422, "invalid", "entities")),
        ({"entities": [SIZE, SIZE]}, (422, "invalid", "entities")),
        ({"entities": [{"name": "x", "values": [{"value": "x" * 81}]}]},
         (422, "invalid", "entities")),
        ({"entities": [{"name": "x"}]}, (422, "invalid", "entities.0.values")),
    ],
)  # fmt: skip
def test_an_intent_that_cannot_be_names_its_field(
    admin: Browser, change: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert problem(admin("POST", "/api/intents", {**TRACK, **change})) == expected
    assert admin("GET", "/api/intents").json()["data"] == []


def test_a_name_can_be_given_once_in_any_case_but_kept_by_its_own(admin: Browser) -> None:
    intent = admin("POST", "/api/intents", TRACK).json()
    again = admin("POST", "/api/intents", {**REFUND, "name": "Track"})
    assert problem(again) == (409, "conflict", "name")
    address = f"/api/intents/{intent['id']}"
    assert admin("PATCH", address, {"name": "Track"}).json()["name"] == "Track"


def test_without_intents_the_rest_is_still_told(admin: Browser) -> None:
    text = "Urgent: my order #A-1023 is broken, mail ana@example.com"
    told = ask(admin, text)
    assert (told["intent"], told["confidence"], told["source"]) == (None, 0, "local")
    assert (told["sentiment"], told["urgency"], told["language"]) == ("negative", "high", "en")
    found = {one["name"]: one for one in told["entities"]}
    assert found["order_id"]["value"] == "A-1023"
    assert text[found["email"]["start"] : found["email"]["end"]] == "ana@example.com"


def test_an_intent_is_told_as_soon_as_it_is_saved_and_no_longer_than_that(admin: Browser) -> None:
    track = admin("POST", "/api/intents", TRACK).json()
    admin("POST", "/api/intents", REFUND)
    assert ask(admin, "where's my order")["intent"] == "track"
    assert ask(admin, "tell me a joke about penguins")["intent"] is None
    address = f"/api/intents/{track['id']}"
    admin("PATCH", address, {"phrases": ["tell me a joke", "say something funny"]})
    assert ask(admin, "tell me a joke")["intent"] == "track"
    assert ask(admin, "where's my order")["intent"] is None
    admin("DELETE", address)
    assert ask(admin, "tell me a joke")["intent"] is None


def test_another_organization_learns_nothing_of_ours(
    admin: Browser, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    admin("POST", "/api/intents", TRACK)
    stranger = with_key(make_business("Globex", "999").admin)
    assert ask(stranger, "where is my order")["intent"] is None
    assert len(stranger("GET", "/api/agents/runs").json()["data"]) == 1
    assert admin("GET", "/api/agents/runs").json()["data"] == []


def test_every_run_is_written_down_with_a_reason(admin: Browser) -> None:
    admin("POST", "/api/intents", TRACK)
    runs = [ask(admin, text)["run_id"] for text in ("track my parcel", "penguins", "where is it")]
    listed = admin("GET", "/api/agents/runs?limit=2").json()
    rest = admin("GET", f"/api/agents/runs?limit=2&cursor={listed['next']}").json()
    told = listed["data"] + rest["data"]
    assert [run["id"] for run in told] == runs[::-1]
    first = told[-1]
    assert (first["agent"], first["model"], first["cost_usd"], first["success"]) == (
        "intent", "", 0, True,
    )  # fmt: skip
    assert (first["input_tokens"], first["output_tokens"], first["error"]) == (0, 0, None)
    assert "track" in first["explanation"]
    assert first["latency_ms"] >= 0
    assert RFC3339.fullmatch(first["created_at"])
    assert admin("GET", "/api/agents/runs?agent=support").json()["data"] == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097, "\0", None, 5])
def test_a_text_that_is_none_is_refused_and_not_written_down(admin: Browser, text: Any) -> None:
    refused = admin("POST", "/api/agents/intent", {"text": text})
    assert problem(refused) == (422, "invalid", "text")
    assert admin("GET", "/api/agents/runs").json()["data"] == []


@pytest.mark.parametrize("text", ["🙂", "\u202e\u0301", "मेरा", "x" * 4096, "'; drop table intents"])
def test_strange_texts_are_answered(admin: Browser, text: str) -> None:
    admin("POST", "/api/intents", TRACK)
    assert ask(admin, text)["intent"] is None


def test_things_of_ones_own_are_found_with_slips_in_them(admin: Browser) -> None:
    made = admin("POST", "/api/intents", {**TRACK, "entities": [SIZE]}).json()
    assert made["entities"][0]["values"] == [{"value": "large", "synonyms": ["big"]}]
    text = "two lagre ones to ana@example.com"
    found = {one["name"]: one for one in ask(admin, text)["entities"]}
    assert found["size"]["value"] == "large"
    assert text[found["size"]["start"] : found["size"]["end"]] == "lagre"
    assert "email" in found


def test_claude_is_asked_only_where_we_are_not_sure(claude: MessagesApi, admin: Browser) -> None:
    for intent in (TRACK, REFUND):
        admin("POST", "/api/intents", intent)
    claude.script = [means("Refund")]
    assert ask(admin, "where is my order")["source"] == "local"
    assert claude.asked == []
    told = ask(admin, "you people owe me fifty euros")
    assert (told["intent"], told["confidence"], told["source"]) == ("refund", 0.9, "claude")
    data = json.loads(claude.asked[0]["messages"][0]["content"])
    assert {one["name"] for one in data["intents"]} == {"track", "refund"}


@pytest.mark.parametrize(
    ("answer", "intent", "question"),
    [
        (means("nonsense"), None, None),
        (means("", "Do you want your money back?"), None, "Do you want your money back?"),
        (means("refund", "Shall we refund you 100 EUR?"), "refund", None),
    ],
)
def test_what_claude_says_is_held_to_our_intents_and_to_asking(
    claude: MessagesApi, admin: Browser, answer: Any, intent: str | None, question: str | None
) -> None:
    for one in (TRACK, REFUND):
        admin("POST", "/api/intents", one)
    claude.script = [answer]
    told = ask(admin, "the thing about the money back")
    if told["source"] == "claude":
        assert (told["intent"], told["question"]) == (intent, question)


@pytest.mark.parametrize("answer", [fails(529), says("nonsense")])
def test_without_claude_a_doubt_is_asked_about(
    claude: MessagesApi, admin: Browser, answer: Any
) -> None:
    for one in (TRACK, REFUND):
        admin("POST", "/api/intents", one)
    claude.script = [answer]
    told = ask(admin, "is my parcel or my purchase")
    assert told["source"] == "local"
    assert told["question"] is None or "track" in told["question"]
