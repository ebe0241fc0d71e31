"""Drafts edited and translated, and questions about a customer, for the staff alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from botpe_app.claude.prompts import prompt
from tests.claude.messages_api import MessagesApi, says
from tests.conftest import Business
from tests.services.ingesting import message, receive
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

DRAFT = "Hi we ships on monday for 4.90 EUR"


def write(admin: Browser, **more: Any) -> dict[str, Any]:
    told = admin("POST", "/api/agents/write", {"wish": "correct", "text": DRAFT, **more})
    assert told.status_code == 200, told.text
    return told.json()


def data_of(claude: MessagesApi) -> dict[str, Any]:
    return json.loads(claude.asked[-1]["messages"][0]["content"])


def test_a_draft_is_edited_and_its_facts_stay(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [says(json.dumps({"text": "Hi, we ship on Monday for 4.90 EUR."}))]
    told = write(admin)
    assert (told["text"], told["source"]) == ("Hi, we ship on Monday for 4.90 EUR.", "claude")
    assert "write_v1" in admin("GET", "/api/agents/runs").json()["data"][0]["explanation"]


@pytest.mark.parametrize(
    "text",
    [
        "We ship for free on Monday.",
        "We ship on Monday for 2.90 EUR.",
        prompt("write_v1")[:400],
        "",
    ],
)
def test_an_edit_that_says_something_else_is_not_taken(
    claude: MessagesApi, admin: Browser, text: str
) -> None:
    claude.script = [says(json.dumps({"text": text}))]
    told = write(admin)
    assert (told["source"], told["text"], len(claude.asked)) == ("local", DRAFT, 2)


def test_without_a_key_a_draft_stays_as_it_is(admin: Browser) -> None:
    assert write(admin)["text"] == DRAFT


def test_what_the_customer_wrote_is_put_into_our_language(
    claude: MessagesApi, admin: Browser, services: str
) -> None:
    receive(services, message(1, content={"body": "Hola, quiero saber el precio de la silla"}))
    (talk,) = admin("GET", "/api/conversations").json()["data"]
    claude.script = [says(json.dumps({"text": "Hello"}))]
    asked = {"wish": "translate", "conversation_id": talk["id"]}
    assert admin("POST", "/api/agents/write", asked).json()["text"] == "Hello"
    assert (data_of(claude)["language"], data_of(claude)["wish"]) == ("en", "translate")
    write(admin, **asked)  # a draft goes into theirs
    assert data_of(claude)["language"] == "es"


def test_a_question_about_a_customer_is_answered_from_what_is_known(
    claude: MessagesApi, admin: Browser, conversation: str
) -> None:
    claude.script = [says(json.dumps({"answer": "They like tea."}))]
    who = admin("GET", f"/api/conversations/{conversation}").json()["contact"]["id"]
    admin("PATCH", f"/api/contacts/{who}", {"custom_fields": {"drink": "tea"}})
    asked = {"conversation_id": conversation, "question": "What do they drink?"}
    told = admin("POST", "/api/agents/ask", asked).json()
    assert (told["answer"], told["source"]) == ("They like tea.", "claude")
    assert data_of(claude)["contact"]["fields"] == {"drink": "tea"}
    admin("PATCH", f"/api/contacts/{who}", {"ai_opt_out": True})
    told = admin("POST", "/api/agents/ask", asked).json()
    assert (told["source"], "drink: tea" in told["answer"]) == ("local", True)
    assert len(claude.asked) == 1


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("write", {"wish": "sing", "text": "x"}, (422, "invalid", "wish")),
        ("write", {"wish": "correct"}, (422, "invalid", "text")),
        ("write", {"wish": "correct", "text": "x" * 4097}, (422, "invalid", "text")),
        ("write", {"wish": "translate", "text": "x", "language": "x" * 13},
         (422, "invalid", "language")),
        ("write", {"wish": "correct", "conversation_id": "x"}, (404, "not_found", None)),
        ("ask", {"conversation_id": "x", "question": "?"}, (404, "not_found", None)),
    ],
)  # fmt: skip
def test_what_cannot_be_wished_is_refused(
    admin: Browser, path: str, body: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    assert problem(admin("POST", f"/api/agents/{path}", body)) == expected


def test_another_organizations_customer_is_not_found(
    conversation: str, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    stranger = with_key(make_business("Globex", "999").admin)
    asked = {"conversation_id": conversation, "question": "Who?", "wish": "translate"}
    for path in ("write", "ask"):
        assert stranger("POST", f"/api/agents/{path}", asked).status_code == 404
