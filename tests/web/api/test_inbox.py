"""/api/conversations beyond reading and answering."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Business
from tests.services.ingesting import ANA, BEA, message, receive
from tests.web.api.conftest import problem
from tests.web.conftest import Browser


@pytest.fixture
def talks(services: str, business: Business, admin: Browser) -> list[str]:
    """Two conversations, the newer one first."""
    receive(services, message(1, **{"from": ANA}), message(2, **{"from": BEA}))
    return [row["id"] for row in admin("GET", "/api/conversations").json()["data"]]


def listed(ask: Browser, query: str) -> list[str]:
    response = ask("GET", f"/api/conversations?{query}")
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json()["data"]]


def test_a_conversation_has_priority_team_and_a_time_to_wake(
    admin: Browser, business: Business, talks: list[str]
) -> None:
    team = admin("POST", "/api/teams", {"name": "Sales", "assignment": "least_busy"}).json()["id"]
    address = f"/api/conversations/{talks[0]}"
    until = "2027-01-01T08:00:00Z"
    body = {"priority": "urgent", "team": team, "status": "snoozed", "snoozed_until": until}
    changed = admin("PATCH", address, body).json()
    assert {name: changed[name] for name in body} == body
    assert changed["team_name"] == "Sales"
    assert listed(admin, "status=snoozed&priority=urgent") == [talks[0]]
    assert listed(admin, f"team={team}&status=snoozed") == [talks[0]]
    assert listed(admin, "unread=true&status=open") == [talks[1]]
    assert admin("PATCH", address, {"team": None}).json()["team"] is None
    for wrong, field in (
        ({"priority": "x"}, "priority"),
        ({"team": "x"}, "team"),
        ({"status": "snoozed", "snoozed_until": "2001-01-01T00:00:00Z"}, "snoozed_until"),
    ):
        assert problem(admin("PATCH", address, wrong)) == (422, "invalid", field)


def test_many_are_changed_at_once_and_those_that_cannot_be_are_named(
    admin: Browser, business: Business, talks: list[str]
) -> None:
    ids = [*talks, "0198c0de-0000-7000-8000-000000000000"]
    body: dict[str, Any] = {
        "ids": ids, "assignee": str(business.agent.user_id), "priority": "high",
        "add_tags": ["vip"], "read": True,
    }  # fmt: skip
    done = admin("POST", "/api/conversations/bulk", body).json()
    assert (done["changed"], [one["id"] for one in done["failed"]]) == (2, [ids[2]])
    for row in admin("GET", "/api/conversations").json()["data"]:
        assert (row["priority"], row["tags"], row["unread_count"]) == ("high", ["vip"], 0)
        assert row["assignee_name"] == "Agent"
    body = {"ids": talks, "status": "resolved", "remove_tags": ["vip"]}
    assert admin("POST", "/api/conversations/bulk", body).json()["changed"] == 2
    assert len(listed(admin, "status=resolved")) == 2
    for wrong, field in (
        ({"ids": []}, "ids"),
        ({"ids": talks, "status": "x"}, "status"),
        ({"ids": talks, "assignee": "x"}, "assignee"),
        ({"ids": ["x"] * 201}, "ids"),
    ):
        assert problem(admin("POST", "/api/conversations/bulk", wrong)) == (422, "invalid", field)


def test_a_search_says_what_it_found(admin: Browser, talks: list[str]) -> None:
    (row,) = admin("GET", "/api/conversations?q=text+2").json()["data"]
    assert row["hit"]["text"] == "text 2"
    (row,) = admin("GET", "/api/conversations?q=5551234").json()["data"]
    assert row["hit"] is None


def test_a_conversation_is_kept_as_a_file(admin: Browser, talks: list[str]) -> None:
    admin("POST", f"/api/conversations/{talks[0]}/notes", {"text": "secret"})
    readable = admin("GET", f"/api/conversations/{talks[0]}/export")
    assert readable.headers["content-type"].startswith("text/plain")
    assert "attachment" in readable.headers["content-disposition"]
    assert "Ana: text 2" in readable.text
    assert "secret" not in readable.text, "the text may go to the customer"
    whole = admin("GET", f"/api/conversations/{talks[0]}/export?format=json").json()
    assert [one["text"] for one in whole["messages"]] == ["text 2"]
    assert [one["text"] for one in whole["notes"]] == ["secret"]
    refused = admin("GET", f"/api/conversations/{talks[0]}/export?format=xml")
    assert problem(refused) == (422, "invalid", "format")


def test_drafts_availability_and_claiming_are_for_people(admin: Browser, talks: list[str]) -> None:
    address = f"/api/conversations/{talks[0]}"
    assert admin("GET", f"{address}/draft").json()["text"] == ""
    assert problem(admin("PUT", f"{address}/draft", {"text": "x"})) == (422, "invalid", "text")
    assert problem(admin("POST", f"{address}/claim")) == (422, "invalid", "assignee")
    away = admin("PUT", "/api/users/me/availability", {"available": False})
    assert problem(away) == (422, "invalid", "available")
    assert problem(admin("POST", f"{address}/assign", {})) == (422, "invalid", "assignee")
